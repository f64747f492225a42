-- SPDX-License-Identifier: MIT
-- The fixed server: nginx on 127.0.0.1, one worker, one body per path, over http and over TLS with a
-- throwaway authority, HTTP/2 where the client offers it.

local bodies = require "bodies"
local files = require "files"

local M = {}

local CONFIGURATION = [[
load_module modules/ndk_http_module.so;
load_module modules/ngx_http_lua_module.so;
worker_processes 1;
@CPU@
pid @FOLDER@/nginx.pid;
error_log @FOLDER@/error.log error;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path @FOLDER@/body;
  proxy_temp_path @FOLDER@/proxy;
  fastcgi_temp_path @FOLDER@/fastcgi;
  uwsgi_temp_path @FOLDER@/uwsgi;
  scgi_temp_path @FOLDER@/scgi;
  default_type application/json;
  types { }
  keepalive_requests 100000000;
  keepalive_timeout 600s;
  sendfile on;
  http2_max_concurrent_streams 128;
  ssl_certificate @FOLDER@/leaf.pem;
  ssl_certificate_key @FOLDER@/leaf.key;
  init_by_lua_block { ONE = '@ONE@' }
  server {
    listen 127.0.0.1:@HTTP@ backlog=4096;
    listen 127.0.0.1:@HTTPS@ ssl http2 backlog=4096;
    root @FOLDER@/site;
    location = /devices/get { return 200 '@ONE@'; }
    location = /devices/list { error_page 405 =200 /devices/list; }
    location = /locks/get {
      content_by_lua_block {
        ngx.sleep(0.02)
        ngx.header.content_length = #ONE
        ngx.print(ONE)
      }
    }
  }
}
]]

local CERTIFICATES = [[cd FOLDER && {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ca.key -out ca.pem -days 2 \
    -subj "/CN=seam bench, throwaway" -addext keyUsage=critical,keyCertSign
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout leaf.key -out leaf.csr -subj /CN=localhost
  printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\n' >leaf.ext
  openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -set_serial 2 -days 2 -extfile leaf.ext -out leaf.pem
} >openssl.txt 2>&1]]

local methods = {}
local metatable = { __index = methods }

--- Two ports that nobody uses now.
local function free_ports()
  local socket = require "socket"
  local first, second = assert(socket.bind("127.0.0.1", 0)), assert(socket.bind("127.0.0.1", 0))
  local _, one = first:getsockname()
  local _, other = second:getsockname()
  first:close()
  second:close()
  return math.floor(one), math.floor(other)
end

local function write_configuration(self, cpu)
  files.write(self.folder .. "/nginx.conf", (CONFIGURATION:gsub("@(%u+)@", {
    FOLDER = self.folder, HTTP = self.http_port, HTTPS = self.https_port, ONE = bodies.one(),
    CPU = cpu and "worker_cpu_affinity 1" .. ("0"):rep(cpu) .. ";" or "",
  })))
end

--- What of the server's programs is not installed; nil when all are.
---@return string|nil
function M.missing()
  if not files.has_program("nginx") then return "nginx (Debian: nginx-light libnginx-mod-http-lua)" end
  if not files.has_program("openssl") then return "openssl" end
  return nil
end

--- Starts it.
---@param folder string an empty one, for everything it writes
---@param devices integer how many a list has
---@param cpu integer|nil the processor it stays on
---@return table server { http =, https = base URLs; ca_file =, list_file = }
function M.start(folder, devices, cpu)
  local self = setmetatable({ folder = folder, ca_file = folder .. "/ca.pem" }, metatable)
  self.http_port, self.https_port = free_ports()
  self.http, self.https = "http://127.0.0.1:" .. self.http_port, "https://127.0.0.1:" .. self.https_port
  files.run((CERTIFICATES:gsub("FOLDER", folder)))
  files.run(("mkdir -p %s/site/devices && chmod -R a+rX %s"):format(folder, folder))
  self:offer(devices)
  write_configuration(self, cpu)
  files.run(("nginx -c %s/nginx.conf -e %s/error.log"):format(folder, folder))
  return self
end

--- From now on a list has so many devices.
---@param devices integer
function methods:offer(devices)
  self.list_file = self.folder .. "/site/devices/list"
  files.write(self.list_file, bodies.list(devices))
end

function methods:stop()
  -- The file goes with the process.
  files.run(("kill $(cat %s/nginx.pid) && for i in $(seq 100); do test -e %s/nginx.pid || break; sleep 0.05; done")
    :format(self.folder, self.folder))
end

return M

-- SPDX-License-Identifier: MIT
--- nginx as a server of HTTP/2, for specs: TLS with a throwaway certificate, one worker, answers in Lua.
--
--     local peer = require("support.nginx_peer").start{ directives = "keepalive_requests 2;", answer = "ngx.say'{}'" }
--     peer.url, peer.ca_file;   peer:stop()
local child = require "support.child"
local files = require "support.files"
local socket = require "socket"
local tls_peer = require "support.tls_peer"

local M = {}

local MODULES = "/usr/lib/nginx/modules/"

local CONFIGURATION = [[
load_module MODULESndk_http_module.so;
load_module MODULESngx_http_lua_module.so;
worker_processes 1;
daemon off;
USER
pid FOLDER/nginx.pid;
error_log FOLDER/error.log;
events { worker_connections 512; }
http {
  access_log off;
  client_body_temp_path FOLDER/body;
  proxy_temp_path FOLDER/proxy;
  fastcgi_temp_path FOLDER/fastcgi;
  uwsgi_temp_path FOLDER/uwsgi;
  scgi_temp_path FOLDER/scgi;
  server {
    listen 127.0.0.1:PORT ssl HTTP2;
    ssl_certificate CERTIFICATE;
    ssl_certificate_key KEY;
    DIRECTIVES
    location / {
      lua_need_request_body on;
      content_by_lua_block {
        ngx.header["X-Protocol"] = ngx.var.server_protocol
        ngx.header["X-Connection"] = ngx.var.connection
        ANSWER
      }
    }
  }
}
]]

local methods = {}
local metatable = { __index = methods }

--- Why no such server can be started here; nil when it can.
---@return string|nil reason
function M.missing()
  if not tls_peer.available() then return "the openssl program is not installed" end
  if files.output_of("PATH=$PATH:/usr/sbin; command -v nginx") == "" then return "nginx is not installed" end
  if not files.read(MODULES .. "ngx_http_lua_module.so") then return "nginx's Lua module is not installed" end
end

local function free_port()
  local listener = assert(socket.bind("127.0.0.1", 0))
  local _, port = listener:getsockname()
  listener:close()
  return port
end

local function fill_in(text, words)
  return (text:gsub("%u%u+%d?", words))
end

--- Starts the server.
---@param settings table { http2 = boolean, directives = string of nginx, answer = Lua code }
---@return table peer
function M.start(settings)
  local certificate, folder, port = tls_peer.certificate(), os.tmpname(), free_port()
  os.remove(folder)
  assert(os.execute("mkdir " .. folder))
  files.write(folder .. "/nginx.conf", fill_in(CONFIGURATION, {
    MODULES = MODULES, FOLDER = folder, PORT = tostring(port), CERTIFICATE = certificate.file, KEY = certificate.key,
    HTTP2 = settings.http2 == false and "" or "http2", DIRECTIVES = settings.directives or "", ANSWER = settings.answer,
    USER = files.output_of("id -u") == "0\n" and "user root;" or "",
  }))
  -- Ends with its standard input, as every program beside a spec does.
  local script = ("PATH=$PATH:/usr/sbin; nginx -c %s/nginx.conf -p %s & echo started $!; cat >/dev/null; kill $!; wait")
    :format(folder, folder)
  local running = child.start("sh -c '" .. script .. "'", "started (%d+)")
  for _ = 1, 200 do
    local probe = socket.connect("127.0.0.1", port)
    if probe then
      probe:close()
      return setmetatable({
        url = "https://localhost:" .. port, ca_file = certificate.file, certificate = certificate, folder = folder,
        running = running,
      }, metatable)
    end
    socket.sleep(0.05)
  end
  error("nginx did not start: " .. running:stop() .. (files.read(folder .. "/error.log") or ""))
end

function methods:stop()
  self.running:stop()
  self.certificate:remove()
  os.execute("rm -r " .. self.folder)
end

return M

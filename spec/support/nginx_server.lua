-- SPDX-License-Identifier: MIT
--- Debian's nginx with its Lua module, in a folder of its own on a free port of the loopback.
--
--     local nginx_server = require "support.nginx_server"
--     local reason = nginx_server.missing()      -- nil where nginx can run, else why not, for pending()
--     local nginx = nginx_server.start{
--       main = "env SEAM_API_KEY;",              -- lines outside of all blocks
--       http = "lua_shared_dict x 1m;",          -- lines of the http block
--       server = "location = /x { ... }",        -- lines of its one server
--       workers = 1, connections = 512,          -- worker_processes, worker_connections
--       environment = "NAME=value",              -- for the shell, before the program
--     }
--     nginx.port, nginx.url, nginx.folder, nginx.pid (the master)
--     nginx:workers() -> list of their ids      nginx:reload() returns when new workers are up
--     nginx:signal("HUP")  nginx:signal("KILL", worker)   nginx:error_log()
--     nginx:get("/x") -> status, body
--     nginx:stop() -> the error log; the folder is gone then
--
-- Workers find this checkout's `seam`. The server ends with the pipe that this process holds.
local files = require "support.files"
local planted_core = require "support.planted_core"
local socket = require "socket"
local http = require "socket.http"

local M = {}

local START_SECONDS = 10
local MODULES = "/usr/lib/nginx/modules"

local methods = {}
local metatable = { __index = methods }

local CONFIGURATION = [[
load_module MODULES/ndk_http_module.so;
load_module MODULES/ngx_http_lua_module.so;
USER
worker_processes WORKERS;
daemon off;
pid FOLDER/nginx.pid;
error_log FOLDER/error.log info;
MAIN
events { worker_connections CONNECTIONS; }
http {
  access_log off;
  client_body_temp_path FOLDER/body;
  proxy_temp_path FOLDER/proxy;
  fastcgi_temp_path FOLDER/fastcgi;
  uwsgi_temp_path FOLDER/uwsgi;
  scgi_temp_path FOLDER/scgi;
  lua_package_path "ROOT/lua/?.lua;ROOT/lua/?/init.lua;;";
  lua_package_cpath "BUILD/lua/5.1/?.so;;";
  HTTP
  server {
    listen 127.0.0.1:PORT backlog=1024;
    SERVER
  }
}
]]

local function exists(path)
  local file = io.open(path, "rb")
  if file then file:close() end
  return file ~= nil
end

--- Why nginx cannot run here, in words; nil where it can.
---@return string|nil reason
function M.missing()
  if not rawget(_G, "jit") then return "nginx's Lua is LuaJIT: luajit runs the specs of nginx" end
  if files.output_of("command -v nginx") == "" then return "nginx is not installed (nginx-light)" end
  for _, name in ipairs { "ndk_http_module", "ngx_http_lua_module" } do
    if not exists(("%s/%s.so"):format(MODULES, name)) then
      return ("nginx's %s is not installed (libnginx-mod-http-lua)"):format(name)
    end
  end
  if not exists(M.build_folder() .. "/lua/5.1/seam/core.so") then return "the core for Lua 5.1 is not built" end
  return nil
end

--- The build folder whose core for Lua 5.1 nginx loads: that of this process, where it has one.
function M.build_folder()
  local build = planted_core.build_folder() or "build"
  if not build:find("^/") then build = files.working_folder() .. "/" .. build end
  return build
end

local function free_port()
  local listener = assert(socket.bind("127.0.0.1", 0))
  local _, port = listener:getsockname()
  listener:close()
  return math.floor(tonumber(port))
end

local function new_folder()
  local folder = os.tmpname()
  os.remove(folder)
  assert(os.execute("mkdir " .. folder .. " && chmod 755 " .. folder))
  return folder
end

local function configuration(wanted, self)
  local is_root = files.output_of("id -u"):find("^0%s") ~= nil
  local words = {
    MODULES = MODULES, FOLDER = self.folder, PORT = self.port, ROOT = files.working_folder(),
    BUILD = wanted.build or M.build_folder(),
    USER = is_root and "user root;" or "", WORKERS = wanted.workers or 1, CONNECTIONS = wanted.connections or 512,
    MAIN = wanted.main or "", HTTP = wanted.http or "", SERVER = wanted.server or "",
  }
  -- A word of one line of capitals; what is filled in is not searched again.
  return (CONFIGURATION:gsub("%u+", words))
end

local function is_up(self)
  local connection = socket.connect("127.0.0.1", self.port)
  if connection then connection:close() end
  return connection ~= nil and exists(self.folder .. "/nginx.pid") and #self:workers() > 0
end

--- Its shell waits for it only at the end: until then a server that gave up is a zombie.
local function has_ended(self)
  local state = (files.read(("/proc/%d/stat"):format(self.pid)) or ""):match("^%d+ %b() (%a)")
  return state == nil or state == "Z"
end

local function wait_until(predicate)
  local deadline = socket.gettime() + START_SECONDS
  while socket.gettime() < deadline do
    if predicate() then return true end
    socket.sleep(0.01)
  end
  return false
end

--- Starts nginx and waits until it answers. All options may be left out; `build` is another build folder.
---@param wanted table|nil see above
---@return table nginx
function M.start(wanted)
  wanted = wanted or {}
  local self = setmetatable({ folder = new_folder(), port = free_port() }, metatable)
  self.url = "http://127.0.0.1:" .. self.port
  files.write(self.folder .. "/nginx.conf", configuration(wanted, self))
  self.pipe = assert(io.popen(("cd %s && (%s nginx -c %s/nginx.conf -p %s </dev/null >out 2>&1 & " ..
    "pid=$!; echo $pid >pid; read line; kill -TERM $pid 2>/dev/null; wait $pid; echo $? >status)"):format(
    self.folder, wanted.environment or "", self.folder, self.folder), "w"))
  wait_until(function() return (files.read(self.folder .. "/pid") or ""):find("\n") end)
  self.pid = tonumber((files.read(self.folder .. "/pid")))
  if not wait_until(function() return is_up(self) or has_ended(self) end) or has_ended(self) then
    local said = (files.read(self.folder .. "/out") or "") .. self:stop()
    error("nginx did not start:\n" .. said, 2)
  end
  return self
end

--- The workers that there are now, those on their way out included.
---@return integer[] ids
function methods:workers()
  local ids = {}
  for id in files.output_of("pgrep -P " .. self.pid):gmatch("%d+") do ids[#ids + 1] = tonumber(id) end
  return ids
end

--- Sends a signal to the master, or to another process of the server.
---@param name string for example "QUIT"
---@param pid integer|nil
function methods:signal(name, pid)
  os.execute(("kill -%s %d 2>/dev/null"):format(name, pid or self.pid))
end

--- Waits until one of its workers is gone.
---@param pid integer
---@return boolean whether it is
function methods.wait_for_end(_, pid)
  return wait_until(function() return not exists(("/proc/%d/stat"):format(pid)) end)
end

--- Reads the configuration anew; returns when new workers have taken over the port.
function methods:reload()
  local before = {}
  for _, id in ipairs(self:workers()) do before[id] = true end
  self:signal("HUP")
  assert(wait_until(function()
    for _, id in ipairs(self:workers()) do
      if not before[id] then return true end
    end
  end), "no new worker came within " .. START_SECONDS .. " s")
end

---@return string
function methods:error_log()
  return files.read(self.folder .. "/error.log") or ""
end

--- One request on a connection of its own.
---@param path string
---@return integer|nil status
---@return string body, or what went wrong
function methods:get(path)
  local parts = {}
  local ok, status = http.request { url = self.url .. path, sink = require("ltn12").sink.table(parts) }
  if not ok then return nil, status end
  return status, table.concat(parts)
end

--- Ends the server at once. May be called twice.
---@return string error_log
function methods:stop()
  if self.pipe then
    self.pipe:close()
    self.pipe = nil
    self.said = self:error_log()
    self.status = tonumber((files.read(self.folder .. "/status")))
    os.execute("rm -rf " .. self.folder)
  end
  return self.said
end

return M

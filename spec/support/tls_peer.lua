-- SPDX-License-Identifier: MIT
--- `openssl s_server` with a throwaway certificate for localhost and 127.0.0.1, for specs of TLS.
--
--     local peer = require("support.tls_peer").start{ options = "-tls1_2" }
--     peer.url, peer.ca_file;   peer:kill()  ends the server at once;   peer:stop()
--
-- It answers GET with a page of its own, reads anything else without an answer, and ends with the
-- pipe that this process holds.
local socket = require "socket"

local M = {}

local START_SECONDS = 10

local peer_methods = {}
local peer_mt = { __index = peer_methods }

--- Whether the openssl program is here.
function M.available()
  local pipe = io.popen("command -v openssl 2>/dev/null")
  local found = pipe:read("*a") ~= ""
  pipe:close()
  return found
end

local function make_certificate(folder, names)
  local command = ("cd %s && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes " ..
    "-keyout key.pem -out cert.pem -days 2 -subj /CN=throwaway -addext subjectAltName=%s 2>/dev/null")
    :format(folder, names)
  local status = os.execute(command)
  assert(status == true or status == 0, "openssl made no certificate")
end

local function read_file(path)
  local file = io.open(path)
  if not file then return "" end
  local text = file:read("*a")
  file:close()
  return text
end

--- Waits until the file says what the pattern asks for.
local function wait_for(path, pattern)
  local deadline = socket.gettime() + START_SECONDS
  while socket.gettime() < deadline do
    local found = read_file(path):match(pattern)
    if found then return found end
    socket.sleep(0.01)
  end
  error("openssl s_server did not start: " .. read_file(path))
end

local certificate_methods = {}
local certificate_mt = { __index = certificate_methods }

--- A certificate alone, for whoever serves TLS otherwise: file, key; :remove() takes it away.
function M.certificate()
  local folder = os.tmpname()
  os.remove(folder)
  assert(os.execute("mkdir " .. folder))
  make_certificate(folder, "DNS:localhost,IP:127.0.0.1")
  return setmetatable({ folder = folder, file = folder .. "/cert.pem", key = folder .. "/key.pem" }, certificate_mt)
end

function certificate_methods:remove()
  os.execute("rm -r " .. self.folder)
end

--- options: options = further words for s_server, names = names in the certificate.
function M.start(options)
  options = options or {}
  local folder = os.tmpname()
  os.remove(folder)
  assert(os.execute("mkdir " .. folder))
  make_certificate(folder, options.names or "DNS:localhost,IP:127.0.0.1")
  local pipe = assert(io.popen(("cd %s && (openssl s_server -accept 127.0.0.1:0 -www -cert cert.pem -key key.pem %s " ..
    "</dev/null >out 2>&1 & echo $! >pid; read line; kill -9 $(cat pid) 2>/dev/null; rm -r %s)"):format(
    folder, options.options or "", folder), "w"))
  local port = wait_for(folder .. "/out", "ACCEPT %S-:(%d+)")
  return setmetatable({
    pipe = pipe, folder = folder, ca_file = folder .. "/cert.pem", url = "https://127.0.0.1:" .. port .. "/",
  }, peer_mt)
end

--- The server is gone at once: its connections are reset by the kernel.
function peer_methods:kill()
  os.execute("kill -9 $(cat " .. self.folder .. "/pid)")
end

function peer_methods:stop()
  if not self.pipe then return end
  self.pipe:close()
  self.pipe = nil
end

return M

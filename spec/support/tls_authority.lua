-- SPDX-License-Identifier: MIT
--- A throwaway certificate authority in a folder of its own, and `openssl s_server` with what it
--- issued, for row 6 of the bar.
--
--     local authority = require("support.tls_authority").new()
--     authority:issue("other_name", { names = "DNS:other.localhost" })
--     local server = authority:serve{ certificate = "other_name", options = "-tls1_2" }
--     server.port;   server:stop() -> all that the server said, application bytes included
--     authority:remove()
--
-- A server ends with the pipe that this process holds.
local socket = require "socket"

local M = {}

local START_SECONDS = 10

local authority_methods, server_methods = {}, {}
local authority_mt, server_mt = { __index = authority_methods }, { __index = server_methods }

local function read_file(path)
  local file = io.open(path, "rb")
  if not file then return "" end
  local text = file:read("*a")
  file:close()
  return text
end

--- Runs a command in the authority's folder; what it says is kept for a failure.
local function run(self, command)
  local status = os.execute(("cd %s && (%s) >said 2>&1"):format(self.folder, command))
  if status ~= 0 and status ~= true then error(command .. "\n" .. read_file(self.folder .. "/said"), 2) end
end

local function write(self, name, text)
  local file = assert(io.open(self.folder .. "/" .. name, "wb"))
  file:write(text)
  file:close()
end

-- For `openssl ca`, the only way in OpenSSL 3.0 to a certificate that is valid later.
local LATER = [[
[ca]
default_ca = later
[later]
database = index.txt
new_certs_dir = .
default_md = sha256
policy = any
rand_serial = yes
[any]
commonName = supplied
]]

local EC = "-algorithm EC -pkeyopt ec_paramgen_curve:P-256"

--- Makes the folder, a root and a leaf's key.
function M.new()
  local folder = os.tmpname()
  os.remove(folder)
  assert(os.execute("mkdir " .. folder))
  local self = setmetatable({ folder = folder, ca_file = folder .. "/root.pem" }, authority_mt)
  write(self, "later.cnf", LATER)
  write(self, "index.txt", "")
  self:key("leaf")
  self:root("root")
  return self
end

--- A private key under a name.
---@param name string
---@param kind string|nil words for `openssl genpkey`; an EC key on P-256 when nil
function authority_methods:key(name, kind)
  run(self, ("openssl genpkey %s -out %s.key"):format(kind or EC, name))
end

--- A root of its own.
function authority_methods:root(name)
  self:key(name)
  run(self, ("openssl req -x509 -new -key %s.key -subj /CN=%s -days 30 -out %s.pem " ..
    "-addext keyUsage=critical,keyCertSign,cRLSign"):format(name, name, name))
end

--- Issues a certificate `name`.pem. Wanted, all optional: by = issuer (root), key (leaf), subject,
--- names = its subjectAltName ("DNS:localhost,IP:127.0.0.1"; false: none), extensions = list of lines,
--- options = words for `openssl x509`, later = true: not valid before tomorrow.
function authority_methods:issue(name, wanted)
  wanted = wanted or {}
  local lines = { "[v3]" }
  local names = wanted.names
  if names == nil then names = "DNS:localhost,IP:127.0.0.1" end
  if names then lines[2] = "subjectAltName=" .. names end
  for _, line in ipairs(wanted.extensions or {}) do lines[#lines + 1] = line end
  write(self, name .. ".ext", table.concat(lines, "\n") .. "\n")
  run(self, ("openssl req -new -key %s.key -subj '%s' -out %s.csr"):format(
    wanted.key or "leaf", wanted.subject or "/CN=throwaway", name))
  local issuer = wanted.by or "root"
  if wanted.later then
    local function stamp(days) return os.date("!%Y%m%d%H%M%SZ", os.time() + days * 86400) end
    run(self, ("openssl ca -config later.cnf -batch -notext -in %s.csr -cert %s.pem -keyfile %s.key -out %s.pem " ..
      "-startdate %s -enddate %s -extfile %s.ext -extensions v3"):format(
      name, issuer, issuer, name, stamp(1), stamp(9), name))
  else
    run(self, ("openssl x509 -req -in %s.csr -CA %s.pem -CAkey %s.key -set_serial 0x$(openssl rand -hex 8) -days 30 " ..
      "-extfile %s.ext -extensions v3 -out %s.pem %s"):format(name, issuer, issuer, name, name, wanted.options or ""))
  end
end

--- An authority below another; its key has its name.
function authority_methods:intermediate(name, by, extensions)
  self:key(name)
  local lines = { "basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign" }
  for i, line in ipairs(extensions or {}) do lines[i == 1 and line:find("^basic") and 1 or #lines + 1] = line end
  self:issue(name, { by = by, key = name, subject = "/CN=" .. name, names = false, extensions = lines })
end

--- Any other command of the openssl program.
function authority_methods:openssl(words) run(self, "openssl " .. words) end

local function wait_for_port(path)
  local deadline = socket.gettime() + START_SECONDS
  while socket.gettime() < deadline do
    local port = read_file(path):match("ACCEPT %S-:(%d+)")
    if port then return port end
    socket.sleep(0.005)
  end
  error("openssl s_server did not start: " .. read_file(path))
end

local count = 0

--- Starts a server. Wanted: certificate (none where false), key (leaf), chain = names of certificates
--- to send with it, options = further words for s_server.
function authority_methods:serve(wanted)
  local words = wanted.options or ""
  if wanted.certificate then
    words = ("-cert %s.pem -key %s.key %s"):format(wanted.certificate, wanted.key or "leaf", words)
  end
  if wanted.chain then
    local pems = {}
    for i, name in ipairs(wanted.chain) do pems[i] = read_file(self.folder .. "/" .. name .. ".pem") end
    write(self, "chain.pem", table.concat(pems))
    words = words .. " -cert_chain chain.pem"
  end
  count = count + 1
  local out = ("server%d"):format(count)
  -- Its input stays open: at the end of it s_server would leave a connection that is not its business to end.
  local pipe = assert(io.popen(("cd %s && exec 3<&0 && (openssl s_server -accept 127.0.0.1:0 %s <&3 >%s 2>&1 & " ..
    "pid=$!; read line; kill -9 $pid; wait) 2>/dev/null"):format(self.folder, words, out), "w"))
  local path = self.folder .. "/" .. out
  return setmetatable({ pipe = pipe, path = path, port = wait_for_port(path) }, server_mt)
end

--- Ends the server; says what it wrote.
function server_methods:stop()
  self.pipe:close()
  return read_file(self.path)
end

--- Removes the folder.
function authority_methods:remove()
  os.execute("rm -r " .. self.folder)
end

return M

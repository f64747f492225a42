-- SPDX-License-Identifier: MIT
-- A real mosquitto on a loopback port with a folder and a configuration of its own; it keeps nothing
-- between two starts.

local files = require "support.files"
local guarded = require "support.guarded"
local socket = require "socket"

local M = {}

local methods = {}
local metatable = { __index = methods }

--- Why there can be no broker here; nil where there can.
---@return string|nil
function M.missing()
  if files.output_of("PATH=$PATH:/usr/sbin command -v mosquitto") == "" then
    return "skipped: mosquitto is not installed (Debian package mosquitto)"
  end
  if not pcall(require, "seam.mqtt") then
    return "skipped: the C module seam.mqtt is not built (Debian package libmosquitto-dev)"
  end
end

local function free_port()
  local listener = assert(socket.bind("127.0.0.1", 0))
  local _, port = listener:getsockname()
  listener:close()
  return tonumber(port)
end

--- Makes a broker that does not run yet.
---@param lines string[]|nil of its configuration; anybody may connect when nil
---@return table broker { port =, folder = }
function M.new(lines)
  local folder = os.tmpname()
  os.remove(folder)
  assert(os.execute("mkdir " .. folder))
  local self = setmetatable({ folder = folder, port = free_port() }, metatable)
  local text = { ("listener %d 127.0.0.1"):format(self.port), "log_dest stderr", "log_type all" }
  for _, line in ipairs(lines or { "allow_anonymous true" }) do text[#text + 1] = line end
  -- As root it would become somebody who may not read what stands here.
  if files.output_of("id -u"):match("^0") then text[#text + 1] = "user root" end
  files.write(folder .. "/broker.conf", table.concat(text, "\n") .. "\n")
  return self
end

--- Starts it and waits until it listens.
function methods:start()
  self.program = guarded.start(("PATH=$PATH:/usr/sbin exec mosquitto -c %s/broker.conf"):format(self.folder))
  self.program:says("running")
  return self
end

--- Ends it as a power cut would.
function methods:kill()
  self.program:kill()
  return self.program:stop()
end

--- Ends it and removes its folder.
function methods:remove()
  if self.program then self.program:stop() end
  os.execute("rm -rf " .. self.folder)
end

return M

-- SPDX-License-Identifier: MIT
-- What specs of the openLuup plugin stand on: a stub of the host with the plugin in it, a key file, and Seam's side
-- of it as a sandbox over HTTP.

local fake_environment = require "support.fake_environment"
local files = require "support.files"
local luup_host = require "support.luup_host"
local sandbox_server = require "support.sandbox_server"
local seam = require "seam.safe"

local M = {}

M.FOLDER = "hosts/openluup"
M.LOCK = "urn:micasaverde-com:serviceId:DoorLock1"
M.SEAM = "urn:seam-co:serviceId:Seam1"
M.HA = "urn:micasaverde-com:serviceId:HaDevice1"
M.BACK_DOOR = "681bf7bc-e7c6-48e6-acfe-6dbabd0615c5"
M.EXTRA_DOOR = "c9fc699a-3f87-4d23-b5c2-1f8ac85aeca1"
M.FRONT_DOOR = "da9dcedb-20ee-46df-8c08-e5268f624377"
M.KEY = "seam_test_openluup_0123456789"

-- Timers of the stub pass so much faster.
local SPEED = 20

--- Why the plugin cannot run on this Lua, nil where it can.
M.missing = _VERSION ~= "Lua 5.1" and "openLuup and the Vera have Lua 5.1 or LuaJIT, this is " .. _VERSION or nil

local methods = {}
local metatable = { __index = methods }

--- A world without any server yet.
---@param options table|nil { vera = true }
function M.new(options)
  local world = setmetatable({ key_file = os.tmpname() }, metatable)
  world.host = luup_host.new { folder = M.FOLDER, speed = SPEED, vera = (options or {}).vera }
  fake_environment.set { SEAM_API_KEY_FILE = world.key_file }
  return world
end

---@param key string
---@param endpoint string|nil
function methods:write_key(key, endpoint)
  files.write(self.key_file, ("SEAM_API_KEY=%s\nSEAM_ENDPOINT=%s\n"):format(key, endpoint))
end

--- Starts a sandbox and writes the key file for it.
---@param arguments string|nil
function methods:serve(arguments)
  self.server = sandbox_server.start(arguments or "--login --no-rate-limits")
  self:write_key(self.server.key, self.server.endpoint)
  self.client = seam.new { api_key = self.server.key, endpoint = self.server.endpoint }
end

--- Creates the Seam device and goes on until its first round is over.
function methods:start(variables)
  self.device, self.ok, self.reason = self.host:create("D_Seam1.xml", variables)
  self.host:run_until(function() return self:get "CommFailure" == "0" end)
end

--- A variable of the Seam device.
function methods:get(name)
  return self.host:get(self.device, M.SEAM, name) or self.host:get(self.device, M.HA, name)
end

--- A variable of a lock.
function methods:lock(id, name)
  local child = self.host:child(id)
  return child and (self.host:get(child, M.LOCK, name) or self.host:get(child, M.HA, name))
end

---@return integer err
---@return table answers
---@return table|nil job
function methods:action(id, name, arguments)
  return self.host:action(self.host:child(id), M.LOCK, name, arguments)
end

--- Calls an action and waits for its job.
---@return integer status
---@return string notes
function methods:perform(id, name, arguments)
  local err, _, job = self:action(id, name, arguments)
  if err ~= 0 then return err, "refused: " .. (self.host.log[#self.host.log] or "") end
  return self.host:finish(job)
end

--- Goes on until a variable of a lock has a value that matches.
function methods:until_lock(id, name, pattern, seconds)
  self.host:run_until(function() return (self:lock(id, name) or ""):find(pattern) end, seconds)
  return self:lock(id, name)
end

--- Everything that anyone could read: logs, variables, messages, notes.
function methods:everything_said()
  local said = { table.concat(self.host.log, "\n"), tostring(self.reason) }
  for _, write in ipairs(self.host.writes) do said[#said + 1] = write.name .. "=" .. write.value end
  for _, message in ipairs(self.host.messages) do said[#said + 1] = message.text end
  for _, job in ipairs(self.host.scheduler.jobs) do said[#said + 1] = tostring(job.notes) end
  for _, problem in ipairs(self.host.scheduler.problems) do said[#said + 1] = problem end
  return table.concat(said, "\n")
end

function methods:close()
  fake_environment.restore()
  self.host:close()
  if self.client then self.client:close() end
  if self.server then self.server:stop() end
  os.remove(self.key_file)
end

return M

-- SPDX-License-Identifier: MIT
-- One Door Lock in Domoticz for each lock of Seam; those that are there already are left as they are.

local api = require "setup.api"
local http = require "setup.http"
local key = require "seam_domoticz_key"
local seam = require "seam.safe"

require("seam.uncompiled")()

local M = {}

local HARDWARE = "Seam"

--- What Seam lists.
local function list_locks(settings)
  local secret, reason = key.read(settings)
  if not secret then return nil, reason end
  local client, err = seam.new { api_key = secret }
  local request
  if client then request, err = client.prepare("/locks/list") end
  if not request then return nil, err end
  local answer
  answer, reason = http.send(request)
  if not answer then return nil, "Seam does not answer: " .. reason end
  return request:interpret(answer.status, answer.headers, answer.body)
end

--- What is there: devices by the lock they stand for, names in use, and devices of our hardware that a setup which was
--- interrupted has left without description.
local function survey(devices)
  local found = { by_lock = {}, names = {}, unfinished = {} }
  for _, device in ipairs(devices) do
    local name, description = tostring(device.Name), tostring(device.Description or "")
    local id = description:match("seam=([%w-]+)")
    if id then found.by_lock[id] = device end
    found.names[name] = true
    if not id and description == "" and device.HardwareName == HARDWARE then found.unfinished[name] = device end
  end
  return found
end

--- dzVents takes a name that two devices have for a mistake.
local function free_name(names, wanted)
  if not names[wanted] then return wanted end
  local number = 2
  while names[("%s %d"):format(wanted, number)] do number = number + 1 end
  return ("%s %d"):format(wanted, number)
end

local function add(domoticz, hardware, found, lock)
  local wanted = type(lock.display_name) == "string" and lock.display_name or lock.device_id
  local left = found.unfinished[wanted]
  local name, idx, reason = wanted, left and tostring(left.idx), nil
  if left then
    found.unfinished[wanted] = nil
  else
    name = free_name(found.names, wanted)
    idx, reason = domoticz:create(hardware, name)
  end
  if not idx then return nil, reason end
  local done
  done, reason = domoticz:make_lock(idx, name, "seam=" .. lock.device_id)
  if not done then return nil, reason end
  found.names[name] = true
  return name, idx
end

local function add_all(domoticz, hardware, found, locks, say)
  local made = 0
  for _, lock in ipairs(locks) do
    if not found.by_lock[lock.device_id] then
      local name, idx = add(domoticz, hardware, found, lock)
      if not name then return nil, idx end
      say(("made %s (idx %s)"):format(name, idx))
      made = made + 1
    end
  end
  return made
end

--- Sets up.
---@param settings table { domoticz =, user =, environment =, file = }
---@param say fun(text: string)
---@return boolean|nil done
---@return any reason
function M.run(settings, say)
  local locks, reason = list_locks(settings)
  if not locks then return nil, reason end
  if #locks == 0 then return nil, "Seam lists no locks: is an account connected to this workspace?" end
  local password = os.getenv("DOMOTICZ_PASSWORD")
  local domoticz = api.new(settings.domoticz or "http://127.0.0.1:8080",
    settings.user and settings.user .. ":" .. (password or ""))
  local hardware, devices, made
  hardware, reason = domoticz:hardware(HARDWARE)
  if not hardware then return nil, reason end
  devices, reason = domoticz:devices()
  if not devices then return nil, reason end
  made, reason = add_all(domoticz, hardware, survey(devices), locks, say)
  if not made then return nil, reason end
  say(("%d locks, %d of them new"):format(#locks, made))
  return true
end

return M

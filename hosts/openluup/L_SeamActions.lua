-- SPDX-License-Identifier: MIT
-- The actions of a lock: what their arguments have to be, which calls they are, and what is shown afterwards.

local names = require "L_SeamNames"
local time = require "seam.time"

local M = {}

--- Where an error ends up everyone may read: a PIN has no business there.
local function describe(err, pin)
  local text = tostring(err)
  if type(err) == "table" and err.name then
    text = ("%s%s: %s"):format(err.name, err.code and (" (%s)"):format(err.code) or "", err.message)
    if err.outcome == "unknown" then text = text .. " (it may have happened all the same)" end
  end
  if pin and pin ~= "" then text = text:gsub(pin:gsub("%p", "%%%0"), "****") end
  return text
end
M.describe = describe

--- A change of access codes: which locks' lists are stale then, and what a failure says.
local function code_task(plugin, child, work, pin)
  local device_id = plugin.locks:id_of(child)
  return {
    work = work,
    done = function(ok, err)
      plugin.events.codes_changed[device_id] = true
      plugin:refresh()
      if not ok then return describe(err, pin) end
    end,
  }
end

local function target_done(plugin, child, target)
  return function(ok, err)
    local variables = plugin.variables
    plugin.moved_at[child] = plugin.now()
    if ok then
      variables:set(names.LOCK, "Status", target, child)
      variables:set(names.LOCK, "Target", target, child)
      plugin:note_success()
      return nil
    end
    variables:set(names.LOCK, "Target", variables:get(names.LOCK, "Status", child) or "", child)
    variables:tell(names.LOCK, "sl_LockFailure", "1", child)
    plugin:refresh()
    return describe(err)
  end
end

--- Each takes (plugin, child, arguments) and returns a task, or nil and why there is none.
M.tasks = {}

-- Sent as well when the lock shows this state already: what is shown may be old.
function M.tasks.SetTarget(plugin, child, arguments)
  local target = arguments.newTargetValue
  if target ~= "0" and target ~= "1" then return nil, "newTargetValue must be 0 (unlock) or 1 (lock)" end
  local client, id = plugin.client, plugin.locks:id_of(child)
  plugin.variables:set(names.LOCK, "Target", target, child)
  return {
    same = "SetTarget" .. target,
    work = function()
      if target == "1" then return client.locks.lock_door(id) end
      return client.locks.unlock_door(id)
    end,
    done = target_done(plugin, child, target),
  }
end

local function code_id(plugin, child, arguments)
  local number = tonumber(arguments.UserCode or arguments.user)
  local id = number and plugin.locks:numbers(child)[number]
  if id then return id end
  return nil, ("UserCode %s is none of this lock's"):format(tostring(arguments.UserCode or arguments.user))
end

local function filled(text)
  if text ~= nil and text ~= "" then return text end
end

--- Absent, empty, 0 and less stand for a new user.
local function names_a_user(arguments)
  local number = tonumber(arguments.UserCode or arguments.user)
  return number ~= nil and number > 0
end

function M.tasks.SetPin(plugin, child, arguments)
  local pin, name, client = filled(arguments.newPin), filled(arguments.UserCodeName), plugin.client
  if pin and not pin:find("^%d+$") then return nil, "newPin must be digits, or empty for one that Seam chooses" end
  if names_a_user(arguments) then
    local id, reason = code_id(plugin, child, arguments)
    if not id then return nil, reason end
    if not pin and not name then return nil, "newPin and UserCodeName are both empty" end
    return code_task(plugin, child, function()
      return client.access_codes.update { access_code_id = id, code = pin, name = name }
    end, pin)
  end
  local device_id = plugin.locks:id_of(child)
  return code_task(plugin, child, function()
    return client.access_codes.create { device_id = device_id, code = pin, name = name or "User" }
  end, pin)
end

--- Actions on one access code that is there: the call's parameters besides its id.
local function on_code(call, parameters)
  return function(plugin, child, arguments)
    local id, reason = code_id(plugin, child, arguments)
    if not id then return nil, reason end
    local given
    given, reason = parameters(arguments)
    if not given then return nil, reason end
    local client = plugin.client
    given.access_code_id = id
    return code_task(plugin, child, function() return client.access_codes[call](given) end)
  end
end

M.tasks.ClearPin = on_code("delete", function() return {} end)

M.tasks.RenamePin = on_code("update", function(arguments)
  if not filled(arguments.UserCodeName) then return nil, "UserCodeName is empty" end
  return { name = arguments.UserCodeName }
end)

--- Epoch seconds, ISO 8601, or a day and a time by the host's own clock.
local function moment(text)
  if tonumber(text) then return tonumber(text) end
  local year, month, day, clock = (text or ""):match("^(%d%d%d%d)-(%d%d)-(%d%d)(.*)$")
  local hour, minute, second = (clock or ""):match("^ (%d%d):(%d%d):?(%d*)$")
  if not hour and clock ~= "" then return (time.parse(text or "")) end
  return os.time { year = tonumber(year), month = tonumber(month), day = tonumber(day), hour = tonumber(hour or 0),
    min = tonumber(minute or 0), sec = tonumber(second) or 0 }
end

M.tasks.SetPinValidityDate = on_code("update", function(arguments)
  local starts, ends = moment(arguments.StartDate), moment(arguments.StopDate)
  if not starts or not ends or starts >= ends then
    return nil, "StartDate and StopDate must be moments in order, such as 2028-08-12 15:00:00"
  end
  return { type = "time_bound", starts_at = starts, ends_at = ends }
end)

M.tasks.ClearPinValidity = on_code("update", function() return { type = "ongoing" } end)

return M

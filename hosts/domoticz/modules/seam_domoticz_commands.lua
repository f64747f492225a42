-- SPDX-License-Identifier: MIT
-- From a press in Domoticz to a door that has moved: one command at a time for each lock, each sent once.

local carrier = require "seam_domoticz_carrier"
local locks = require "seam_domoticz_locks"
local steps = require "seam.steps.safe"

local M = {}

-- How long a lock may take, in seconds, and after how many the command is given up whatever Domoticz says: openURL
-- itself waits for 90.
local WAIT = { timeout = 20, polling_interval = 2 }
local GIVE_UP = 30

local function text_of(want)
  return want == "Locked" and "lock" or "unlock"
end

--- Users' scripts may want to know: on.customEvents = { "seam-result" }.
local function announce(host, idx, command, ok, err, unknown)
  host.domoticz.emitEvent("seam-result", {
    idx = tonumber(idx), device_id = command.device_id, name = command.name, want = command.want, ok = ok,
    error = err and tostring(err) or nil,
    outcome = unknown and "unknown" or type(err) == "table" and err.outcome or nil,
  })
end

local function close(host, idx)
  local command = host.data.commands[idx]
  host.data.commands[idx] = nil
  host.data.ended[idx] = os.time()
  return command
end

local begin

--- What was pressed meanwhile comes next, unless that is so long ago that nobody reckons with it any more.
local function go_on(host, idx, command)
  if not command.next or os.time() - command.next_at > GIVE_UP then return false end
  begin(host, idx, command.device_id, command.name, command.next)
  return true
end

local function succeed(host, idx)
  local command = close(host, idx)
  host:log(("%s is %s"):format(command.name, command.want == "Locked" and "locked" or "unlocked"))
  announce(host, idx, command, true)
  if command.next and not go_on(host, idx, command) then
    locks.show(host.domoticz.devices(tonumber(idx)), command.want == "Locked")
  end
end

local function fail(host, idx, err, unknown)
  local command = close(host, idx)
  unknown = unknown or (type(err) == "table" and err.outcome == "unknown")
  host:notify(("Seam could not %s %s"):format(text_of(command.want), command.name),
    tostring(err) .. (unknown and ". It may have happened all the same: look at the door" or ""))
  announce(host, idx, command, false, err, unknown)
  if go_on(host, idx, command) then return end
  locks.show(host.domoticz.devices(tonumber(idx)), command.want ~= "Locked")
  -- What is so is known best by asking.
  host.domoticz.emitEvent("seam-sync", "").afterSec(1)
end

local function send(host, idx, command, step)
  local request, err = step:request()
  if not request then return fail(host, idx, err or "Seam's SDK had nothing to send") end
  command.step = step:save()
  carrier.send(host, request, ("seam-step:%s:%s:%d"):format(idx, command.want, command.token))
end

function begin(host, idx, device_id, name, want)
  local token = host.data.counter + 1
  local command = { device_id = device_id, name = name, want = want, token = token, started = os.time() }
  host.data.counter, host.data.commands[idx] = token, command
  local client, err = host:client()
  if not client then return fail(host, idx, err) end
  local step
  step, err = steps[text_of(want)](client, device_id, { wait_for_action_attempt = WAIT })
  if not step then return fail(host, idx, err) end
  send(host, idx, command, step)
  if host.data.commands[idx] == command then
    host.domoticz.emitEvent(("seam-deadline:%s:%s:%d"):format(idx, want, token), "").afterSec(GIVE_UP)
  end
end

--- Somebody, or a script, has switched a lock in Domoticz.
---@param host table
---@param device table
function M.pressed(host, device)
  local device_id = locks.id_of(device)
  if not device_id then return end
  local idx, want = tostring(device.id), locks.is_locked(device) and "Locked" or "Unlocked"
  local command = host.data.commands[idx]
  -- A command that outlived its deadline is left over from before Domoticz was started.
  if command and os.time() - command.started <= 2 * GIVE_UP then
    command.next, command.next_at = want ~= command.want and want or nil, os.time()
    return
  end
  begin(host, idx, device_id, device.name, want)
end

--- The command that a callback's name is about; nil where it has ended, or is another one by now.
local function command_of(host, words)
  local command = host.data.commands[words[2]]
  return command and command.token == tonumber(words[4]) and command or nil
end

local function advance(host, idx, command, step, state, told)
  if state == "done" then return succeed(host, idx) end
  if state == "failed" then return fail(host, idx, told) end
  command.step = step:save()
  host.domoticz.emitEvent(("seam-check:%s:%s:%d"):format(idx, command.want, command.token), "")
    .afterSec(math.max(1, math.ceil(told)))
end

local function with_step(host, words, f)
  local command = command_of(host, words)
  if not command then return end
  local client, err = host:client()
  local step
  if client then step, err = steps.resume(client, command.step) end
  if not step then return fail(host, words[2], err) end
  return f(words[2], command, step)
end

--- An answer of Seam.
function M.answered(host, item, words)
  with_step(host, words, function(idx, command, step)
    local answer, lost = carrier.read(item)
    if answer then
      return advance(host, idx, command, step, step:answer(answer.status, answer.headers, answer.body))
    end
    return advance(host, idx, command, step, step:lost(lost.code, lost.message, lost.sent))
  end)
end

--- Time to ask what has become of the action attempt.
function M.check(host, _, words)
  with_step(host, words, function(idx, command, step) send(host, idx, command, step) end)
end

--- Time to give up. An answer that comes later is nobody's any more.
function M.expire(host, _, words)
  if not command_of(host, words) then return end
  fail(host, words[2], ("The lock has not answered within %d s"):format(GIVE_UP), true)
end

--- Whether what a listing says of a lock may be shown: no command is under way, and none ended after it was asked for.
---@param host table
---@param device table
---@param asked_at number epoch seconds
---@return boolean
function M.is_settled(host, device, asked_at)
  local idx = tostring(device.id)
  local command = host.data.commands[idx]
  if command and os.time() - command.started <= 2 * GIVE_UP then return false end
  host.data.commands[idx] = nil
  return (host.data.ended[idx] or 0) < asked_at
end

return M

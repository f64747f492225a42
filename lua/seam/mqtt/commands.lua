-- SPDX-License-Identifier: MIT
-- Commands that arrive by MQTT: each is carried out once, or not at all. What was kept by the broker,
-- came twice or waited too long moves no door.

local json = require "seam.json"
local loop = require "seam.mqtt.loop"
local state_of = require "seam.mqtt.state"

local M = {}

local ACTS = {
  LOCK = { method = "lock_door", moving = state_of.LOCKING, done = state_of.LOCKED },
  UNLOCK = { method = "unlock_door", moving = state_of.UNLOCKING, done = state_of.UNLOCKED },
}

-- A door that moves long after it was told to is as bad as one that moves twice.
local PATIENCE = 10

--- The state after a failure. Only where it is certain that nothing moved, what stood there before is true.
local function state_after(bridge, err, before)
  if err.outcome == "unknown" then return state_of.UNKNOWN end
  if err:is "SeamActionAttemptError" and bridge.config.on_failure == "jammed" then return state_of.JAMMED end
  return before
end

local function fail(bridge, entry, word, err, before)
  bridge.log(("%s of %s failed: %s"):format(word, entry.id, tostring(err)))
  bridge.locks:note(entry, {
    last_command = word, last_error = err.message, last_error_code = err.code or err.name,
    last_error_outcome = err.outcome or json.null,
  })
  local state = state_after(bridge, err, before)
  bridge.locks:show(entry, state)
  if state ~= state_of.JAMMED then bridge.asked[entry.id] = true end
end

local NO_ERROR = { last_error = json.null, last_error_code = json.null, last_error_outcome = json.null }

local function succeed(bridge, entry, word)
  bridge.log(("%s of %s confirmed"):format(word, entry.id))
  bridge.locks:note(entry, NO_ERROR)
  bridge.locks:note(entry, { last_command = word })
  bridge.locks:show(entry, ACTS[word].done)
end

local function perform(bridge, entry, word)
  local act, before = ACTS[word], entry.state
  entry.word = word
  bridge.locks:begin(entry)
  bridge.locks:show(entry, act.moving)
  local attempt, err = bridge.client.locks[act.method](entry.id)
  bridge.locks:finish(entry)
  if attempt then return succeed(bridge, entry, word) end
  fail(bridge, entry, word, err, before)
end

--- Carries a command out, and then the last one that came meanwhile.
local function carry_out(bridge, entry, word)
  perform(bridge, entry, word)
  local waiting = entry.waiting
  entry.waiting = nil
  if not waiting then return end
  if bridge.client.now() - waiting.at > PATIENCE then
    return bridge.log(("%s of %s came too long ago: not carried out"):format(waiting.word, entry.id))
  end
  return carry_out(bridge, entry, waiting.word)
end

--- After a defect nobody knows where the bolt is; the next command must not wait for this one.
local function give_up(bridge, entry)
  bridge.locks:finish(entry)
  entry.waiting = nil
  bridge.locks:show(entry, state_of.UNKNOWN)
end

--- One at a time; of those that come meanwhile the last one counts.
local function wait_for_turn(bridge, entry, word, now)
  if word ~= entry.word then
    entry.waiting = { word = word, at = now }
    return
  end
  entry.waiting = nil
  bridge.log(("%s of %s again while it is being carried out: ignored"):format(word, entry.id))
end

local function accept(bridge, entry, word)
  local now = bridge.client.now()
  if entry.busy then return wait_for_turn(bridge, entry, word, now) end
  local age = word == entry.word and now - entry.accepted_at or math.huge
  if age < bridge.config.repeat_window then
    return bridge.log(("%s of %s again within %.1f s: ignored"):format(word, entry.id, age))
  end
  entry.word, entry.accepted_at = word, now
  loop.spawn(function() carry_out(bridge, entry, word) end, function(problem)
    bridge.report(problem)
    give_up(bridge, entry)
  end)
end

--- Why a command is not carried out; nil for one that is.
local function refusal(bridge, entry, payload, retained)
  -- The broker hands it to everybody who comes, for ever: it would open the door at each start.
  if retained then return "kept by the broker (a command must not be published as retained)" end
  if not ACTS[payload] then return "not a command: LOCK and UNLOCK are" end
  if not entry or not entry.device then return "no such lock is known" end
  if payload == "UNLOCK" and not bridge.config.allow_unlock then return "allow_unlock is off" end
end

--- Takes a message of a command topic.
---@param bridge table
---@param id string
---@param payload string
---@param retained boolean
function M.receive(bridge, id, payload, retained)
  if payload == "" then return end
  local entry = bridge.locks:find(id)
  local reason = refusal(bridge, entry, payload, retained)
  if not reason then return accept(bridge, entry, payload) end
  bridge.log(("a command for %s was ignored: %s"):format(id, reason))
end

return M

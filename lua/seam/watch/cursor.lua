-- SPDX-License-Identifier: MIT
-- What a watcher has to remember: how far it is, and which events near there it has handed over. As
-- text it survives the process.

local json = require "seam.json"

require("seam.uncompiled")()

local M = {}

-- A webhook is sent again for over a day: so long ids are kept where webhooks deliver, in seconds.
local WEBHOOK_SPAN = 2 * 86400

local MAX_BYTES = 64 * 1024 * 1024
local VERSION = 1
local STEP = 0.001
-- Ids outlive the span that is asked about by this much: moments on the wire are cut to milliseconds.
local MARGIN = 1

---@class seam.WatchState
---@field start number epoch seconds from which on events count
---@field position number|nil all events that became known until then are settled
---@field seen table<string, number> ids of settled events, and when they became known
---@field attempts table<string, integer> how often events were handed over in vain
---@field webhooks_since number|nil where polling stood when the first webhook came
---@field texts table<string, string> ids and moments of `seen` as JSON, so that a save need not write each of them anew

---@param start number
---@return seam.WatchState
function M.new(start)
  return { start = start, seen = {}, attempts = {}, texts = {} }
end

--- The moment to ask from: some time back, for events that became visible late.
---@param state seam.WatchState
---@param overlap number seconds
---@return number
function M.from(state, overlap)
  local back = state.position and state.position - overlap or state.start
  return math.max(state.start, back) - STEP
end

---@param state seam.WatchState
---@param id string
---@param created number
function M.settle(state, id, created)
  state.seen[id], state.attempts[id], state.texts[id] = created, nil, nil
end

--- Notes that a webhook came: from now on ids are kept for as long as one may come again.
---@param state seam.WatchState
---@return boolean first
function M.note_webhook(state)
  if state.webhooks_since then return false end
  state.webhooks_since = state.position or state.start
  return true
end

--- Whether polling has dealt with an event whose id is no longer remembered.
---@param state seam.WatchState
---@param created number
---@param overlap number
---@return boolean
function M.is_past(state, created, overlap)
  if created < state.start then return true end
  if not state.position then return false end
  local remembered = state.position - math.max(overlap, WEBHOOK_SPAN)
  if state.webhooks_since then remembered = math.max(remembered, state.webhooks_since - overlap) end
  return created < remembered
end

local function forget_before(state, moment)
  for id, created in pairs(state.seen) do
    if created < moment then state.seen[id], state.texts[id] = nil, nil end
  end
end

--- Moves on, and forgets ids that will not be met again.
---@param state seam.WatchState
---@param moment number all events that became known until then are settled
---@param overlap number
---@return boolean moved
function M.advance(state, moment, overlap)
  if state.position and moment <= state.position then return false end
  state.position = moment
  forget_before(state, moment - (state.webhooks_since and math.max(overlap, WEBHOOK_SPAN) or overlap) - MARGIN)
  return true
end

--- The same where nobody polls: the newest event is the measure.
---@param state seam.WatchState
function M.forget_old(state)
  local newest = state.start
  for _, created in pairs(state.seen) do newest = math.max(newest, created) end
  forget_before(state, newest - WEBHOOK_SPAN)
end

local function encoded(value)
  local text, field, reason = json.encode(value, nil, MAX_BYTES)
  return text or error(("seam.watch: %s %s"):format(field, reason), 0)
end

--- Every event is followed by a save, and there may be thousands of ids: each is written as JSON once.
local function seen_text(state)
  local texts, list = state.texts, {}
  for id, created in pairs(state.seen) do
    if not texts[id] then texts[id] = encoded(id) .. ":" .. encoded(created) end
    list[#list + 1] = texts[id]
  end
  return "{" .. table.concat(list, ",") .. "}"
end

--- Writes a state as text.
---@param state seam.WatchState
---@return string
function M.encode(state)
  local rest = encoded {
    version = VERSION, start = state.start, position = state.position, webhooks_since = state.webhooks_since,
    attempts = state.attempts,
  }
  return ('{"seen":%s,%s'):format(seen_text(state), rest:sub(2))
end

local function is_map_of_numbers(value)
  if type(value) ~= "table" then return false end
  for key, number in pairs(value) do
    if type(key) ~= "string" or type(number) ~= "number" then return false end
  end
  return true
end

local function is_optional_number(value)
  return value == nil or type(value) == "number"
end

--- Reads a state. A text that is not one is refused: beginning anew would lose events or repeat them.
---@param text any
---@return seam.WatchState|nil
---@return string|nil reason
function M.decode(text)
  local state, reason = nil, "it is no text"
  if type(text) == "string" then state, reason = json.decode(text) end
  if type(state) ~= "table" then return nil, reason or "it is no cursor" end
  if state.version ~= VERSION then return nil, "it is of another version" end
  if type(state.start) ~= "number" or not is_optional_number(state.position)
    or not is_optional_number(state.webhooks_since)
    or not is_map_of_numbers(state.seen) or not is_map_of_numbers(state.attempts) then
    return nil, "it is no cursor"
  end
  state.texts = {}
  return state
end

return M

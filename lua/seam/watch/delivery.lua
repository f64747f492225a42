-- SPDX-License-Identifier: MIT
-- Hands one event over: to its handlers, counting what went wrong, and remembers it once they are through.

local cursor = require "seam.watch.cursor"
local errors = require "seam.errors"
local handlers = require "seam.watch.handlers"
local protected = require "seam.protected"

local M = {}

--- Calls a hook of the caller's. One that fails changes nothing.
---@param hook function|nil
---@param ... any
function M.tell(hook, ...)
  if hook then protected.pcall(hook, ...) end
end

--- Writes the cursor down.
---@param watcher table
---@return boolean|nil saved
---@return seam.Error|nil err SeamWatchError
function M.save(watcher)
  watcher.unsaved = true
  local ok, reason = watcher.options.store.save(cursor.encode(watcher.state))
  if ok then
    watcher.unsaved = false
    return true
  end
  return nil, errors.new("SeamWatchError", "The cursor could not be saved: " .. errors.quoted(reason),
    { code = "cursor_not_saved", outcome = "unknown", cause = reason })
end

local function handler_error(item, problem, attempt)
  return errors.new("SeamWatchError",
    ("A handler of %s failed: %s"):format(errors.quoted(item.event.event_type), errors.quoted(problem)),
    { code = "handler_failed", outcome = "unknown", cause = problem, event = item.event, attempts = attempt })
end

--- Whether the event has been handed over for good, or is just being handed over elsewhere.
---@param watcher table
---@param id string
---@return boolean
function M.is_taken(watcher, id)
  return watcher.state.seen[id] ~= nil or watcher.busy[id] == true
end

--- Runs the handlers that this event has not been through yet.
local function run(watcher, item, source, attempt)
  local id = item.event.event_id
  watcher.busy[id] = true
  local through, problem = handlers.run(watcher.options.handlers, item.event, {
    attempt = attempt, source = source, lag = math.max(0, watcher.client.time() - item.occurred),
  }, (watcher.through[id] or 0) + 1)
  watcher.busy[id], watcher.through[id] = nil, through
  return through == nil, problem
end

--- The hook hears of it before the cursor does: a crash in between tells it twice rather than never.
local function note_failure(watcher, item, problem, attempt)
  local id, err = item.event.event_id, handler_error(item, problem, attempt)
  local gave_up = attempt >= watcher.options.max_attempts
  M.tell(watcher.options.on_error, err, item.event, { attempt = attempt, gave_up = gave_up })
  watcher.state.attempts[id] = attempt
  if gave_up then
    cursor.settle(watcher.state, id, item.created)
    watcher.through[id] = nil
  end
  return gave_up, err
end

--- Hands an event over and remembers it.
---@param watcher table
---@param item table { event =, created =, occurred = }
---@param source "poll"|"webhook"
---@return boolean|nil handled false where it failed too often and was given up
---@return seam.Error|nil err it will be handed over again; or it was handled and the cursor could not be saved
function M.hand_over(watcher, item, source)
  local id = item.event.event_id
  local attempt = (watcher.state.attempts[id] or 0) + 1
  local ok, problem = run(watcher, item, source, attempt)
  local gave_up, failure = false, nil
  if ok then
    cursor.settle(watcher.state, id, item.created)
  else
    gave_up, failure = note_failure(watcher, item, problem, attempt)
  end
  local saved, err = M.save(watcher)
  if failure and not gave_up then return nil, failure end
  if not saved then return nil, err end
  return ok
end

return M

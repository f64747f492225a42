-- SPDX-License-Identifier: MIT
-- A watcher: asks for events over and over, works them off in order, and takes them from webhooks too.

local batches_of = require "seam.watch.batches"
local cursor = require "seam.watch.cursor"
local delivery = require "seam.watch.delivery"
local errors = require "seam.errors"
local feed = require "seam.watch.feed"
local pause = require "seam.pause"
local protected = require "seam.protected"
local transient = require "seam.transient"

require("seam.uncompiled")()

local M = {}

-- After trouble the next try comes soon, then later and later.
local FIRST_BACKOFF = 1
local LONGEST_BACKOFF = 60
-- Where nobody polls, ids are cleared out now and then.
local DELIVERIES_PER_SWEEP = 100

--- Makes a watcher's state.
---@param client table with the safe face
---@param options table checked
---@param state seam.WatchState
---@return table watcher
function M.new(client, options, state)
  return {
    client = client, options = options, state = state,
    busy = {}, through = {}, troubles = 0, deliveries = 0,
  }
end

local function is_stopped(watcher)
  local stop = watcher.options.stop
  if not watcher.stopped and stop and stop() then watcher.stopped = true end
  return watcher.stopped == true
end

local function backoff(watcher, count, retry_after)
  local longest = math.max(LONGEST_BACKOFF, watcher.options.polling_interval)
  return math.max(math.min(FIRST_BACKOFF * 2 ^ math.min(count - 1, 30), longest), retry_after or 0)
end

--- Works one batch off. Stops at an event that fails: those behind it wait, so that the order holds.
local function work_off(watcher, batch)
  local handled = 0
  for _, item in ipairs(batch) do
    local id = item.event.event_id
    watcher.behind = item.created
    if is_stopped(watcher) or watcher.busy[id] then return handled, false end
    -- A webhook may have brought it meanwhile.
    if not watcher.state.seen[id] then
      local ok, err = delivery.hand_over(watcher, item, "poll")
      if ok then handled = handled + 1 end
      if ok == nil then return handled, false, err end
    end
  end
  watcher.behind = nil
  return handled, true
end

local function advance(watcher, moment)
  if moment and cursor.advance(watcher.state, moment, watcher.options.overlap) then return delivery.save(watcher) end
  return true
end

--- Works everything off; the count, whether all is done, and what went wrong.
local function work_off_all(watcher, items)
  local batches, latest = batches_of.cut(watcher.state, items)
  local handled = 0
  for _, batch in ipairs(batches) do
    local count, done, err = work_off(watcher, batch)
    handled = handled + count
    if done then
      local saved
      saved, err = advance(watcher, batch.reached)
      done = saved == true
    end
    if not done then return handled, false, err end
  end
  local saved, err = advance(watcher, latest)
  return handled, saved == true, err
end

--- How long to wait after trouble with a poll, or with what it brought.
local function delay_after(watcher, done, err)
  if done then
    watcher.troubles = 0
    return watcher.options.polling_interval
  end
  if is_stopped(watcher) then return 0 end
  if not err then return FIRST_BACKOFF end
  watcher.troubles = watcher.troubles + 1
  return backoff(watcher, watcher.troubles, err.retry_after)
end

local function fetch(watcher)
  watcher.asked = true
  return feed.fetch(watcher.client, { event_types = watcher.options.types, limit = watcher.options.limit },
    cursor.from(watcher.state, watcher.options.overlap))
end

--- One poll: how many events were handled, seconds until the next poll, and the trouble there was; nil and an
--- error that will not pass.
local function poll(watcher)
  if watcher.unsaved then
    local saved, err = delivery.save(watcher)
    if not saved then return 0, delay_after(watcher, false, err), err end
  end
  local started = watcher.client.now()
  local items, err = fetch(watcher)
  if not items then
    if not transient.is(err) then return nil, err end
    return 0, delay_after(watcher, false, err), err
  end
  local handled, done
  handled, done, err = work_off_all(watcher, items)
  if done then watcher.caught_up = started end
  return handled, delay_after(watcher, done, err), err
end

--- Seconds by which the watcher is behind: since the oldest event it knows and has not handed over became known,
--- else since it last saw that there was none.
---@param watcher table
---@return number
function M.lag(watcher)
  if watcher.behind then return math.max(0, watcher.client.time() - watcher.behind) end
  if watcher.caught_up then return watcher.client.now() - watcher.caught_up end
  return math.max(0, watcher.client.time() - (watcher.state.position or watcher.state.start))
end

local function report(watcher, handled, delay, err)
  -- A handler's failure has been told of already, with its event.
  if err and err.code ~= "handler_failed" then delivery.tell(watcher.options.on_error, err) end
  delivery.tell(watcher.options.on_poll, { handled = handled, lag = M.lag(watcher), delay = delay, error = err })
end

--- One poll.
---@param watcher table
---@return integer|nil handled
---@return number|seam.Error delay seconds until the next one should come; or the error that will not pass
---@return seam.Error|nil err trouble that will
function M.step(watcher)
  -- Two timers may overlap; the first one does the work.
  if watcher.stepping then return 0, watcher.options.polling_interval end
  watcher.stepping, watcher.stopped = true, nil
  local ok, handled, delay, err = protected.pcall(poll, watcher)
  watcher.stepping = false
  if not ok then error(handled, 0) end
  if handled == nil then return nil, delay end
  report(watcher, handled, delay, err)
  return handled, delay, err
end

--- Polls until it is stopped.
---@param watcher table
---@return integer|nil handled how many events in all
---@return seam.Error|nil err one that will not pass
function M.run(watcher)
  local total, polls = 0, 0
  while not is_stopped(watcher) do
    local handled, delay = M.step(watcher)
    if handled == nil then return nil, delay end
    total, polls = total + handled, polls + 1
    if polls == watcher.options.max_polls then break end
    pause.run(watcher.client, delay, function() return is_stopped(watcher) end)
  end
  watcher.stopped = nil
  return total
end

--- Ends run after the event that is being handled.
---@param watcher table
---@return boolean
function M.stop(watcher)
  watcher.stopped = true
  return true
end

local function is_wanted(watcher, event)
  if not watcher.options.types then return true end
  for _, name in ipairs(watcher.options.types) do
    if name == event.event_type then return true end
  end
  return false
end

local function clear_out(watcher)
  watcher.deliveries = watcher.deliveries + 1
  if not watcher.asked and not watcher.state.position and watcher.deliveries % DELIVERIES_PER_SWEEP == 0 then
    cursor.forget_old(watcher.state)
  end
end

--- Takes an event that came by webhook.
---@param watcher table
---@param event table
---@return boolean|nil handled now; false where it was handed over before, is not wanted, or was given up
---@return seam.Error|nil err a handler failed: let the sender send it again
function M.deliver(watcher, event)
  if type(event) ~= "table" or type(event.event_id) ~= "string" or type(event.event_type) ~= "string" then
    return nil, errors.invalid_params(nil, "deliver wants an event, as seam.webhook verifies it", "event")
  end
  local item = { event = event, created = feed.created(event), occurred = feed.occurred(event) }
  cursor.note_webhook(watcher.state)
  if not is_wanted(watcher, event) or cursor.is_past(watcher.state, item.created, watcher.options.overlap)
    or delivery.is_taken(watcher, event.event_id) then
    return false
  end
  clear_out(watcher)
  return delivery.hand_over(watcher, item, "webhook")
end

return M

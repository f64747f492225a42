-- SPDX-License-Identifier: MIT
-- What `require "seam.watch"` and `require "seam.watch.safe"` return: watchers whose methods raise
-- error objects, or return nil and them. Either takes clients of either face.

local cursor = require "seam.watch.cursor"
local delivery = require "seam.watch.delivery"
local errors = require "seam.errors"
local options_of = require "seam.watch.options"
local protected = require "seam.protected"
local watcher_of = require "seam.watch.watcher"

require("seam.uncompiled")()

local M = {}

---@class seam.Watcher
---@field run fun(self: seam.Watcher): integer
---@field step fun(self: seam.Watcher): integer, number, seam.Error|nil
---@field stop fun(self: seam.Watcher): boolean
---@field deliver fun(self: seam.Watcher, event: table): boolean
---@field lag fun(self: seam.Watcher): number

local METHODS = { "run", "step", "stop", "deliver", "lag" }

local function unreadable(reason)
  return nil, errors.new("SeamWatchError", "The cursor could not be read: " .. errors.quoted(reason),
    { code = "cursor_unreadable", outcome = "not_sent", cause = reason })
end

local function load_state(options)
  local text, reason = options.store.load()
  if text == nil and reason ~= nil then return unreadable(reason) end
  if text == nil then return nil end
  local state
  state, reason = cursor.decode(text)
  if not state then return unreadable(reason) end
  return state
end

--- The start is written down before anything happens: a crash must not move it.
local function begin(face, options)
  local watcher = watcher_of.new(face, options, cursor.new(options.start))
  local saved, err = delivery.save(watcher)
  if not saved then return nil, err end
  return watcher
end

local function make(client, given)
  local face, err = protected.client(client)
  if not face then return nil, err end
  local options
  options, err = options_of.check(given, face.time())
  if not options then return nil, err end
  local state
  state, err = load_state(options)
  if err then return nil, err end
  if not state then return begin(face, options) end
  return watcher_of.new(face, options, state)
end

local function finish_all(finish)
  return function(value, extra, third)
    if third ~= nil then return value, extra, third end
    return finish(value, extra)
  end
end

--- The state lives in closures. A dot in place of the colon is understood.
local function assemble(state, finish)
  if not state then return nil end
  local watcher, finish_three = {}, finish_all(finish)
  for _, name in ipairs(METHODS) do
    local f = watcher_of[name]
    watcher[name] = function(first, ...)
      if rawequal(first, watcher) then return finish_three(f(state, ...)) end
      return finish_three(f(state, first, ...))
    end
  end
  return setmetatable(watcher, { __name = "seam.Watcher", __tostring = function() return "seam watcher" end })
end

--- Builds a face.
---@param raises boolean
---@return table watch
function M.new(raises)
  local finish, watch = errors.finisher(raises), {}

  local function events(client, given)
    local state, err = make(client, given)
    return finish(assemble(state, finish), err)
  end

  --- Makes a watcher of events. Options:
  --- on: { [event type or pattern such as "lock.*" or "*"] = function(event, info) }; all that fit are called, the
  ---   special before the general; info has attempt, source ("poll" or "webhook") and lag (seconds since it happened).
  ---   An event whose handler raises, or returns nil and an error, is handed over again;
  --- since: the moment from which on events count, epoch seconds or ISO 8601; now when absent. A cursor goes first;
  --- event_types: a list; when absent, what the handlers name, or all where one has a pattern;
  --- cursor: a file's path, or { load = function() -> text|nil, save = function(text) }; absent: remembered in memory;
  --- polling_interval: 10 seconds; overlap: how far back every poll looks for late events, 900 seconds;
  --- max_attempts: how often an event is handed over before it is given up, 5; limit: events a page, 500;
  --- max_polls, stop = function() -> true: when run ends; on_poll = function{ handled, lag, delay, error };
  --- on_error = function(err, event, { attempt, gave_up }); without an event the trouble is with a poll or the cursor.
  ---@param client table
  ---@param options table
  ---@return seam.Watcher
  --- Raises SeamInvalidOptionsError, and SeamWatchError (`cursor_unreadable`).
  ---
  --- watcher:run() polls until it is stopped; returns how many events were handled, raises what will not pass (401...).
  --- watcher:step() polls once: handled, seconds until the next poll, the trouble there was; for hosts with timers.
  --- watcher:deliver(event) takes an event from seam.webhook: true when it was handled, false when nothing was to be
  ---   done; raises SeamWatchError when a handler failed (answer 500, and it will be sent again).
  --- watcher:stop() ends run. watcher:lag() -> seconds behind.
  function watch.events(client, ...)
    if rawequal(client, watch) then return events(...) end
    return events(client, ...)
  end

  return watch
end

return M

-- SPDX-License-Identifier: MIT
-- The options of a watcher.

local errors = require "seam.errors"
local handlers_of = require "seam.watch.handlers"
local helper_options = require "seam.helper_options"
local store_of = require "seam.watch.store"
local time = require "seam.time"

require("seam.uncompiled")()

local M = {}

local KNOWN = {
  since = "any", event_types = "table", on = "any", cursor = "any", polling_interval = "interval",
  overlap = "duration", max_attempts = "count", max_polls = "count", limit = "count",
  stop = "function", on_poll = "function", on_error = "function",
}

local DEFAULTS = { polling_interval = 10, overlap = 900, max_attempts = 5, limit = 500 }

--- Epoch seconds of the since option; nil and a reason.
local function read_since(since, now)
  if since == nil then return now end
  if type(since) == "number" then
    -- What cannot be written cannot be asked for either.
    local text, reason = time.format(since)
    if text then return since end
    return nil, reason
  end
  return time.parse(since)
end

local function read_types(types)
  if not types then return nil end
  local copy = {}
  for i, name in ipairs(types) do
    if type(name) ~= "string" then return nil, "The event_types option must be a list of event types" end
    copy[i] = name
  end
  if #copy == 0 then return nil, "The event_types option must be a list of event types, and not empty" end
  return copy
end

local function invalid(reason)
  return nil, errors.invalid_options(reason)
end

--- Checks the options of a watcher.
---@param given table|nil
---@param now number epoch seconds
---@return table|nil options with `handlers`, `types` (nil for all), `start` and `store`
---@return seam.Error|nil err SeamInvalidOptionsError
function M.check(given, now)
  local options, err = helper_options.check(given, KNOWN, DEFAULTS)
  if not options then return nil, err end
  local reason
  options.start, reason = read_since(options.since, now)
  if not options.start then return invalid("The since option " .. reason) end
  options.handlers, reason = handlers_of.read(options.on)
  if not options.handlers then return invalid(reason) end
  options.types, reason = read_types(options.event_types)
  if reason then return invalid(reason) end
  options.types = options.types or handlers_of.types(options.handlers)
  options.store, reason = store_of.new(options.cursor)
  if not options.store then return invalid(reason) end
  return options
end

return M

-- SPDX-License-Identifier: MIT
-- What `require "seam.fleet"` and `require "seam.fleet.safe"` return.

local collect = require "seam.fleet.collect"
local errors = require "seam.errors"
local history = require "seam.fleet.history"
local options = require "seam.fleet.options"
local report = require "seam.fleet.report"

local M = {}

local function require_report(value)
  if report.is_report(value) then return value end
  return nil, errors.invalid_params(nil, "A report is wanted here: what fleet.report returned", "report")
end

local function take(client, given)
  local checked, err = options.report(given)
  if not checked then return nil, err end
  local facts
  facts, err = collect.all(client, checked)
  if not facts then return nil, err end
  return report.new(facts, checked)
end

--- The report and the checked options, or nil and the error.
local function prepare(check, value, given)
  local found, err = require_report(value)
  if not found then return nil, err end
  local checked
  checked, err = check(given)
  if not checked then return nil, err end
  return found, checked
end

local function write_text(value, given)
  local found, checked = prepare(options.text, value, given)
  if not found then return nil, checked end
  return require("seam.fleet.text").render(found, checked)
end

local function write_html(value, past, given)
  if past ~= nil and not history.is_history(past) then
    return nil, errors.invalid_params(nil,
      "The second argument of fleet.html is a history (what fleet.history returned), or nil", "history")
  end
  local found, checked = prepare(options.html, value, given)
  if not found then return nil, checked end
  return require("seam.fleet.html").render(found, past, checked)
end

local function remember(place, value)
  local found, err = require_report(value)
  if not found then return nil, err end
  return history.append(place, found)
end

local function read_history(place, given)
  local checked, err = options.history(given)
  if not checked then return nil, err end
  return history.read(place, checked)
end

--- Builds a face.
---@param raises boolean
---@return table fleet
function M.new(raises)
  local finish, fleet = errors.finisher(raises), {}

  --- Takes stock of all locks. Reads only; a call that fails for one lock is that lock's finding. Options:
  --- codes: true (default), false for no calls per lock, "managed" for one call per lock instead of two;
  --- thresholds: { battery = 0.2, battery_critical = 0.1, offline = 900, stuck = 600, unmanaged = nil },
  ---   levels from 0 to 1, times in seconds, unmanaged as many unmanaged codes as a lock may have;
  --- filter: parameters of devices.list, for example { customer_key = "..." };
  --- concurrency: how many locks are asked at once, 8; on_progress(done, total) after each of them;
  --- show_codes: true keeps PINs in the report.
  ---@param client table of seam or seam.safe
  ---@param given table|nil
  ---@return seam.FleetReport
  function fleet.report(client, given) return finish(take(client, given)) end

  --- The report as a table of text. Options: width (130 columns), problems_only.
  ---@param value seam.FleetReport
  ---@param given table|nil
  ---@return string
  function fleet.text(value, given) return finish(write_text(value, given)) end

  --- The report as one HTML page that needs nothing else. Options: title, days (how far the time lines of
  --- codes go, 14), show_codes (shows PINs, where the report has them).
  ---@param value seam.FleetReport
  ---@param past seam.FleetHistory|nil what fleet.history returned: draws batteries over time
  ---@param given table|nil
  ---@return string
  function fleet.html(value, past, given) return finish(write_html(value, past, given)) end

  --- Appends the report to a history, as one line of text; PINs are never in it.
  ---@param place string|table path of a file, or a store: an object with append(self, line) and lines(self)
  ---@param value seam.FleetReport
  ---@return boolean
  function fleet.remember(place, value) return finish(remember(place, value)) end

  --- Reads a history. A line that cannot be read is skipped and counted; no file yet is an empty history.
  ---@param place string|table as for remember
  ---@param given table|nil { since = epoch seconds or ISO 8601 }
  ---@return seam.FleetHistory { locks = { [device_id] = {...} }, reports =, skipped = }
  function fleet.history(place, given) return finish(read_history(place, given)) end

  return fleet
end

return M

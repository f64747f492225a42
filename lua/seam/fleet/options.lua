-- SPDX-License-Identifier: MIT
-- The options of fleet's functions: known names, defaults, checks.

local errors = require "seam.errors"
local nearest = require "seam.nearest"
local time = require "seam.time"

require("seam.uncompiled")()

local M = {}

local function is_finite(value, least, most)
  return type(value) == "number" and value >= least and value <= most and value < math.huge
end

-- What a value must be: a check, and how an error says it.
local LEVEL = { function(value) return is_finite(value, 0, 1) end, "must be a level from 0 to 1" }
local SECONDS = { function(value) return is_finite(value, 0, math.huge) end, "must be a number of seconds" }
local COUNT = { function(value) return is_finite(value, 0, math.huge) and value % 1 == 0 end,
  "must be a whole number that is not negative" }
local POSITIVE = { function(value) return is_finite(value, 1, math.huge) and value % 1 == 0 end,
  "must be a whole number above 0" }
local SWITCH = { function(value) return type(value) == "boolean" end, "must be true or false" }
local CODES = { function(value) return type(value) == "boolean" or value == "managed" end,
  'must be true, false or "managed"' }
local TEXT = { function(value) return type(value) == "string" end, "must be a string" }
local TABLE = { function(value) return type(value) == "table" end, "must be a table" }
local FUNCTION = { function(value) return type(value) == "function" end, "must be a function" }
local MOMENT = { function(value) return type(value) == "number" or time.parse(value) ~= nil end,
  "must be a moment: epoch seconds or ISO 8601" }

local THRESHOLDS = { battery = LEVEL, battery_critical = LEVEL, offline = SECONDS, stuck = SECONDS, unmanaged = COUNT }

M.DEFAULT_WIDTH = 130

--- What a lock's verdict hangs on when the caller does not say: levels from 0 to 1, times in seconds.
M.DEFAULT_THRESHOLDS = { battery = 0.2, battery_critical = 0.1, offline = 900, stuck = 600 }

local function check(given, known, defaults, where)
  if given ~= nil and type(given) ~= "table" then
    return nil, errors.invalid_options(("%s must be a table, got a %s"):format(where, type(given)))
  end
  local checked = {}
  for name, value in pairs(defaults or {}) do checked[name] = value end
  for name, value in pairs(given or {}) do
    local rule = known[name]
    if not rule then
      return nil, errors.invalid_options(("%s have no '%s'%s")
        :format(where, errors.quoted(name), nearest.hint(name, known)))
    end
    if not rule[1](value) then
      return nil, errors.invalid_options(("%s: %s %s"):format(where, name, rule[2]))
    end
    checked[name] = value
  end
  return checked
end

local REPORT = {
  thresholds = TABLE, codes = CODES, filter = TABLE, concurrency = POSITIVE, on_progress = FUNCTION,
  show_codes = SWITCH,
}

--- Options of fleet.report.
---@param given table|nil
---@return table|nil options
---@return seam.Error|nil
function M.report(given)
  local checked, err = check(given, REPORT, { codes = true, concurrency = 8 }, "The options of fleet.report")
  if not checked then return nil, err end
  checked.thresholds, err = check(checked.thresholds, THRESHOLDS, M.DEFAULT_THRESHOLDS, "The thresholds")
  if not checked.thresholds then return nil, err end
  return checked
end

--- Options of fleet.text.
function M.text(given)
  return check(given, { width = POSITIVE, problems_only = SWITCH }, { width = M.DEFAULT_WIDTH },
    "The options of fleet.text")
end

--- Options of fleet.html.
function M.html(given)
  return check(given, { title = TEXT, days = POSITIVE, show_codes = SWITCH },
    { title = "Locks", days = 14, show_codes = false }, "The options of fleet.html")
end

--- Options of fleet.history.
function M.history(given)
  local checked, err = check(given, { since = MOMENT }, nil, "The options of fleet.history")
  if checked and type(checked.since) == "string" then checked.since = time.parse(checked.since) end
  return checked, err
end

return M

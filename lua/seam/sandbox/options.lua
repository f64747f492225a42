-- SPDX-License-Identifier: MIT
-- What can be set on a sandbox: names, defaults and checks. docs/sandbox.md says which default comes from where.

local nearest = require "seam.nearest"
local time = require "seam.time"

local M = {}

M.GUIDE_KEY = "seam_test2ZTo_0mEYQW2TvNDCxG5Atpj85Ffw"

local DEFAULTS = {
  seed = 1,
  now = os.time,
  workspace_id = "d7418ff3-a476-4f48-9a4b-211d1d21a03d",
  workspace_name = "Sandbox",
  api_key = M.GUIDE_KEY,
  base_url = "https://connect.getseam.com",
  login_password = "1234",
  failed_login_status = "pending",
  guide_ids = true,
  guide_timestamps = true,
  sync_delay = 0,
  action_delay = 0,
  program_delay = 0,
  late_after = 300,
  retry_after = 60,
  native_lead = 72 * 3600,
  plain_lead = 3600,
  round_times = true,
  given_code = "refuse",
  custom_pin = false,
  keep_expired = false,
  seat_limit = 100,
  max_active_codes = 100,
  remote_unlock = true,
  rate_limits = true,
  since_is_inclusive = false,
  battery_thresholds = { critical = 0.05, low = 0.2, good = 0.8 },
}

-- Options without a default: absent is their meaning.
local OPTIONAL = {
  api_keys = "table", auto_relock_seconds = "number", on_webhook = "function",
  clock = "moment", freeze = "moment",
}

local CHOICES = {
  failed_login_status = { pending = true, failed = true },
  given_code = { refuse = true, generate = true },
}

local function fail(name, reason)
  error("seam.sandbox: the option '" .. tostring(name) .. "' " .. reason, 0)
end

local function check_moment(name, value)
  if value == true then return value end
  local moment, reason = M.moment(value)
  if not moment then fail(name, reason) end
  return moment
end

--- Epoch seconds of a number or an ISO 8601 text; nil and a reason for anything else.
function M.moment(value)
  if type(value) == "number" and value == value then return value end
  return time.parse(value)
end

local function check(name, value)
  if OPTIONAL[name] == "moment" then return check_moment(name, value) end
  local wanted = OPTIONAL[name]
  if DEFAULTS[name] ~= nil then wanted = type(DEFAULTS[name]) end
  if not wanted then
    fail(name, "does not exist" .. nearest.hint(tostring(name), M.names()))
  end
  if type(value) ~= wanted then fail(name, "must be a " .. wanted .. ", got a " .. type(value)) end
  if CHOICES[name] and not CHOICES[name][value] then fail(name, "cannot be '" .. value .. "'") end
  if wanted == "number" and (value ~= value or value < 0) then fail(name, "must not be negative") end
  return value
end

--- The names of all options, in alphabetical order.
function M.names()
  local names = {}
  for name in pairs(DEFAULTS) do names[#names + 1] = name end
  for name in pairs(OPTIONAL) do names[#names + 1] = name end
  table.sort(names)
  return names
end

--- One checked value, for setters.
M.check = check

--- The options of a new sandbox, filled up; raises a sentence for a name or value that cannot be.
---@param given table|nil
function M.fill(given)
  if given ~= nil and type(given) ~= "table" then
    error("seam.sandbox: options must be a table, got a " .. type(given), 0)
  end
  local options = {}
  for name, value in pairs(DEFAULTS) do options[name] = value end
  for name, value in pairs(given or {}) do options[name] = check(name, value) end
  return options
end

return M

-- SPDX-License-Identifier: MIT
-- A client's hooks that count its calls for openresty.metrics.

local counters = require "seam.openresty.counters"
local options = require "seam.openresty.options"

local M = {}

local OPTIONS = { dict = "dict" }

-- Seconds. A door is asked for within tens of milliseconds and moves within seconds.
local BOUNDS = { 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30 }

local function outcome_of(report)
  if not report.error then return "done" end
  return report.error.outcome or "unknown"
end

local function observe(dict, endpoint, seconds)
  for _, bound in ipairs(BOUNDS) do
    if seconds <= bound then
      counters.add(dict, "seam_attempt_seconds_bucket", { endpoint, { "le", tostring(bound) } }, 1)
    end
  end
  counters.add(dict, "seam_attempt_seconds_bucket", { endpoint, { "le", "+Inf" } }, 1)
  counters.add(dict, "seam_attempt_seconds_sum", { endpoint }, seconds)
  counters.add(dict, "seam_attempt_seconds_count", { endpoint }, 1)
end

--- Makes the hooks: options for seam.new, to which the others may be added.
---@param given table { dict = name of the lua_shared_dict of the metrics }
---@return table hooks { on_request =, on_response =, on_retry = }
function M.new(given)
  local dict = options.check(given, OPTIONS, { "dict" }).dict
  local hooks = {}

  function hooks.on_request(report)
    if report.attempt == 1 then counters.add(dict, "seam_calls_total", { { "endpoint", report.path } }, 1) end
  end

  function hooks.on_response(report)
    local endpoint = { "endpoint", report.path }
    counters.add(dict, "seam_attempts_total", { endpoint, { "outcome", outcome_of(report) } }, 1)
    observe(dict, endpoint, report.duration)
  end

  function hooks.on_retry(report)
    counters.add(dict, "seam_retries_total", { { "endpoint", report.path }, { "outcome", outcome_of(report) } }, 1)
  end

  return hooks
end

return M

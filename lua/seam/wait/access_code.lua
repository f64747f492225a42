-- SPDX-License-Identifier: MIT
-- Waits until an access code has its PIN, or is on the lock.

local errors = require "seam.errors"
local options_of = require "seam.wait.options"
local poll = require "seam.wait.poll"
local problems = require "seam.wait.problems"
local resource = require "seam.resource"
local time = require "seam.time"

require("seam.uncompiled")()

local M = {}

local DEFAULTS = { timeout = 300, polling_interval = 5, until_ = "set", wait_for_start = false }
local OWN = { until_ = { code = true, set = true }, wait_for_start = "boolean", heals = "table" }

local GOALS = { code = "the PIN of access code %s", set = "access code %s to be set" }

-- Seam puts a code with a time frame on the lock this long before it starts (locks that keep time
-- frames themselves; others are told an hour before).
local NATIVE_LEAD = 72 * 3600

local function has_pin(code)
  return type(code.code) == "string" and code.code ~= "" and code.is_waiting_for_code_assignment ~= true
end

local function failed(wait, found, what)
  return poll.error(wait, "SeamWaitFailedError", ("Cannot wait for %s: %s"):format(wait.goal, what), {
    code = problems.code(found) or found.code, problems = found, outcome = "rejected",
  })
end

--- When Seam will put a deferred code on the lock: as it says itself, else by its rule.
local function programmed_at(code, starts)
  for _, mutation in ipairs(type(code.pending_mutations) == "table" and code.pending_mutations or {}) do
    local scheduled = time.parse(mutation.scheduled_at)
    if mutation.mutation_code == "deferring_creation" and scheduled then return scheduled end
  end
  return starts - NATIVE_LEAD
end

local function programming_text(code, starts, now)
  if code.is_scheduled_on_device then return "the lock has it already and lets it in from then on" end
  local at = programmed_at(code, starts)
  if at <= now then return "it is being put on the lock now" end
  return ("it will be put on the lock at %s"):format(time.format(at)), at
end

--- A code that cannot be set yet, because its time has not come: what to say of it, else nil.
local function future(wait, code)
  local starts, now = time.parse(code.starts_at), wait.client.time()
  if not starts or starts <= now or code.status ~= "unset" then return nil end
  local text, at = programming_text(code, starts, now)
  return ("it starts at %s, and %s"):format(time.format(starts), text), at
end

local function future_error(wait, text, at)
  local err = poll.error(wait, "SeamWaitFailedError",
    ("Will not wait for %s: %s (until_ = \"code\" waits for its PIN, wait_for_start = true for its start)")
      :format(wait.goal, text), { code = "starts_later", outcome = "unknown" })
  err.programmed_at = at
  return err
end

--- A state from which no wait leads anywhere: what it is called, and in words.
local function dead_end(wait, code)
  if code.status == "removing" then return { code = "being_deleted" }, "it is being removed" end
  if code.status == "unknown" then return { code = "status_unknown" }, "its state is unknown to Seam" end
  local ends = time.parse(code.ends_at)
  if ends and ends <= wait.client.time() then return { code = "ended" }, "it ended at " .. code.ends_at end
  return nil
end

local function check_state(wait, code)
  local found = problems.final(code, wait.options.heals)
  if #found > 0 then return nil, failed(wait, found, problems.describe(found)) end
  local dead, text = dead_end(wait, code)
  if dead then return nil, failed(wait, dead, text) end
  local why, at = future(wait, code)
  if why and wait.options.until_ == "set" and not wait.options.wait_for_start then
    return nil, future_error(wait, why, at)
  end
  local open = problems.all(code)
  wait.remark = why or ("its status is %s%s"):format(tostring(code.status),
    #open > 0 and ", with " .. problems.describe(open) or "")
  return nil
end

local function judge(wait, code)
  if has_pin(code) and (wait.options.until_ == "code" or code.status == "set") and code.status ~= "removing" then
    local inactive = problems.inactive(code, wait.options.heals)
    if #inactive == 0 then return code end
    return nil, failed(wait, inactive, problems.describe(inactive))
  end
  return check_state(wait, code)
end

--- Waits for an access code; see seam.wait.access_code.
---@param client table with the safe face
---@param code table|string
---@param given table|nil
---@return table|nil access_code
---@return seam.Error|nil err
function M.wait(client, code, given)
  local options, err = options_of.check(given, DEFAULTS, OWN)
  if not options then return nil, err end
  local id = type(code) == "table" and resource.id_for(code, "access_code_id") or code
  if type(id) ~= "string" or id == "" then
    return nil, errors.invalid_params(nil, "wait.access_code wants an access code or its id", "access_code_id")
  end
  local wait = poll.new(client, options, GOALS[options.until_]:format(errors.quoted(id)))
  return poll.run(wait, function(call_options)
    return client.access_codes.get({ access_code_id = id }, call_options)
  end, function(found) return judge(wait, found) end)
end

return M

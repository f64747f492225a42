-- SPDX-License-Identifier: MIT
-- A report: every lock with its verdict, the accounts, the sums. Prints as a table.

local byte_order = require "seam.byte_order"
local lock_facts = require "seam.fleet.lock"
local options = require "seam.fleet.options"
local verdict = require "seam.fleet.verdict"

require("seam.uncompiled")()

local M = {}

---@class seam.FleetReport
---@field locks seam.FleetLock[] in the order of the API
---@field accounts table[] account_id, name, errors, warnings, locks (how many)
---@field failures table[] what, err: calls that failed and concern no single lock
---@field totals table<string, integer>
---@field thresholds table what the verdicts hang on
---@field taken_at number epoch seconds
local methods = {}
local metatable = { __name = "seam.FleetReport", __index = methods }

function metatable.__tostring(report)
  return require("seam.fleet.text").render(report, { width = options.DEFAULT_WIDTH })
end

---@param value any
---@return boolean
function M.is_report(value)
  return type(value) == "table" and getmetatable(value) == metatable
end

--- A copy of a list of locks, worst first, then by name.
---@param locks seam.FleetLock[]
---@return seam.FleetLock[]
function M.worst_first(locks)
  local sorted, place_of = {}, {}
  for place, lock in ipairs(locks) do sorted[place], place_of[lock] = lock, place end
  table.sort(sorted, function(a, b)
    if a.verdict ~= b.verdict then return verdict.RANK[a.verdict] < verdict.RANK[b.verdict] end
    if a.name ~= b.name then return byte_order.is_less(a.name, b.name) end
    return place_of[a] < place_of[b]
  end)
  return sorted
end

--- The locks that are not ok, worst first; lock.reasons says why in words.
---@return seam.FleetLock[]
function methods:problems()
  local found = {}
  for _, lock in ipairs(M.worst_first(self.locks)) do
    if lock.verdict ~= "ok" then found[#found + 1] = lock end
  end
  return found
end

local SUMS = {
  "locks", "ok", "attention", "critical", "online", "offline", "locked", "unlocked", "low_battery", "codes",
  "failing_codes", "stuck_codes", "unmanaged_codes", "account_errors", "failed_calls",
}

local function has_finding(lock, kind)
  for _, finding in ipairs(lock.findings) do
    if finding.kind == kind then return 1 end
  end
  return 0
end

local function add_lock(totals, lock)
  local function add(name, count) totals[name] = totals[name] + (count or 0) end
  add("locks", 1)
  add(lock.verdict, 1)
  if lock.online ~= nil then add(lock.online and "online" or "offline", 1) end
  if lock.locked ~= nil then add(lock.locked and "locked" or "unlocked", 1) end
  add("low_battery", has_finding(lock, "battery"))
  if lock.failure and not lock.not_asked then add("failed_calls", 1) end
  local codes = lock.codes
  if not codes then return end
  add("codes", codes.total)
  add("failing_codes", codes.failing)
  add("stuck_codes", codes.stuck)
  add("unmanaged_codes", codes.unmanaged)
end

local function sum_up(report)
  local totals = {}
  for _, name in ipairs(SUMS) do totals[name] = 0 end
  for _, lock in ipairs(report.locks) do add_lock(totals, lock) end
  for _, account in ipairs(report.accounts) do
    totals.account_errors = totals.account_errors + #account.errors
  end
  totals.failed_calls = totals.failed_calls + #report.failures
  return totals
end

local function name_of_account(account)
  local identifier = type(account.user_identifier) == "table" and account.user_identifier or {}
  return tostring(account.display_name or identifier.email or account.connected_account_id or "account without a name")
end

local function accounts_of(facts)
  local accounts, by_id = {}, {}
  for place, account in ipairs(facts.accounts or {}) do
    accounts[place] = {
      account_id = account.connected_account_id, name = name_of_account(account), locks = 0,
      errors = lock_facts.problems_of(account.errors, "error_code"),
      warnings = lock_facts.problems_of(account.warnings, "warning_code"),
    }
    if account.connected_account_id then by_id[account.connected_account_id] = accounts[place] end
  end
  return accounts, by_id
end

--- Makes a report.
---@param facts table what seam.fleet.collect found
---@param given table checked options of fleet.report
---@return seam.FleetReport
function M.new(facts, given)
  local accounts, by_id = accounts_of(facts)
  local report = {
    locks = {}, accounts = accounts, failures = {}, thresholds = given.thresholds, taken_at = facts.taken_at,
  }
  if facts.accounts_failure then
    report.failures[1] = { what = "connected accounts", err = facts.accounts_failure }
  end
  for place, device in ipairs(facts.devices) do
    local lock = lock_facts.facts(device, facts.codes and facts.codes[place], facts.taken_at, given)
    local account = by_id[lock.account_id]
    if account then
      account.locks, lock.account_name = account.locks + 1, account.name
    end
    report.locks[place] = verdict.pass(lock, given.thresholds, facts.taken_at)
  end
  report.totals = sum_up(report)
  return setmetatable(report, metatable)
end

return M

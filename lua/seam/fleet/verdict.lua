-- SPDX-License-Identifier: MIT
-- From facts and thresholds to a verdict with reasons in words. Pure.

local code_facts = require "seam.fleet.codes"
local words = require "seam.fleet.words"

require("seam.uncompiled")()

local M = {}

--- Worst first.
M.ORDER = { "critical", "attention", "ok" }
M.RANK = { critical = 1, attention = 2, ok = 3 }

-- Errors that only say that the lock cannot be reached: one finding together.
local OFFLINE = { device_offline = true, device_disconnected = true, hub_disconnected = true }
-- Errors with which doors still open.
local MILD = { salto_ks_subscription_limit_exceeded = true }
local MOVING = { setting = true, removing = true }
local NAMES_SHOWN = 3

--- The reasons why the lock is offline, and since when: the first of them counts.
local function offline_details(lock)
  local names, since = {}, nil
  for _, item in ipairs(lock.errors) do
    local is_cause = OFFLINE[item.code] or item.code == "account_disconnected"
    if OFFLINE[item.code] then names[#names + 1] = words.of_code(item.code) end
    if is_cause and item.since then since = math.min(since or item.since, item.since) end
  end
  return #names > 0 and " (" .. table.concat(names, ", ") .. ")" or "", since
end

local function check_connection(lock, thresholds, now, add)
  if lock.online then return end
  if lock.online == nil then return add("attention", "online", "not known whether it is online") end
  local names, since = offline_details(lock)
  -- Without a moment nobody can say that it was short.
  local verdict = since and now - since <= thresholds.offline and "attention" or "critical"
  add(verdict, "offline", "offline" .. (since and " for " .. words.duration(now - since) or "") .. names)
end

local function check_battery(lock, thresholds, _, add)
  local battery = lock.battery
  if not battery then return end
  local level, status = battery.level, battery.status
  local is_critical = status == "critical" or level and level < thresholds.battery_critical
  local is_low = status == "low" or level and level < thresholds.battery
  if not (is_critical or is_low) then return end
  add(is_critical and "critical" or "attention", "battery",
    ("battery %s%s"):format(is_critical and "critical" or "low", level and " at " .. words.percent(level) or ""))
end

--- `"Guest" (failed to set on device), "Cleaner" (...) and 2 more`.
local function list_codes(entries, describe)
  local names = {}
  for place = 1, math.min(#entries, NAMES_SHOWN) do
    local entry = entries[place]
    names[place] = ('"%s" (%s)'):format(words.clean(entry.name or "no name"), describe(entry))
  end
  local more = #entries - #names
  return table.concat(names, ", ") .. (more > 0 and (" and %d more"):format(more) or "")
end

local function check_codes(lock, thresholds, now, add)
  if not lock.codes then return end
  local failing, stuck, is_due = {}, {}, false
  for _, entry in ipairs(lock.codes.list) do
    if entry.state == "failing" then failing[#failing + 1] = entry end
    if entry.state == "stuck" then stuck[#stuck + 1] = entry end
    is_due = is_due or entry.state == "failing" and code_facts.is_due(entry, now)
  end
  if failing[1] then
    local names = list_codes(failing, function(entry) return words.of_code(entry.problem) end)
    add(is_due and "critical" or "attention", "codes_failing", words.count(#failing, "code") .. " failing: " .. names,
      failing[1].message)
  end
  if stuck[1] then
    local names = list_codes(stuck, function(entry)
      local status = MOVING[entry.status] and entry.status or "pending"
      return status .. " for " .. words.duration(now - entry.pending_since)
    end)
    add("attention", "codes_stuck", words.count(#stuck, "code") .. " stuck: " .. names)
  end
  local unmanaged = lock.codes.unmanaged
  if thresholds.unmanaged and unmanaged and unmanaged > thresholds.unmanaged then
    add("attention", "codes_unmanaged", words.count(unmanaged, "unmanaged code"))
  end
end

local function account_text(code)
  local text = words.of_code(code)
  return text:find("^account ") and text or "account: " .. text
end

--- How bad an error of a device or an account is.
---@param item table code
---@return string verdict
function M.of_error(item)
  return MILD[item.code] and "attention" or "critical"
end

local function check_errors(lock, _, _, add)
  for _, item in ipairs(lock.errors) do
    if not OFFLINE[item.code] then
      add(M.of_error(item), item.account and "account" or "device",
        item.account and account_text(item.code) or words.of_code(item.code), item.message)
    end
  end
  for _, item in ipairs(lock.warnings) do
    add("attention", "warning", "warning: " .. words.of_code(item.code), item.message)
  end
end

local function check_failure(lock, _, _, add)
  local err = lock.failure
  if not err then return end
  if lock.not_asked then return add("attention", "not_read", "codes not read: the API had stopped answering") end
  add("attention", "not_read", "codes not read: " .. words.of_code(err.code or err.name), tostring(err.message))
end

local CHECKS = { check_connection, check_battery, check_codes, check_errors, check_failure }

--- Puts verdict, findings and reasons into a lock's facts.
---@param lock seam.FleetLock
---@param thresholds table
---@param now number epoch seconds
---@return seam.FleetLock lock the same table
function M.pass(lock, thresholds, now)
  local findings = {}
  local function add(verdict, kind, text, detail)
    findings[#findings + 1] = { verdict = verdict, kind = kind, text = text, detail = detail, place = #findings }
  end
  for _, check in ipairs(CHECKS) do check(lock, thresholds, now, add) end
  table.sort(findings, function(a, b)
    if a.verdict ~= b.verdict then return M.RANK[a.verdict] < M.RANK[b.verdict] end
    return a.place < b.place
  end)
  lock.findings, lock.reasons = findings, {}
  for place, finding in ipairs(findings) do
    finding.place, lock.reasons[place] = nil, finding.text
  end
  lock.verdict = findings[1] and findings[1].verdict or "ok"
  return lock
end

return M

-- SPDX-License-Identifier: MIT
-- One lock on the page.

local battery = require "seam.fleet.html.battery"
local codes = require "seam.fleet.html.codes"
local element = require "seam.fleet.html.element"
local words = require "seam.fleet.words"

require("seam.uncompiled")()

local M = {}

local new = element.new

-- A sign beside the word: neither colour nor sign is needed to read it.
M.LABELS = { critical = "\226\156\149 Critical", attention = "! Attention", ok = "\226\156\147 OK" }

local function badge(verdict)
  return new("span", { "class", "badge " .. verdict }, M.LABELS[verdict])
end

local function reasons(lock)
  if not lock.findings[1] then return "" end
  local items = {}
  for place, finding in ipairs(lock.findings) do
    local detail = finding.detail and new("small", nil, finding.detail) or ""
    items[place] = new("li", { "class", finding.verdict }, { finding.text, detail })
  end
  return new("ul", { "class", "why" }, items)
end

local function battery_verdict(lock)
  for _, finding in ipairs(lock.findings) do
    if finding.kind == "battery" then return finding.verdict end
  end
  return "ok"
end

local function battery_fact(lock)
  local state = lock.battery
  if not state then return "not known" end
  if not state.level then return words.of_code(state.status) end
  local text = words.percent(state.level) .. (state.status and ", " .. words.of_code(state.status) or "")
  return { text, battery.meter(state.level, battery_verdict(lock)) }
end

local function codes_fact(lock)
  local own = lock.codes
  if not own then return nil end
  local parts = { ("%d"):format(own.total) }
  for _, name in ipairs { "failing", "stuck", "unmanaged" } do
    if own[name] and own[name] > 0 then parts[#parts + 1] = ("%d %s"):format(own[name], name) end
  end
  return table.concat(parts, ", ")
end

local function either(value, yes, no)
  if value == nil then return "not known" end
  return value and yes or no
end

local function facts(lock, with_account)
  local rows = {}
  local function add(name, value, class)
    if value == nil then return end
    rows[#rows + 1] = new("div", class and { "class", class }, { new("dt", nil, name), new("dd", nil, value) })
  end
  add("Connection", either(lock.online, "online", "offline"))
  add("Battery", battery_fact(lock))
  add("Bolt", either(lock.locked, "locked", "unlocked"))
  add("Codes", codes_fact(lock))
  if lock.account_name and with_account then add("Account", new("bdi", nil, lock.account_name), "wide") end
  return new("dl", nil, rows)
end

--- The card of a lock.
---@param lock seam.FleetLock
---@param number integer its place on the page, for ids
---@param report seam.FleetReport
---@param past seam.FleetHistory|nil
---@param options table checked options of fleet.html
---@return table markup
function M.new(lock, number, report, past, options)
  return new("article", { "class", lock.verdict, "aria-labelledby", "n" .. number }, {
    new("header", nil, { new("h3", { "id", "n" .. number }, new("bdi", nil, lock.name)), badge(lock.verdict) }),
    reasons(lock), facts(lock, #report.accounts > 1),
    battery.chart(past and past.locks[lock.device_id], "b" .. number, lock.name, report.thresholds.battery),
    codes.chart(lock, "c" .. number, report.taken_at, options),
  })
end

return M

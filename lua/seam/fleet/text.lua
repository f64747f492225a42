-- SPDX-License-Identifier: MIT
-- The report as a table of text, for terminals and mails.

local columns = require "seam.fleet.columns"
local reports = require "seam.fleet.report"
local words = require "seam.fleet.words"

require("seam.uncompiled")()

local M = {}

local NAME_WIDTH, NARROW_NAME = 24, 16
local LEAST_WHY = 30

local function known(value, yes, no)
  if value == nil then return "?" end
  return value and yes or no
end

local function battery_text(lock)
  local battery = lock.battery
  if not battery then return "-" end
  local level = battery.level and words.percent(battery.level)
  local status = battery.status and words.of_code(battery.status)
  return level and status and level .. " " .. status or level or status
end

local function codes_text(name)
  return function(lock)
    local count = lock.codes and lock.codes[name]
    return count and ("%d"):format(count) or "-"
  end
end

local COLUMNS = {
  { "VERDICT", function(lock) return lock.verdict == "ok" and "ok" or lock.verdict:upper() end },
  { "LOCK", function(lock, narrow)
    return columns.cut(words.clean(lock.name), narrow and NARROW_NAME or NAME_WIDTH)
  end },
  { "ONLINE", function(lock) return known(lock.online, "online", "offline") end },
  { "BATTERY", battery_text },
  { "BOLT", function(lock) return lock.locked == nil and "-" or lock.locked and "locked" or "unlocked" end },
  { "CODES", codes_text "total", codes = true },
  { "FAIL", codes_text "failing", codes = true },
  { "STUCK", codes_text "stuck", codes = true },
  { "UNMANAGED", codes_text "unmanaged", codes = true },
}

local function has_codes(locks)
  for _, lock in ipairs(locks) do
    if lock.codes or lock.failure then return true end
  end
  return false
end

local function fill_column(column, locks, narrow)
  local cells, width, says_something = {}, #column[1], false
  for place, lock in ipairs(locks) do
    local cell = column[2](lock, narrow)
    cells[place] = cell
    width = math.max(width, columns.width(cell))
    says_something = says_something or cell ~= "0" and cell ~= "-"
  end
  return { title = column[1], cells = cells, width = width, to_right = column.codes }, says_something
end

--- Columns that are shown, their cells, and how wide each must be. Narrow: names are shorter, and columns of codes
--- in which there is nothing but zeros make room.
local function lay_out(locks, narrow)
  local shown, with_codes = {}, has_codes(locks)
  for _, column in ipairs(COLUMNS) do
    if with_codes or not column.codes then
      local filled, says_something = fill_column(column, locks, narrow)
      if says_something or not (narrow and column.codes) then shown[#shown + 1] = filled end
    end
  end
  return shown
end

local function row_of(shown, cell_of)
  local cells = {}
  for place, column in ipairs(shown) do
    cells[place] = columns.fill(cell_of(column), column.width, column.to_right)
  end
  return table.concat(cells, "  ") .. "  "
end

local function add_line(lines, text)
  lines[#lines + 1] = (text:gsub(" +$", ""))
end

local function add_table(lines, locks, width)
  local function title_of(column) return column.title end
  local shown = lay_out(locks)
  local head = row_of(shown, title_of)
  if #head + LEAST_WHY > width then
    shown = lay_out(locks, true)
    head = row_of(shown, title_of)
  end
  local room = math.max(width - #head, LEAST_WHY)
  add_line(lines, head .. "WHY")
  for place, lock in ipairs(locks) do
    local row = row_of(shown, function(column) return column.cells[place] end)
    for number, line in ipairs(columns.wrap(table.concat(lock.reasons, "; "), room)) do
      add_line(lines, (number == 1 and row or (" "):rep(#head)) .. line)
    end
  end
end

local function add_accounts(lines, report)
  for _, account in ipairs(report.accounts) do
    for _, item in ipairs(account.errors) do
      add_line(lines, ("Account %s: %s%s"):format(words.clean(account.name), words.of_code(item.code),
        item.message and " - " .. words.clean(item.message) or ""))
    end
  end
  for _, failure in ipairs(report.failures) do
    add_line(lines, ("Not read: %s (%s)"):format(failure.what, words.clean(failure.err.message)))
  end
end

--- "3 locks, 2026-01-01 00:00 UTC: 1 critical, 1 attention, 1 ok".
---@param report seam.FleetReport
---@return string
function M.summary(report)
  local totals = report.totals
  return ("%s, %s UTC: %d critical, %d attention, %d ok"):format(words.count(totals.locks, "lock"),
    words.moment(report.taken_at), totals.critical, totals.attention, totals.ok)
end

---@param report seam.FleetReport
---@param options table width (columns), problems_only
---@return string text lines without a newline at the end
function M.render(report, options)
  local lines = { M.summary(report) }
  local locks = options.problems_only and report:problems() or reports.worst_first(report.locks)
  if locks[1] then
    lines[2] = ""
    add_table(lines, locks, options.width)
  end
  local count = #lines
  add_accounts(lines, report)
  if #lines > count then table.insert(lines, count + 1, "") end
  return table.concat(lines, "\n")
end

return M

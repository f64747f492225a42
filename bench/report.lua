-- SPDX-License-Identifier: MIT
-- The tables as they are printed: for a terminal, or for a page.

local statistics = require "statistics"

local M = {}

local function number(value)
  if value >= 100 then return ("%.0f"):format(value) end
  if value >= 10 then return ("%.1f"):format(value) end
  return ("%.2f"):format(value)
end

local function spread(list)
  local found = statistics.spread(list)
  return ("%s [%s..%s]"):format(number(found.median), number(found.least), number(found.most))
end

local function ratio(list, base)
  local found = base and statistics.ratio(list, base)
  return found and number(found) or "-"
end

local function row_of(contender, result, base)
  if contender.absent then return { contender.name, "absent: " .. contender.absent, "", "", "" } end
  if result.failed or not result.wall[1] then
    return { contender.name, "failed: " .. (result.failed or "no sample"):gsub("%s+", " "):sub(1, 100), "", "", "" }
  end
  local name = contender.name .. (result.at_once and (" (%d)"):format(result.at_once) or "")
  return {
    name, spread(result.wall), ratio(result.wall, base and base.wall), ratio(result.cpu, base and base.cpu),
    number(statistics.median(result.mib)),
  }
end

local function widths(rows)
  local list = {}
  for _, row in ipairs(rows) do
    local is_note = row[2]:find("^absent") or row[2]:find("^failed")
    for column, text in ipairs(row) do
      if not (is_note and column == 2) then list[column] = math.max(list[column] or 0, #text) end
    end
  end
  return list
end

local function print_aligned(rows)
  local wide = widths(rows)
  for _, row in ipairs(rows) do
    local cells = {}
    for column, text in ipairs(row) do cells[column] = text .. (" "):rep((wide[column] or 0) - #text) end
    print("  " .. table.concat(cells, "  "):gsub("%s+$", ""))
  end
end

local function print_markdown(rows)
  for place, row in ipairs(rows) do
    print("| " .. table.concat(row, " | ") .. " |")
    if place == 1 then print("|" .. (" --- |"):rep(#row)) end
  end
end

--- A table whose first row is its head.
---@param title string
---@param rows string[][]
---@param markdown boolean
function M.table(title, rows, markdown)
  print((markdown and "\n### " or "\n") .. title .. "\n")
  if markdown then print_markdown(rows) else print_aligned(rows) end
  io.stdout:flush()
end

--- The table of one scenario.
function M.scenario(scenario, list, results, markdown)
  local base
  for _, contender in ipairs(list) do
    if contender.name == scenario.base and results[contender].wall[1] then base = results[contender] end
  end
  local rows = { { scenario.name, scenario.unit, "x " .. scenario.base, "CPU x", "MiB" } }
  for _, contender in ipairs(list) do rows[#rows + 1] = row_of(contender, results[contender], base) end
  M.table(scenario.title .. (scenario.scheme and ", " .. scenario.scheme or ""), rows, markdown)
end

return M

-- SPDX-License-Identifier: MIT
-- Plans and reports as tables that a person can read. PINs are not in them.

local time = require "seam.time"

require("seam.uncompiled")()

local M = {}

local CHANGES = { { "times", "update times" }, { "name", "rename" }, { "code", "change PIN" } }

local function action_of(step)
  if not step.changes then return step.action end
  local words = {}
  for _, change in ipairs(CHANGES) do
    if step.changes[change[1]] then words[#words + 1] = change[2] end
  end
  return table.concat(words, ", ")
end

--- Control characters would play with the terminal.
local function plain(text)
  return (tostring(text):gsub("%c", "?"))
end

local function moment(epoch)
  return time.format(epoch):gsub(":%d%d%.%d+Z$", "Z")
end

local function frame_of(what)
  if not what.starts_at or not what.ends_at then return "always" end
  return moment(what.starts_at) .. " to " .. moment(what.ends_at)
end

--- What characters beyond ASCII take on a screen: one place each, as far as text without a library can tell.
local function width_of(text)
  local _, continued = text:gsub("[\128-\191]", "")
  return #text - continued
end

local function lines_of(rows)
  local widths, lines = {}, {}
  for _, row in ipairs(rows) do
    for column, cell in ipairs(row) do widths[column] = math.max(widths[column] or 0, width_of(cell)) end
  end
  for place, row in ipairs(rows) do
    local cells = {}
    for column, cell in ipairs(row) do cells[column] = cell .. (" "):rep(widths[column] - width_of(cell)) end
    lines[place] = (("  " .. table.concat(cells, "  ")):gsub(" +$", ""))
  end
  return lines
end

local WORDS = {
  create = "to create", update = "to update", delete = "to delete", nothing = "unchanged", not_tried = "not tried",
}

local function count(steps, field)
  local counts, order = {}, {}
  for _, step in ipairs(steps) do
    local word = step[field]
    if not counts[word] then order[#order + 1] = word end
    counts[word] = (counts[word] or 0) + 1
  end
  local parts = {}
  for place, word in ipairs(order) do parts[place] = counts[word] .. " " .. (WORDS[word] or word) end
  return table.concat(parts, ", ")
end

local function heading(what, counted)
  local device = what.device
  local words = { plain(device.display_name or device.device_id or "lock") }
  words[2] = counted ~= "" and counted or "no codes of ours"
  if (what.foreign or 0) > 0 then words[3] = what.foreign .. " of others left alone" end
  local text = words[1] .. ": " .. table.concat(words, ", ", 2)
  local properties = device.properties
  if type(properties) == "table" and properties.online == false then text = text .. " (the lock is offline)" end
  return text
end

--- A plan: what would be done, and why.
---@param plan seam.codes.Plan
---@return string
function M.plan(plan)
  local rows = {}
  for place, step in ipairs(plan.steps) do
    local entry, item = step.entry or {}, step.item or {}
    rows[place] = {
      action_of(step), plain(step.key), plain(entry.name or ""), frame_of(step.entry and entry or item), step.why,
    }
  end
  local lines = lines_of(rows)
  table.insert(lines, 1, heading(plan, count(plan.steps, "action")))
  return table.concat(lines, "\n")
end

local function note_of(step)
  local problem = step.problem
  if not problem then return step.state or step.why end
  return (problem.code and problem.code .. ": " or "") .. plain(problem.message or "")
end

--- A report: what was done, and how each code is.
---@param report seam.codes.Report
---@return string
function M.report(report)
  local rows = {}
  for place, step in ipairs(report.steps) do
    rows[place] = { action_of(step), plain(step.key), plain(step.name or ""), step.outcome, note_of(step) }
  end
  local lines = lines_of(rows)
  table.insert(lines, 1, heading(report, count(report.steps, "outcome")))
  if report.error then lines[#lines + 1] = "  ended early: " .. tostring(report.error) end
  return table.concat(lines, "\n")
end

return M

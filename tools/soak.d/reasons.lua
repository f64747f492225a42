-- SPDX-License-Identifier: MIT
-- For row 31: why code of ours never runs. 31.reasons has rows "file | text of the line | count | why", where count
-- is how many branches of that line are never taken, or "line" for a line that never runs. A text stands for
-- itself wherever it moves within its file.

local files = require "support.files"

local M = {}

local function trim(text)
  return text:match("^%s*(.-)%s*$")
end

--- The lines of a file, trimmed.
local function texts_of(path)
  local texts = {}
  for text in (assert(files.read(path), path) .. "\n"):gmatch("(.-)\n") do texts[#texts + 1] = trim(text) end
  return texts
end

--- Reads the rows; raises for one that is not of the four parts.
---@param path string
---@return table reasons file -> text of the line -> { count = integer | "line", why = string }
function M.read(path)
  local reasons = {}
  for number, row in ipairs(texts_of(path)) do
    if row ~= "" and row:sub(1, 1) ~= "#" then
      -- From behind, as a line of C may have bars of its own.
      local file, text, count, why = row:match("^(%S+) | (.+) | (%w+) | (.-)$")
      assert(file and why ~= "" and (count == "line" or tonumber(count)), ("%s:%d: %s"):format(path, number, row))
      reasons[file] = reasons[file] or {}
      assert(not reasons[file][text], ("%s:%d: given twice: %s"):format(path, number, text))
      reasons[file][text] = { count = tonumber(count) or count, why = why }
    end
  end
  return reasons
end

--- Splits what is missing in one file into what has a reason and what has none.
---@param reasons table|nil of this file
---@param path string of the file
---@param lines integer[] that never ran
---@param branches table<integer, integer> line -> how many of its branches were never taken
---@return table found { lines = explained, branches = explained, open = the rest, stale = texts without a line }
function M.apply(reasons, path, lines, branches)
  local texts, found = texts_of(path), { lines = 0, branches = 0, open = {}, stale = {} }
  local function because(number) return reasons and reasons[texts[number]] end
  local function leave_open(number, what)
    found.open[#found.open + 1] = ("%s:%d: %s: %s"):format(path:match("src/.*$"), number, what, texts[number])
  end
  for _, number in ipairs(lines) do
    local reason = because(number)
    if reason and reason.count == "line" then
      found.lines = found.lines + 1
    else
      leave_open(number, "never runs")
    end
  end
  for number, missing in pairs(branches) do
    local reason = because(number)
    local known = reason and tonumber(reason.count) or 0
    found.branches = found.branches + math.min(known, missing)
    if missing > known then leave_open(number, ("%d branches"):format(missing - known)) end
  end
  local present = {}
  for _, text in ipairs(texts) do present[text] = true end
  for text in pairs(reasons or {}) do
    if not present[text] then found.stale[#found.stale + 1] = text end
  end
  table.sort(found.open)
  table.sort(found.stale)
  return found
end

return M

-- SPDX-License-Identifier: MIT
-- The table of what this SDK keeps in memory.

local files = require "files"
local ours = require "ours"
local report = require "report"

local M = {}

local COLUMNS = { "idle", "tables", "above", "grown" }
local HEAD = { "KiB", "one more client", "list's tables", "peak above tables", "body", "grown over 1,000 calls" }

local function row(setting, lua)
  local text = files.output(("env %s %s %s bench/clients/memory.lua %s"):format(
    ours(lua), setting.environment, lua, setting.server.http))
  local cells = { "seam, " .. lua }
  for _, name in ipairs(COLUMNS) do
    cells[#cells + 1] = text and text:match(name .. "=(%-?[%d.]+)") or "failed"
  end
  table.insert(cells, 5, ("%.1f"):format(#files.read(setting.server.list_file) / 1024))
  return cells
end

---@param setting table
---@param wanted table
function M.run(setting, wanted)
  local rows = { HEAD }
  for _, lua in ipairs { "lua5.4", "luajit" } do
    if files.has_program(lua) then rows[#rows + 1] = row(setting, lua) end
  end
  report.table("Memory", rows, wanted.markdown)
end

return M

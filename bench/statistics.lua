-- SPDX-License-Identifier: MIT
-- luacheck: std lua54
-- Medians, and how far samples spread.

local M = {}

---@param list number[] not empty
---@return number
function M.median(list)
  local sorted = { table.unpack(list) }
  table.sort(sorted)
  local middle = (#sorted + 1) // 2
  if #sorted % 2 == 1 then return sorted[middle] end
  return (sorted[middle] + sorted[middle + 1]) / 2
end

---@param list number[] not empty
---@return { median: number, least: number, most: number }
function M.spread(list)
  return { median = M.median(list), least = math.min(table.unpack(list)), most = math.max(table.unpack(list)) }
end

--- Median of the ratios inside each round: what the machine did to a round, it did to both.
---@param list number[]
---@param base number[] of the same rounds
---@return number|nil
function M.ratio(list, base)
  local ratios = {}
  for round, value in pairs(list) do
    if base[round] and base[round] > 0 then ratios[#ratios + 1] = value / base[round] end
  end
  return ratios[1] and M.median(ratios) or nil
end

return M

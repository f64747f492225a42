-- SPDX-License-Identifier: MIT
-- Finds the known name nearest to a misspelt one, for "did you mean".

local min = math.min

local M = {}

--- Edits (insert, drop, replace, swap neighbours) that turn one word into the other.
local function distance(a, b)
  local before, previous, current = {}, {}, {}
  for j = 0, #b do previous[j] = j end
  for i = 1, #a do
    current = { [0] = i }
    for j = 1, #b do
      local same = a:byte(i) == b:byte(j)
      current[j] = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (same and 0 or 1))
      if i > 1 and j > 1 and a:byte(i) == b:byte(j - 1) and a:byte(i - 1) == b:byte(j) then
        current[j] = min(current[j], before[j - 2] + 1)
      end
    end
    before, previous = previous, current
  end
  return current[#b] or previous[#b]
end

--- The known name nearest to `word`, or nil when nothing is near enough to be meant.
---@param word string
---@param known table names as the keys, or as a list
---@return string|nil
function M.find(word, known)
  if type(word) ~= "string" or #word > 64 then return nil end
  local best, best_distance = nil, math.floor(#word / 3) + 1
  for key, value in pairs(known) do
    local name = type(key) == "number" and value or key
    if type(name) == "string" then
      local edits = distance(word:lower(), name:lower())
      if edits < best_distance or (edits == best_distance and best and name < best) then
        best, best_distance = name, edits
      end
    end
  end
  return best
end

--- The sentence part "; did you mean 'x'?", or nothing.
---@param word string
---@param known table
---@return string
function M.hint(word, known)
  local name = M.find(word, known)
  return name and ("; did you mean '" .. name .. "'?") or ""
end

return M

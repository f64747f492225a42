-- SPDX-License-Identifier: MIT
-- "And" and "exclusive or" of 32-bit words on every Lua: by its own operators or library, else by nibbles.

local M = {}

local WORD = 4294967296

local function by_operators()
  local make = rawget(_G, "loadstring") or rawget(_G, "load")
  local chunk = make and make("return function(a, b) return a & b end, function(a, b) return a ~ b end")
  if not chunk then return nil end
  local band, bxor = chunk()
  local floor = math.floor
  -- Words that came out of a division are floats.
  return function(a, b) return band(floor(a), floor(b)) end, function(a, b) return bxor(floor(a), floor(b)) end
end

local function by_library()
  local library = rawget(_G, "bit") or rawget(_G, "bit32")
  if type(library) ~= "table" or not library.bxor then return nil end
  -- LuaJIT's words are signed.
  return function(a, b) return library.band(a, b) % WORD end, function(a, b) return library.bxor(a, b) % WORD end
end

local function nibble_table(combine)
  local rows = {}
  for a = 0, 15 do
    for b = 0, 15 do
      local value, place = 0, 1
      local x, y = a, b
      for _ = 1, 4 do
        if combine(x % 2, y % 2) then value = value + place end
        x, y, place = (x - x % 2) / 2, (y - y % 2) / 2, place * 2
      end
      rows[a * 16 + b] = value
    end
  end
  return function(a, b)
    local value, place = 0, 1
    for _ = 1, 8 do
      local x, y = a % 16, b % 16
      value = value + rows[x * 16 + y] * place
      a, b, place = (a - x) / 16, (b - y) / 16, place * 16
    end
    return value
  end
end

--- Without any help: what Lua 5.1 does.
---@return fun(a: number, b: number): number band
---@return fun(a: number, b: number): number bxor
function M.by_nibbles()
  return nibble_table(function(a, b) return a + b == 2 end), nibble_table(function(a, b) return a + b == 1 end)
end

M.band, M.bxor = by_operators()
if not M.band then M.band, M.bxor = by_library() end
if not M.band then M.band, M.bxor = M.by_nibbles() end

return M

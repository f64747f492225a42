-- SPDX-License-Identifier: MIT
-- A reader of bytes as instructions that build one Lua value: what a fuzzer needs to reach whatever
-- takes tables.

local M = {}

local NUMBERS = { 0, -0.0, 1, 0.1, -1e300, 2 ^ 53, 2 ^ 53 + 2, 1 / 0, -1 / 0, 0 / 0, 1e21, 1e-7, 5e-324, 123456.789 }

local value

local function text(r)
  local length = r.byte() % 32
  local from = r.at
  r.at = r.at + length
  return r.bytes:sub(from, from + length - 1)
end

local function list(r)
  local items = {}
  for i = 1, r.byte() % 8 do items[i] = value(r) end
  return items
end

local function object(r)
  local members = {}
  for _ = 1, r.byte() % 8 do members[text(r)] = value(r) end
  return members
end

local function odd_table(r)
  local members = {}
  for _ = 1, r.byte() % 4 do
    local key = value(r)
    if key ~= nil and key == key then members[key] = value(r) end
  end
  if r.byte() % 4 == 0 then members.again = members end
  return members
end

local KINDS = {
  text, text, list, object, object, odd_table,
  function(r) return NUMBERS[r.byte() % #NUMBERS + 1] end,
  function(r) return r.byte() * 256 + r.byte() end,
  function(r) return r.byte() % 2 == 0 end,
  function() return print end,
  function(r) return r.null end,
}

function value(r)
  return KINDS[r.byte() % #KINDS + 1](r)
end

--- Builds the value; past the end of the bytes everything is 0, so that it ends.
---@param bytes string
---@param null any what stands for null
---@return table value an object
function M.build(bytes, null)
  local r = { bytes = bytes, at = 1, null = null }
  function r.byte()
    local byte = r.bytes:byte(r.at) or 0
    r.at = r.at + 1
    return byte
  end
  return object(r)
end

return M

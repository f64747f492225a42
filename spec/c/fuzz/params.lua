-- SPDX-License-Identifier: MIT
-- Fuzz target: instructions that build a Lua value, to the JSON encoder. Oracle: text that the strict
-- decoder takes and that means the same, or a refusal that names a field.

-- luacheck: globals build

local json = require "seam.json"

local function count(object)
  local members = 0
  for _ in pairs(object) do members = members + 1 end
  return members
end

--- What decoding leaves of a value: null is gone.
local function same(given, read)
  if given == json.null then return read == nil end
  if type(given) ~= "table" then return given == read end
  if type(read) ~= "table" then return false end
  local is_list = given[1] ~= nil
  local at, nulls = 0, 0
  for key, value in (is_list and ipairs or pairs)(given) do
    if value == json.null then
      nulls = nulls + 1
    elseif is_list then
      at = at + 1
      if not same(value, read[at]) then return false end
    elseif not same(value, read[key]) then
      return false
    end
  end
  return count(given) - nulls == count(read)
end

return function(bytes)
  local value = build(bytes, json.null)
  local encoded, field, reason = json.encode(value)
  if not encoded then
    assert(type(field) == "string" and type(reason) == "string", "a refusal without field or reason")
    assert(not (field .. reason):find("[%z\1-\31\127-\255]"), "a refusal that quotes raw bytes")
    return
  end
  local read, why = json.decode(encoded)
  assert(type(read) == "table", "the decoder refuses it: " .. tostring(why))
  assert(same(value, read), "it means something else: " .. encoded)
end

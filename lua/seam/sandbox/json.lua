-- SPDX-License-Identifier: MIT
-- JSON as the simulated API speaks it: requests keep their nulls, answers are always the same bytes.

local json = require "seam.json"
local private_cjson = require "seam.json.private_cjson"

local M = {
  null = json.null,
  array = json.array,
}

-- A workspace's lists may be long; nobody but this process reads them.
local LONGEST_ANSWER = 256 * 1024 * 1024

--- Whether a value is a list: one that was marked, or one with items in it (an empty one of a request
--- is no different from an empty object).
---@param value any
---@return boolean
function M.is_array(value)
  return json.is_array(value) or (type(value) == "table" and value[1] ~= nil)
end

--- JSON text of an answer; empty tables are objects unless marked with `array`.
---@param value table
---@return string
function M.encode(value)
  local text, field, reason = json.encode(value, nil, LONGEST_ANSWER)
  if not text then error(("an answer cannot be written: %s %s"):format(field, reason)) end
  -- lua-cjson writes every slash as \/; the API does not.
  return (text:gsub("\\/", "/"))
end

--- The value of a JSON text, with `json.null` where it says null; nil when it is not JSON.
---@param text string
---@return any
function M.decode(text)
  -- Ours says whether it is JSON; only lua-cjson tells where the nulls are.
  local _, reason = json.decode(text)
  if reason then return nil end
  local ok, value = pcall(private_cjson.instance().decode, text)
  return ok and value or nil
end

--- A deep copy without nulls and array marks: what a program that read the JSON would hold.
---@param value any
---@return any
function M.plain(value)
  if type(value) ~= "table" then return value end
  local copy = {}
  for key, item in pairs(value) do
    if item ~= M.null then copy[key] = M.plain(item) end
  end
  return copy
end

return M

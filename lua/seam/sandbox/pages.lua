-- SPDX-License-Identifier: MIT
-- Pages of a list: an opaque cursor that knows where it was and which parameters it belongs to.

local errors = require "seam.sandbox.errors"
local json = require "seam.sandbox.json"

local M = {}

local function to_hex(text)
  return (text:gsub(".", function(char) return ("%02x"):format(char:byte()) end))
end

local function from_hex(text)
  if #text % 2 == 1 or text:find("%X") then return nil end
  return (text:gsub("%x%x", function(pair) return string.char(tonumber(pair, 16)) end))
end

local function checksum(text)
  local sum = 7
  for i = 1, #text do sum = (sum * 31 + text:byte(i)) % 2147483647 end
  return sum
end

-- A page belongs to one endpoint and to the same parameters, limit included.
local function fingerprint(path, params)
  local copy = {}
  for name, value in pairs(params) do
    if name ~= "page_cursor" then copy[name] = value end
  end
  return checksum(path .. json.encode(copy))
end

local function read_cursor(cursor, mark)
  local text = from_hex(cursor)
  local value = text and json.decode(text)
  if type(value) ~= "table" or type(value.offset) ~= "number" then
    errors.invalid("page_cursor", "Invalid page cursor")
  end
  if value.mark ~= mark then
    errors.raise(400, "mismatched_page_parameters",
      "The page cursor was made for other parameters; send the same ones for every page.")
  end
  return value
end

-- Goes on after the last record seen; where that one is gone, at the place it had.
local function first_of(list, cursor)
  for place, record in ipairs(list) do
    if record.id == cursor.after then return place + 1 end
  end
  return cursor.offset + 1
end

local function check_limit(limit)
  if limit == nil then return end
  if limit ~= math.floor(limit) or limit < 1 then errors.invalid("limit", "Limit must be a whole number above 0") end
end

--- One page.
---@param list table records with an `id`
---@param params table checked parameters: limit, page_cursor
---@param default_limit integer
---@return table records, table pagination
function M.cut(world, path, params, list, default_limit)
  check_limit(params.limit)
  local limit, start = params.limit or default_limit, 1
  local mark = fingerprint(path, params)
  if params.page_cursor and params.page_cursor ~= json.null then
    start = first_of(list, read_cursor(params.page_cursor, mark))
  end
  local page = {}
  for place = start, math.min(#list, start + limit - 1) do page[#page + 1] = list[place] end
  local last = start + #page - 1
  local pagination = { has_next_page = last < #list, next_page_cursor = json.null, next_page_url = json.null }
  if pagination.has_next_page then
    local cursor = to_hex(json.encode({ after = list[last].id, offset = last, mark = mark }))
    pagination.next_page_cursor = cursor
    pagination.next_page_url = world.options.base_url .. path .. "?next_page_cursor=" .. cursor
  end
  return page, pagination
end

--- A JSON array of rendered records.
function M.render(world, list, render)
  local views = json.array()
  for place, record in ipairs(list) do views[place] = render(world, record) end
  return views
end

return M

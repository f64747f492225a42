-- SPDX-License-Identifier: MIT
-- Checks what the caller wants. A slip here would take somebody's code away, so nothing is guessed.

local errors = require "seam.errors"
local nearest = require "seam.nearest"
local time = require "seam.time"

require("seam.uncompiled")()

local M = {}

local converters = {}

function converters.key(value)
  if type(value) == "number" then value = ("%.14g"):format(value) end
  if type(value) ~= "string" or value == "" then return nil, "must be text that is not empty" end
  return value
end

--- Line ends and runs of spaces would not survive the way to a lock and back.
function converters.name(value)
  if type(value) ~= "string" then return nil, "must be text" end
  local plain = value:gsub("[%s%c]+", " "):gsub("^ ", ""):gsub(" $", "")
  return plain ~= "" and plain or nil
end

local function moment(value)
  if type(value) ~= "number" then return time.parse(value) end
  -- Only to see that it is one.
  local text, reason = time.format(value)
  if not text then return nil, reason end
  return value
end

converters.starts_at, converters.ends_at = moment, moment

function converters.code(value)
  if type(value) == "string" and value:find("^%d+$") then return value end
  return nil, "must be a string of digits"
end

function converters.user_identity_id(value)
  if type(value) == "string" and value ~= "" then return value end
  return nil, "must be an id"
end

local function bad(place, name, reason)
  return nil, errors.invalid_params(nil, ("wanted[%d]: %s %s"):format(place, errors.quoted(name), reason),
    ("wanted[%d].%s"):format(place, errors.quoted(name)))
end

local function check_frame(place, entry)
  if (entry.starts_at == nil) ~= (entry.ends_at == nil) then
    return bad(place, entry.starts_at and "ends_at" or "starts_at", "is missing: a code has both ends, or neither")
  end
  if entry.starts_at and entry.ends_at <= entry.starts_at then
    return bad(place, "ends_at", "must be after starts_at")
  end
  return entry
end

local function check_entry(place, given)
  if type(given) ~= "table" then return bad(place, "it", "must be a table with a key") end
  local entry = {}
  for name, value in pairs(given) do
    local convert = converters[name]
    if not convert then return bad(place, name, "is unknown" .. nearest.hint(name, converters)) end
    local converted, reason = convert(value)
    if reason then return bad(place, name, reason) end
    entry[name] = converted
  end
  if not entry.key then return bad(place, "key", "is missing") end
  return check_frame(place, entry)
end

local function is_list(value)
  if type(value) ~= "table" then return false end
  local count = 0
  for _ in pairs(value) do count = count + 1 end
  return count == #value
end

--- Checks the list of wanted codes.
---@param given any
---@return table[]|nil entries fresh tables; times in epoch seconds
---@return seam.Error|nil err SeamInvalidParamsError that names the place
function M.check(given)
  if not is_list(given) then
    return nil, errors.invalid_params(nil, "wanted must be a list of { key =, name =, starts_at =, ends_at = }",
      "wanted")
  end
  local entries, seen = {}, {}
  for place, item in ipairs(given) do
    local entry, err = check_entry(place, item)
    if not entry then return nil, err end
    if seen[entry.key] then
      return bad(place, "key", ("'%s' is in wanted[%d], too"):format(errors.quoted(entry.key), seen[entry.key]))
    end
    seen[entry.key], entries[place] = place, entry
  end
  return entries
end

return M

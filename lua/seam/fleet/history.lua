-- SPDX-License-Identifier: MIT
-- Reports over time: one line of JSON each, in a file or in a store of the caller's.
-- {"at":1767225600,"locks":{"<device_id>":[battery in percent, online, failing codes]},"v":1}; -1: not known.

local errors = require "seam.errors"
local json = require "seam.json"

require("seam.uncompiled")()

local M = {}

local VERSION = 1
local MAX_LINE = 16 * 1024 * 1024
local BLOCK = 65536
local NO_SUCH_FILE = 2 -- ENOENT

---@class seam.FleetHistory
---@field locks table<string, table[]> by device_id: entries with at (epoch seconds), battery (0 to 1, or nil),
--- online, failing; oldest first
---@field reports integer lines read
---@field skipped integer lines that could not be read
local metatable = { __name = "seam.FleetHistory" }

---@param value any
---@return boolean
function M.is_history(value)
  return type(value) == "table" and getmetatable(value) == metatable
end

local function whole(number)
  return math.floor(number + 0.5)
end

local function entry_of(lock)
  local level = lock.battery and lock.battery.level
  local online = lock.online == nil and -1 or lock.online and 1 or 0
  return { level and whole(level * 100) or -1, online, lock.codes and lock.codes.failing or -1 }
end

--- The line of a report.
local function line_of(report)
  local locks = {}
  for _, lock in ipairs(report.locks) do
    if type(lock.device_id) == "string" then locks[lock.device_id] = entry_of(lock) end
  end
  local text, field, reason = json.encode({ v = VERSION, at = math.floor(report.taken_at), locks = locks },
    { type = "object", fields = { locks = { type = "record" } } }, MAX_LINE)
  if text then return text end
  return nil, errors.invalid_params(nil, ("The report cannot be written: %s %s"):format(field, reason), "report")
end

local function failed(what, reason)
  return nil, errors.invalid_options(("The history cannot be %s: %s"):format(what, tostring(reason)))
end

--- Whether what was written last is a whole line; a crash may have left half of one.
local function ends_in_newline(path)
  local file = io.open(path, "rb")
  if not file then return true end
  local last = file:seek("end", -1) and file:read(1)
  file:close()
  return last == nil or last == "\n"
end

local function append_to_file(path, line)
  local start = ends_in_newline(path) and "" or "\n"
  local file, reason = io.open(path, "ab")
  if not file then return failed("written", reason) end
  local done
  done, reason = file:write(start, line, "\n")
  local closed, why = file:close()
  if done and closed then return true end
  return failed("written", reason or why)
end

local function is_store(place)
  return type(place) == "table" and type(place.append) == "function" and type(place.lines) == "function"
end

local function wrong_place()
  return nil, errors.invalid_params(nil,
    "A history lives in a file (its path) or a store: an object with append(self, line) and lines(self)", "place")
end

---@param place string|table
---@param report seam.FleetReport
---@return boolean|nil
---@return seam.Error|nil
function M.append(place, report)
  local line, err = line_of(report)
  if not line then return nil, err end
  if type(place) == "string" then return append_to_file(place, line) end
  if not is_store(place) then return wrong_place() end
  place:append(line)
  return true
end

local function is_entry(entry)
  if type(entry) ~= "table" or #entry < 3 then return false end
  for _, value in ipairs(entry) do
    if type(value) ~= "number" then return false end
  end
  return entry[1] >= -1 and entry[1] <= 100
end

local function read_line(line)
  local value = json.decode(line)
  if type(value) ~= "table" or value.v ~= VERSION or type(value.at) ~= "number" then return nil end
  if type(value.locks) ~= "table" then return nil end
  for id, entry in pairs(value.locks) do
    if type(id) ~= "string" or not is_entry(entry) then return nil end
  end
  return value
end

local function known(value)
  if value >= 0 then return value end
end

local function take(history, value)
  history.reports = history.reports + 1
  for id, entry in pairs(value.locks) do
    local series = history.locks[id] or {}
    history.locks[id] = series
    local online = known(entry[2])
    if online then online = online == 1 end
    series[#series + 1] = {
      at = value.at, battery = known(entry[1]) and entry[1] / 100, online = online, failing = known(entry[3]),
    }
  end
end

--- Lines of a file, read in blocks: Lua 5.1's own lines end at a NUL, and a crash may leave many.
local function lines_of_file(file)
  local text, start = "", 1
  return function()
    while file do
      local last = text:find("\n", start, true)
      if last then
        local line = text:sub(start, last - 1)
        start = last + 1
        return line
      end
      local block, why = file:read(BLOCK)
      text, start = text:sub(start) .. (block or ""), 1
      if not block then
        file:close()
        file = nil
        -- A folder can be opened, but not read.
        if why then return failed("read", why) end
        if text ~= "" then return text end
      end
    end
  end
end

--- A function that steps through the lines: nil at the end, nil and an error where reading fails.
local function lines_of(place)
  if type(place) == "table" then
    if not is_store(place) then return wrong_place() end
    return place:lines()
  end
  if type(place) ~= "string" then return wrong_place() end
  local file, reason, code = io.open(place, "rb")
  if not file and code == NO_SUCH_FILE then return function() end end
  if not file then return failed("read", reason) end
  return lines_of_file(file)
end

local function by_time(a, b)
  return a.at < b.at
end

---@param place string|table
---@param options table since (epoch seconds)
---@return seam.FleetHistory|nil
---@return seam.Error|nil
function M.read(place, options)
  local next_line, err = lines_of(place)
  if not next_line then return nil, err end
  local history = setmetatable({ locks = {}, reports = 0, skipped = 0 }, metatable)
  while true do
    local line, failure = next_line()
    if failure then return nil, failure end
    if line == nil then break end
    local value = read_line(line)
    if value and not (options.since and value.at < options.since) then take(history, value) end
    if not value and line:find("%S") then history.skipped = history.skipped + 1 end
  end
  for _, series in pairs(history.locks) do table.sort(series, by_time) end
  return history
end

return M

-- SPDX-License-Identifier: MIT
-- Numbers, durations and names as a person reads them; names without what could disturb a terminal or a page.

local time = require "seam.time"
local utf8 = require "seam.json.utf8"

local floor = math.floor

local M = {}

-- Bytes that move a cursor, end a line, or turn the reading direction of what follows. XML knows no U+FFFE.
local DISTURBING = {
  { "[%z\1-\31\127]", " " }, { "\194[\128-\159]", " " }, { "\226\128[\168-\174]", " " },
  { "\226\129[\166-\169]", " " }, { "\239\191[\190\191]", " " },
}

--- Text of others, fit to be shown: valid UTF-8 on one line.
---@param text any
---@return string
function M.clean(text)
  text = tostring(text)
  if not utf8.is_valid(text) then text = text:gsub("[\128-\255]", "?") end
  for _, rule in ipairs(DISTURBING) do text = text:gsub(rule[1], rule[2]) end
  return text
end

--- "1 lock", "2 locks".
---@param count integer
---@param noun string
---@return string
function M.count(count, noun)
  return ("%d %s%s"):format(count, noun, count == 1 and "" or "s")
end

--- A level from 0 to 1 in percent; rounded down, so that it stays below a threshold it is below.
---@param level number
---@return string
function M.percent(level)
  return ("%d%%"):format(floor(level * 100 + 1e-6))
end

local UNITS = { { 86400, "day" }, { 3600, "hour" }, { 60, "minute" } }

--- Seconds in their largest unit, rounded down: "3 hours".
---@param seconds number
---@return string
function M.duration(seconds)
  for _, unit in ipairs(UNITS) do
    if seconds >= unit[1] then return M.count(floor(seconds / unit[1]), unit[2]) end
  end
  return M.count(floor(math.max(seconds, 0)), "second")
end

--- "failed_to_set_on_device" for a reader.
---@param code any
---@return string
function M.of_code(code)
  return (M.clean(code):gsub("_", " "))
end

--- "2028-08-12 19:24", in UTC.
---@param epoch number
---@return string
function M.moment(epoch)
  local text = time.format(epoch)
  return text and (text:sub(1, 16):gsub("T", " ")) or "?"
end

return M

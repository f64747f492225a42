-- SPDX-License-Identifier: MIT
-- How long a server asks to wait: the Retry-After header, as seconds (RFC 9110, 10.2.3).

local M = {}

local MONTHS = {
  Jan = 1, Feb = 2, Mar = 3, Apr = 4, May = 5, Jun = 6, Jul = 7, Aug = 8, Sep = 9, Oct = 10,
  Nov = 11, Dec = 12,
}

--- "Sun, 06 Nov 1994 08:49:37 GMT" as epoch seconds. Few servers write dates here, so the calendar is read when
--- one does; should it be unreadable by then, the date is.
local function http_date(text)
  local day, month, year, clock = (text or ""):match("^%a+, (%d%d) (%a%a%a) (%d%d%d%d) ([%d:]+) GMT$")
  if not day or not MONTHS[month] then return nil end
  local found, time = pcall(require, "seam.time")
  if not found then return nil end
  return (time.parse(("%s-%02d-%sT%sZ"):format(year, MONTHS[month], day, clock)))
end

--- Seconds to wait. The date form is taken against the answer's own Date header, so that no clock
--- of ours is needed and none can be wrong.
---@param headers table<string, string> lower-case names
---@return number|nil seconds 0 for a moment that has passed; nil when absent or unreadable
function M.seconds(headers)
  local text = headers["retry-after"]
  if not text then return nil end
  local digits = text:match("^%s*(%d+)%s*$")
  if digits then return tonumber(digits) end
  local wanted, sent = http_date(text), http_date(headers.date)
  if not wanted or not sent then return nil end
  return math.max(0, wanted - sent)
end

return M

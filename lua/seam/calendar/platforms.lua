-- SPDX-License-Identifier: MIT
-- What booking platforms write into their calendars: which entries are guests, and who they are.

local M = {}

-- The whole summary, in lower case.
local BLOCKED = {
  ["airbnb (not available)"] = true, ["not available"] = true, ["unavailable"] = true, ["blocked"] = true,
  ["closed"] = true, ["owner block"] = true, ["block"] = true, ["vrbo (blocked)"] = true,
}

-- Booking.com writes the same for a guest and for days that the host has closed.
local UNCLEAR = { ["closed - not available"] = true }

local NAMELESS = { reserved = true, booked = true, reservation = true, booking = true, [""] = true }

local function trimmed(text)
  return (text:gsub("^%s+", ""):gsub("%s+$", ""))
end

--- What kind of entry it is.
---@param event seam.calendar.Event
---@return "reservation"|"blocked"|"unclear"
function M.kind_of(event)
  local summary = trimmed(event.summary):lower()
  if BLOCKED[summary] or summary:find("^blocked[ :-]") then return "blocked" end
  if UNCLEAR[summary] then return "unclear" end
  return "reservation"
end

--- The name to put on the code; nil where the calendar tells none.
---@param event seam.calendar.Event
---@return string|nil
function M.name_of(event)
  local code = event.description:match("airbnb%.[%w.]+/hosting/reservations/details/(%w+)")
  local summary = trimmed(event.summary)
  local name = summary:match("^Reserved%s+%-%s+(.+)$") or summary:match("^(.-)%s+%(HM%w+%)$") or summary
  if not NAMELESS[name:lower()] and not UNCLEAR[name:lower()] then return name end
  return code and "Airbnb " .. code or nil
end

return M

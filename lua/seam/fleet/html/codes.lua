-- SPDX-License-Identifier: MIT
-- Draws the access codes of a lock as bars over time: from yesterday to some days ahead.

local columns = require "seam.fleet.columns"
local element = require "seam.fleet.html.element"
local words = require "seam.fleet.words"

require("seam.uncompiled")()

local M = {}

local new = element.new
local DAY = 86400
local WIDTH, ROW, AXIS = 600, 58, 34
local MOST = 8
local NAME_WIDTH, NAME_WIDTH_WITH_PIN = 26, 18

-- Trouble first, then what is in force, then what comes.
local ORDER = { failing = 1, stuck = 2, set = 3, upcoming = 5 }

local function in_order(list)
  local sorted, place_of = {}, {}
  for place, entry in ipairs(list) do sorted[place], place_of[entry] = entry, place end
  table.sort(sorted, function(a, b)
    local left, right = ORDER[a.state] or 4, ORDER[b.state] or 4
    if left ~= right then return left < right end
    local first, second = a.starts_at or 0, b.starts_at or 0
    if first ~= second then return first < second end
    return place_of[a] < place_of[b]
  end)
  return sorted
end

--- "08-12 19:24".
local function short(epoch)
  return words.moment(epoch):sub(6)
end

local function state_text(entry)
  if entry.state == "upcoming" then return "from " .. short(entry.starts_at) end
  local text = words.of_code(entry.state)
  if entry.state == "set" and entry.ends_at then text = text .. " until " .. short(entry.ends_at) end
  return text
end

local function name_text(entry, options)
  local pin = options.show_codes and entry.code
  local name = columns.cut(words.clean(entry.name or "no name"), pin and NAME_WIDTH_WITH_PIN or NAME_WIDTH)
  return pin and name .. " \194\183 " .. words.clean(pin) or name
end

local function class_of(entry)
  return entry.state == "set" and "bar" or "bar " .. (ORDER[entry.state] and entry.state or "other")
end

local TONE = { failing = "critical", stuck = "attention" }

local function draw_bar(shapes, entry, top, x_of)
  local left = entry.starts_at and x_of(entry.starts_at) or 0
  local right = entry.ends_at and x_of(entry.ends_at) or WIDTH
  if right <= 0 or left >= WIDTH then return end
  left, right = math.max(left, 2), math.min(right, WIDTH - 2)
  shapes[#shapes + 1] = new("rect", { "class", class_of(entry), "x", ("%d"):format(left), "y", top + 32,
    "width", ("%d"):format(math.max(right - left, 6)), "height", "14", "rx", "5" })
end

local function draw_row(shapes, entry, top, x_of, now_x, options)
  shapes[#shapes + 1] = new("text", { "x", "0", "y", top + 22 }, name_text(entry, options))
  shapes[#shapes + 1] = new("text", { "class", TONE[entry.state] or "quiet", "x", WIDTH, "y", top + 22,
    "text-anchor", "end" }, state_text(entry))
  shapes[#shapes + 1] = new("rect", { "class", "track", "x", "0", "y", top + 38, "width", WIDTH, "height", "2" })
  draw_bar(shapes, entry, top, x_of)
  shapes[#shapes + 1] = new("line", { "class", "now", "x1", now_x, "x2", now_x, "y1", top + 28, "y2", top + 50 })
end

local function draw_axis(shapes, x, bottom, days)
  shapes[#shapes + 1] = new("text", { "class", "quiet", "x", x, "y", bottom + 24, "text-anchor", "middle" }, "now")
  shapes[#shapes + 1] = new("text", { "class", "quiet", "x", WIDTH, "y", bottom + 24, "text-anchor", "end" },
    "in " .. words.count(days, "day"))
end

local function describe(list, options)
  local parts = {}
  for place, entry in ipairs(list) do parts[place] = name_text(entry, options) .. ": " .. state_text(entry) end
  return table.concat(parts, "; ") .. "."
end

local function scale(now, days)
  local first, span = now - DAY, (days + 1) * DAY
  return function(at) return math.floor((at - first) / span * WIDTH) end
end

local function draw(shown, id, lock, now, options)
  local x_of = scale(now, options.days)
  local now_x = ("%d"):format(x_of(now))
  local shapes = {
    new("title", { "id", id .. "t" }, "Access codes of " .. lock.name),
    new("desc", { "id", id .. "d" }, describe(shown, options)),
  }
  for place, entry in ipairs(shown) do draw_row(shapes, entry, (place - 1) * ROW, x_of, now_x, options) end
  draw_axis(shapes, now_x, #shown * ROW, options.days)
  return new("svg", { "viewBox", ("0 0 %d %d"):format(WIDTH, #shown * ROW + AXIS), "role", "img",
    "aria-labelledby", id .. "t " .. id .. "d" }, shapes)
end

--- A lock's codes over time.
---@param lock seam.FleetLock
---@param id string unique on the page
---@param now number epoch seconds
---@param options table days, show_codes
---@return table|string markup "" where there are none
function M.chart(lock, id, now, options)
  local list = in_order(lock.codes and lock.codes.list or {})
  if not list[1] then return "" end
  local shown = {}
  for place = 1, math.min(#list, MOST) do shown[place] = list[place] end
  local more = #list - #shown
  local caption = "Access codes" .. (more > 0 and (", %d of %d"):format(#shown, #list) or "") .. " (UTC)"
  return new("figure", nil, { new("figcaption", nil, caption), draw(shown, id, lock, now, options) })
end

return M

-- SPDX-License-Identifier: MIT
-- Drawings of a battery: the level now, and how it went over time. Coordinates are whole numbers: the decimal
-- sign of others would be the locale's.

local element = require "seam.fleet.html.element"
local words = require "seam.fleet.words"

require("seam.uncompiled")()

local M = {}

local new = element.new
local WIDTH, HEIGHT, MARGIN = 600, 110, 8
local BUCKETS = 150

local function whole(number)
  return ("%d"):format(math.floor(number + 0.5))
end

--- A small bar beside the level's number.
---@param level number from 0 to 1
---@param verdict string of the battery: ok, attention, critical
---@return table markup
function M.meter(level, verdict)
  local attributes = { "class", "meter", "viewBox", "0 0 100 8", "preserveAspectRatio", "none", "aria-hidden", "true" }
  return new("svg", attributes, {
    new("rect", { "class", "track", "width", "100", "height", "8", "rx", "4" }),
    new("rect", { "class", "level " .. verdict, "width", whole(math.max(level * 100, 4)), "height", "8", "rx", "4" }),
  })
end

--- At most one entry for each piece of the width, the lowest: a dip must not get lost.
local function thin_out(series, first, span)
  local thinned, bucket = {}, nil
  for _, entry in ipairs(series) do
    local own = math.floor((entry.at - first) / span * BUCKETS)
    local last = thinned[#thinned]
    if own ~= bucket or not last.battery ~= not entry.battery then
      thinned[#thinned + 1], bucket = entry, own
    elseif entry.battery and entry.battery < last.battery then
      thinned[#thinned] = { at = entry.at, battery = entry.battery }
    end
  end
  return thinned
end

--- Points that belong together; a moment without a level ends a run.
local function runs_of(series, x_of, y_of)
  local runs, run = {}, nil
  for _, entry in ipairs(series) do
    if entry.battery then
      if not run then
        run = {}
        runs[#runs + 1] = run
      end
      run[#run + 1] = whole(x_of(entry.at)) .. "," .. whole(y_of(entry.battery))
    else
      run = nil
    end
  end
  return runs
end

local function draw_run(shapes, run)
  if #run == 1 then
    local x, y = run[1]:match("^(.*),(.*)$")
    shapes[#shapes + 1] = new("circle", { "class", "dot", "cx", x, "cy", y, "r", "4" })
    return
  end
  local points, left, right = table.concat(run, " "), run[1]:match("^[^,]*"), run[#run]:match("^[^,]*")
  shapes[#shapes + 1] = new("polygon",
    { "class", "under", "points", ("%s,%d %s %s,%d"):format(left, HEIGHT, points, right, HEIGHT) })
  shapes[#shapes + 1] = new("polyline", { "class", "curve", "points", points })
end

local function y_of(level)
  return HEIGHT - MARGIN - level * (HEIGHT - 2 * MARGIN)
end

local function describe(series)
  local lowest, last
  for _, entry in ipairs(series) do
    if entry.battery then lowest, last = math.min(lowest or 1, entry.battery), entry.battery end
  end
  if not last then return nil end
  return ("Lowest %s, last %s."):format(words.percent(lowest), words.percent(last))
end

local function draw(series, id, name, limit)
  local first = series[1].at
  local span = series[#series].at - first
  local function x_of(at) return MARGIN + (at - first) / span * (WIDTH - 2 * MARGIN) end
  local at_limit = whole(y_of(limit))
  local shapes = {
    new("title", { "id", id .. "t" }, "Battery of " .. name),
    new("desc", { "id", id .. "d" }, describe(series)),
    new("line", { "class", "limit", "x1", "0", "x2", WIDTH, "y1", at_limit, "y2", at_limit }),
  }
  for _, run in ipairs(runs_of(thin_out(series, first, span), x_of, y_of)) do draw_run(shapes, run) end
  return new("svg", { "viewBox", ("0 0 %d %d"):format(WIDTH, HEIGHT), "role", "img",
    "aria-labelledby", id .. "t " .. id .. "d" }, shapes)
end

--- A lock's battery over time.
---@param series table[]|nil entries of a history
---@param id string unique on the page
---@param name string the lock's
---@param limit number the level below which it is low
---@return table|string markup "" where there is nothing to draw
function M.chart(series, id, name, limit)
  if not series or #series < 2 or series[#series].at <= series[1].at then return "" end
  local summary = describe(series)
  if not summary then return "" end
  local caption = ("Battery from %s to %s. %s"):format(words.moment(series[1].at):sub(1, 10),
    words.moment(series[#series].at):sub(1, 10), summary)
  return new("figure", nil, { new("figcaption", nil, caption), draw(series, id, name, limit) })
end

return M

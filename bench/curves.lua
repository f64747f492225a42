-- SPDX-License-Identifier: MIT
-- luacheck: std lua54
-- How cost grows: with the devices of a list, with the calls of a process, with how many calls run at once.

local contenders = require "contenders"
local measure = require "measure"
local report = require "report"
local statistics = require "statistics"

local M = {}

local function ours(verb)
  for _, contender in ipairs(contenders) do
    if contender.name == "seam, lua5.4" and contender.verbs[verb] then return contender end
  end
end

--- Medians of so many samples of one point.
local function point(setting, scenario)
  local samples = { wall = {}, cpu = {}, mib = {} }
  for round = 1, setting.rounds do
    local sample, reason = measure.sample(setting, scenario, ours(scenario.verb))
    if not sample then error(scenario.name .. ": " .. reason, 0) end
    for name, value in pairs(sample) do samples[name][round] = value end
  end
  return statistics.median(samples.wall), statistics.median(samples.cpu), statistics.median(samples.mib)
end

local function cells(...)
  local row = { ... }
  for column, value in ipairs(row) do
    if math.type(value) == "integer" then row[column] = ("%d"):format(value)
    elseif type(value) == "number" then row[column] = (value < 100 and "%.2f" or "%.0f"):format(value) end
  end
  return row
end

local function devices_curve(setting, quick)
  local rows = { { "devices", "ms a list", "us a device", "CPU ms", "MiB" } }
  for _, count in ipairs(quick and { 1, 10 } or { 1, 10, 100, 1000, 10000 }) do
    setting.server:offer(count)
    local lists = quick and 1 or math.max(3, math.min(200, 10000 // count))
    local wall, cpu, mib = point(setting,
      { name = "list", verb = "list", scheme = "http", unit = "ms a list", count = lists, runs = 1 })
    rows[#rows + 1] = cells(count, wall, wall * 1000 / count, cpu, mib)
  end
  return rows
end

local function calls_curve(setting, quick)
  local rows = { { "calls", "us a call", "CPU us", "MiB" } }
  for _, count in ipairs(quick and { 1, 3 } or { 1, 10, 100, 1000, 10000 }) do
    rows[#rows + 1] = cells(count, point(setting,
      { name = "small", verb = "small", scheme = "http", unit = "us a call", count = count, runs = 1, one_cpu = true }))
  end
  return rows
end

local function concurrency_curve(setting, scheme, quick)
  local rows = { { "at once", "calls", "ms in all", "calls a second", "CPU us a call", "MiB" } }
  for _, many in ipairs(quick and { 1, 2 } or { 1, 4, 16, 64, 256, 512, 10000 }) do
    local count = quick and 4 or math.max(math.min(many * 50, 2000), many)
    setting.at_once = many
    local wall, cpu, mib = point(setting,
      { name = "fan", verb = "fan", scheme = scheme, unit = "ms in all", in_all = true, count = count, runs = 1 })
    rows[#rows + 1] = cells(many, count, wall, math.floor(count * 1000 / wall), cpu * 1000 / count, mib)
  end
  setting.at_once = nil
  return rows
end

--- Prints the curves.
---@param setting table
---@param wanted table { quick =, markdown = }
function M.run(setting, wanted)
  function setting.counts(scenario) return scenario.count end
  local quick, markdown = wanted.quick, wanted.markdown
  report.table("Devices in a list, http, lua5.4", devices_curve(setting, quick), markdown)
  setting.server:offer(10)
  report.table("Calls one after the other, http, lua5.4", calls_curve(setting, quick), markdown)
  for _, scheme in ipairs { "http", "https" } do
    report.table("Calls at once, answered after 20 ms, " .. scheme .. ", lua5.4",
      concurrency_curve(setting, scheme, quick), markdown)
  end
end

return M

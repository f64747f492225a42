-- SPDX-License-Identifier: MIT
-- Runs contenders in turns and gathers what each round took.

local files = require "files"

local M = {}

local UNITS = { us = 1e6, ms = 1e3 }

local function parse(text, word)
  local line = text:match(word .. " ([^\n]*)")
  local values = {}
  for name, value in (line or ""):gmatch("(%w+)=([%d.e+-]+)") do values[name] = tonumber(value) end
  return values
end

--- The environment and words that stand before every command.
local function prefix(setting, scenario, runs)
  local pin = scenario.one_cpu and setting.cpu and ("taskset -c %d "):format(setting.cpu) or ""
  return ("%sbuild/bench/stopwatch %d %s "):format(pin, runs, setting.environment)
end

--- One sample: what a call, a list or all of it took.
---@return table|nil sample { wall =, cpu = in the scenario's unit, mib = }
---@return string|nil why there is none
function M.sample(setting, scenario, contender)
  local fewer = (contender.fewer or {})[scenario.name] or 1
  local count = math.max(1, setting.counts(scenario) // fewer)
  local base = scenario.verb == "decode" and setting.server.list_file or setting.server[scenario.scheme]
  local at_once = setting.at_once or (setting.best or {})[contender] or 1
  local command = prefix(setting, scenario, setting.runs or scenario.runs)
    .. contender.command(scenario, base, count, at_once)
  local text = files.output(command .. " 2>" .. setting.folder .. "/said")
  local process = parse(text or "", "process")
  local from = scenario.whole and process or parse(text or "", "inside")
  if not text or not from.wall then return nil, (files.read(setting.folder .. "/said") or ""):sub(1, 300) end
  local parts = scenario.in_all and 1 / fewer or scenario.whole and 1 or count
  local factor = UNITS[scenario.unit:match("%a+")] / parts
  return { wall = from.wall * factor, cpu = from.cpu * factor, mib = process.kib / 1024 }
end

--- How many calls at once suit a contender best here: the least time of three samples of each candidate.
local function best_at_once(setting, scenario, contender)
  local candidates = contender.at_once or { 1 }
  if #candidates == 1 or contender.absent or setting.quick then return candidates[1] end
  local best, least = candidates[1], math.huge
  for _, many in ipairs(candidates) do
    setting.at_once = many
    for _ = 1, 3 do
      local sample = M.sample(setting, scenario, contender)
      if sample and sample.wall < least then best, least = many, sample.wall end
    end
  end
  setting.at_once = nil
  return best
end

local function find_best(setting, scenario, list)
  setting.best = {}
  if scenario.verb ~= "fan" then return end
  for _, contender in ipairs(list) do setting.best[contender] = best_at_once(setting, scenario, contender) end
end

--- All rounds of a scenario, contenders in turns.
---@return table<table, table> results contender -> { wall = {}, cpu = {}, mib = {}, failed = reason, at_once = }
function M.scenario(setting, scenario, list)
  local results = {}
  find_best(setting, scenario, list)
  for _, contender in ipairs(list) do
    results[contender] = { wall = {}, cpu = {}, mib = {}, at_once = setting.best[contender] }
  end
  for round = 1, setting.rounds do
    for _, contender in ipairs(list) do
      local result = results[contender]
      local sample, reason
      if not contender.absent and not result.failed then sample, reason = M.sample(setting, scenario, contender) end
      result.failed = result.failed or reason
      for name, value in pairs(sample or {}) do result[name][round] = value end
    end
  end
  return results
end

return M

-- SPDX-License-Identifier: MIT
-- luacheck: std lua54
-- bench/run's program: arguments to tables.

package.path = "bench/?.lua;" .. package.path

local contenders = require "contenders"
local measure = require "measure"
local report = require "report"
local scenarios = require "scenarios"
local settings = require "setting"

local function read_arguments(list)
  local wanted, index = {}, 1
  while list[index] do
    local word = list[index]
    if word == "--rounds" or word == "--only" then
      wanted[word:sub(3)] = list[index + 1] or error(word .. " wants a value", 0)
      index = index + 1
    elseif word == "--quick" or word == "--markdown" or word == "--curves" then
      wanted[word:sub(3)] = true
    else
      error("bench/run knows --quick, --markdown, --curves, --rounds and --only, not " .. word, 0)
    end
    index = index + 1
  end
  wanted.rounds = wanted.rounds and math.tointeger(wanted.rounds)
  return wanted
end

local function run_scenarios(setting, wanted)
  for _, scenario in ipairs(scenarios) do
    if not wanted.only or scenario.name:find(wanted.only, 1, true) then
      local list = contenders.of(scenario)
      report.scenario(scenario, list, measure.scenario(setting, scenario, list), wanted.markdown)
    end
  end
end

local function run(setting, wanted)
  print(settings.words())
  print(("%d rounds, contenders in turns: median [least..most], ratios inside each round"):format(setting.rounds))
  if wanted.curves then return require("curves").run(setting, wanted) end
  run_scenarios(setting, wanted)
  if not wanted.only or wanted.only == "memory" then require("memory").run(setting, wanted) end
end

local wanted = read_arguments(arg)
local setting = settings.open(wanted)
local ok, err = xpcall(run, debug.traceback, setting, wanted)
settings.close(setting)
if not ok then error(err, 0) end

-- SPDX-License-Identifier: MIT
-- Many calls at once: functions that run concurrently, each waiting for its own answers. Everything
-- here returns nil and an error; the face decides whether to raise it.

local errors = require "seam.errors"
local loop = require "seam.loop"
local nearest = require "seam.nearest"
local yielding = require "seam.yielding"
local tasks = require "seam.tasks"

require("seam.uncompiled")()

local M = {}

local DEFAULT_CONCURRENCY = 16

local GATHER_OPTIONS = { loop = true }
local MAP_OPTIONS = { loop = true, concurrency = true, on_progress = true }

-- Options ----------------------------------------------------------------------------------------

local function bad(name, reason)
  return nil, errors.invalid_options(("The %s option %s"):format(name, reason))
end

local function check_options(given, known)
  if given == nil then return {} end
  if type(given) ~= "table" then
    return nil, errors.invalid_options("Options must be a table, got a " .. type(given))
  end
  for name in pairs(given) do
    if not known[name] then
      return nil, errors.invalid_options(("Unknown option '%s'%s")
        :format(errors.quoted(name), nearest.hint(name, known)))
    end
  end
  local many = given.concurrency
  if many ~= nil and (type(many) ~= "number" or many < 1 or many % 1 ~= 0) then
    return bad("concurrency", "must be a whole number, 1 or more")
  end
  if given.on_progress ~= nil and type(given.on_progress) ~= "function" then
    return bad("on_progress", "must be a function, got a " .. type(given.on_progress))
  end
  return given
end

--- Runs functions in the coroutines of a host, so many at a time.
local function run_by(host)
  return function(take, ended, limit)
    local function work()
      local index, f = take()
      while index do
        ended(index, yielding.pcall(f))
        index, f = take()
      end
    end
    local workers = {}
    for number = 1, limit do workers[number] = work end
    host.run_all(workers)
  end
end

--- In nginx its own light threads, where they may be had.
local function host_of(given)
  if given.loop ~= nil then return loop.resolve(given.loop) end
  if type(rawget(_G, "ngx")) ~= "table" then return nil end
  local nginx = require "seam.transport.nginx"
  return nginx.is_here() and not nginx.refusal() and nginx or nil
end

--- Who runs the functions: the coroutines of a host that has its own, else ours.
---@return function|nil run as tasks.run
---@return seam.Error|nil
local function runner(given)
  local host, err = host_of(given)
  if err then return nil, err end
  if not host or not host.run_all then return tasks.run end
  local refusal = host.refusal and host.refusal()
  if not refusal then return run_by(host) end
  return nil, errors.new("SeamHttpError", refusal, { code = "cannot_wait", outcome = "not_sent", attempts = 0 })
end

-- Results ----------------------------------------------------------------------------------------

--- What came of each key so far.
local function new_outcome()
  return { results = {}, errors = {}, first = nil }
end

--- A function that returns nil and one of our errors has failed, too: clients of seam.safe do so.
local function note(outcome, key, ok, value, extra)
  local err
  if not ok then
    err = value == nil and "an error without a value" or value
  elseif value == nil and errors.is_error(extra) then
    err = extra
  end
  if err == nil then
    outcome.results[key] = value
    return
  end
  outcome.errors[key] = err
  if outcome.first == nil then outcome.first = err end
end

--- The results, or the first failure with all that is known of the others.
local function conclude(outcome)
  local first = outcome.first
  if first == nil then return outcome.results end
  if not errors.is_error(first) then
    first = errors.new("SeamError", tostring(first), { cause = first })
  end
  first.results, first.errors = outcome.results, outcome.errors
  return nil, first
end

-- The two functions ------------------------------------------------------------------------------

--- Gives out the functions of a list, one after the other, with their places.
local function taker(count, function_at)
  local index = 0
  return function()
    if index >= count then return nil end
    index = index + 1
    return index, function_at(index)
  end
end

local function list_of(functions)
  local keys, list = {}, {}
  for key, f in pairs(functions) do
    if type(f) ~= "function" then
      return nil, errors.invalid_params("gather",
        ("gather wants functions, and '%s' is a %s: write function() return ... end around a call")
          :format(errors.quoted(key), type(f)))
    end
    keys[#keys + 1], list[#list + 1] = key, f
  end
  return keys, list
end

--- Runs functions at once and returns what each returned, under the same keys. When one fails the
--- others go on to their end; then its error is the result, with `results` and `errors` of all.
---@param functions table<any, function> each is called without arguments
---@param given table|nil { loop = whose coroutines they shall be: a name or a seam.Loop }
---@return table|nil results
---@return seam.Error|nil err
function M.gather(functions, given)
  if type(functions) ~= "table" then
    return nil, errors.invalid_params("gather", "gather wants a table of functions, got a " .. type(functions))
  end
  local checked, err = check_options(given, GATHER_OPTIONS)
  if not checked then return nil, err end
  local keys, list = list_of(functions)
  if not keys then return nil, list end
  local run
  run, err = runner(checked)
  if not run then return nil, err end
  local outcome = new_outcome()
  run(taker(#list, function(index) return list[index] end),
    function(index, ...) note(outcome, keys[index], ...) end, #list)
  return conclude(outcome)
end

--- Calls f(item, index) for every item of a list, so many at a time, and returns the results in the
--- order of the list. Failures are told as gather tells them.
---@param list any[]
---@param f fun(item: any, index: integer): any
---@param given table|nil { concurrency = 16, on_progress = fun(done, total), loop = as for gather }
---@return any[]|nil results
---@return seam.Error|nil err
function M.map(list, f, given)
  if type(list) ~= "table" or type(f) ~= "function" then
    return nil, errors.invalid_params("map",
      ("map wants a list and a function, got a %s and a %s"):format(type(list), type(f)))
  end
  local checked, err = check_options(given, MAP_OPTIONS)
  if not checked then return nil, err end
  local run
  run, err = runner(checked)
  if not run then return nil, err end
  local outcome, total, done = new_outcome(), #list, 0
  run(taker(total, function(index) return function() return f(list[index], index) end end),
    function(index, ...)
      note(outcome, index, ...)
      done = done + 1
      if checked.on_progress then pcall(checked.on_progress, done, total) end
    end, math.min(checked.concurrency or DEFAULT_CONCURRENCY, total))
  return conclude(outcome)
end

return M

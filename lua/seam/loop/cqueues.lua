-- SPDX-License-Identifier: MIT
-- Waiting on a controller of cqueues: in any coroutine that one of them runs.

local condition = require "cqueues.condition"
local cqueues = require "cqueues"

local M = {}

--- A coroutine of the controller that watches. What is woken may belong to another controller: a
--- condition wakes it all the same.
---@param pool userdata
---@param ready fun()
---@return fun() stop
function M.watch(pool, ready)
  local controller = cqueues.running()
  local descriptor = pool:getfd()
  local watched = { pollfd = descriptor, events = "r" }
  local over = condition.new()
  local stopped = false
  controller:wrap(function()
    while not stopped do
      cqueues.poll(watched, over)
      if not stopped then ready() end
    end
  end)
  return function()
    stopped = true
    -- No controller must remember a descriptor that is about to be closed.
    cqueues.cancel(descriptor)
    over:signal()
  end
end

---@param seconds number
---@param f fun()
function M.after(seconds, f)
  cqueues.running():wrap(function()
    cqueues.sleep(seconds)
    f()
  end)
end

---@return string|nil
function M.refusal()
  if cqueues.running() then return nil end
  return "calls of this client must be made in a coroutine of cqueues: controller:wrap(function() ... end)"
end

---@param start fun(wake: fun())
function M.suspend(start)
  local woken, awake = false, condition.new()
  start(function()
    woken = true
    awake:signal()
  end)
  while not woken do awake:wait() end
end

---@param functions function[]
function M.run_all(functions)
  local controller, left, ended = cqueues.running(), #functions, condition.new()
  for _, f in ipairs(functions) do
    controller:wrap(function()
      f()
      left = left - 1
      ended:signal()
    end)
  end
  while left > 0 do ended:wait() end
end

return M

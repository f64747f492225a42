-- SPDX-License-Identifier: MIT
-- Functions that run at once as coroutines of our own: whenever one of them waits, the others go on.
-- What they wait for, and how time passes meanwhile, is the reactor's business.

local yielding = require "seam.yielding"

require("seam.uncompiled")()

local M = {}

-- What a task yields to wait, and a coroutine whose function has ended. Anything else comes from code that
-- thinks another scheduler runs it.
local WAIT, ENDED = {}, {}

-- coroutine -> its task.
local task_of = setmetatable({}, { __mode = "k" })
-- Whether anything ever ran at once here: most programs make one call after the other.
local was_used = false

local FOREIGN = "a function that runs in seam.gather or seam.map yielded to somebody else: "
  .. "say whose coroutines they shall be, for example { loop = \"cqueues\" }"

---@class seam.Task
local task_methods = {}
local task_mt = { __name = "seam.Task", __index = task_methods }

--- The task that runs now, nil outside of all tasks.
---@return seam.Task|nil
function M.current()
  if not was_used then return nil end
  local running = yielding.running()
  return running and task_of[running]
end

--- Suspends the task that runs now until `wake` is called. `start` is called with `wake` once the task
--- is suspended, and not at all where it cannot be.
---@param reactor table by whom its group waits when all of its tasks do
---@param start fun(wake: fun())
function task_methods.suspend(_, reactor, start)
  coroutine.yield(WAIT, reactor, start)
end

--- Why the task may not wait by this reactor, nil when it may.
---@param reactor table
---@return string|nil
function task_methods:refusal(reactor)
  local bound = self.group.reactor
  if not bound or bound == reactor then return nil end
  return "functions that run at once must use clients of one loop, and these have two"
end

--- Runs one function after the other: a coroutine costs more than what most functions do in it.
local function run_many(f)
  while true do f = coroutine.yield(ENDED, pcall(f)) end
end

--- Where a pcall would hold up who waits within it.
local function run_one(f) return f() end

local function finish(task, ...)
  -- A weak key is not enough: on Lua 5.1 and LuaJIT the value would keep it.
  task_of[task.coroutine] = nil
  task.group.active = task.group.active - 1
  task.group.ended(task.index, ...)
end

--- Puts a task that waits among those that may go on, and tells whoever waits for its group.
local function waker(task)
  local group, woken = task.group, false
  return function()
    if woken then return end
    woken = true
    group.ready[#group.ready + 1] = task
    local wake = group.wake
    group.wake = nil
    if wake then wake() end
  end
end

--- What to do now that a task has yielded or ended.
local function after_turn(task, ok, first, reactor, start, ...)
  if first == WAIT then
    task.group.reactor = reactor
    return start(waker(task))
  end
  if first == ENDED then
    local idle = task.group.idle
    idle[#idle + 1] = task.coroutine
    return finish(task, reactor, start, ...)
  end
  if coroutine.status(task.coroutine) == "dead" then return finish(task, ok, first, reactor, start, ...) end
  return finish(task, false, FOREIGN)
end

local function new_task(group, index, f)
  local thread = table.remove(group.idle)
    or coroutine.create(yielding.across_pcall() and run_many or run_one)
  local task = setmetatable({ group = group, index = index, coroutine = thread, begins = f }, task_mt)
  task_of[thread], was_used = task, true
  return task
end

--- Takes functions until as many run as may, or none is left.
local function fill(group)
  while group.active < group.limit do
    local index, f = group.take()
    if not index then return end
    group.active = group.active + 1
    group.ready[#group.ready + 1] = new_task(group, index, f)
  end
end

--- Runs functions at once, so many at a time, and returns when all have ended.
---@param take fun(): integer|nil, function|nil gives out the next function and its number, nil at the end
---@param ended fun(index: integer, ok: boolean, ...) called as each ends, with its results or its error
---@param limit integer
function M.run(take, ended, limit)
  local group = { take = take, ended = ended, limit = limit, active = 0, ready = {}, idle = {} }
  fill(group)
  while group.active > 0 do
    if #group.ready == 0 then
      group.reactor:park(function(wake) group.wake = wake end)
    end
    local ready = group.ready
    group.ready = {}
    for _, task in ipairs(ready) do
      local begins = task.begins
      task.begins = nil
      after_turn(task, coroutine.resume(task.coroutine, begins))
    end
    fill(group)
  end
end

return M

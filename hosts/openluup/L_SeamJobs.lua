-- SPDX-License-Identifier: MIT
-- Actions that take a while: <run> notes what is wanted, <job> starts it and is asked again until it is done.
-- What is wanted of one lock is done in turn; its own order is the users'.

local core = require "seam.core"

local M = {}

local IN_PROGRESS, FAILED, DONE = 0, 2, 4

-- What nobody has started after so many seconds is not done any more: an unlock must not happen long after it was asked
-- for.
local FRESH = 30

local methods = {}
local metatable = { __index = methods }

---@param host table of L_SeamHost
---@return table jobs
function M.new(host)
  -- A job's state hangs on luup's own table, which luup drops some minutes after its end.
  local by_job = setmetatable({}, { __mode = "k" })
  return setmetatable({ host = host, wanted = {}, lines = {}, newest = {}, by_job = by_job }, metatable)
end

local function list_in(map, key)
  map[key] = map[key] or {}
  return map[key]
end

--- Takes out what waits for a start that will not come.
local function drop_stale(line)
  for place = #line, 1, -1 do
    local task = line[place]
    if task.state == "waiting" and not task.is_started and core.now() - task.noted > FRESH then
      task.state, task.notes = "failed", "not started in time, so not done"
      table.remove(line, place)
    end
  end
end

--- Notes what is wanted. The very same that is still to be done is not done twice: whoever presses a button
--- again has seen nothing happen yet.
---@param child integer
---@param action string
---@param task table { same = string|nil, work = fun(): ok, problem, done = fun(ok, problem): string|nil notes }
function methods:want(child, action, task)
  local line = list_in(self.lines, child)
  drop_stale(line)
  local last = line[#line]
  if last and task.same and last.same == task.same then
    task = last
  else
    task.state, task.noted, line[#line + 1] = "waiting", core.now(), task
  end
  local wanted = list_in(self.wanted, child .. action)
  wanted[#wanted + 1] = task
  self.newest[child .. action] = task
end

local function remove(line, task)
  for place = #line, 1, -1 do
    if line[place] == task then table.remove(line, place) end
  end
end

local start_next

--- Out of the line first: the next one must have its turn whatever happens.
local function ended(self, child, task, ok, problem)
  remove(self.lines[child], task)
  task.state = "failed"
  task.notes = task.done(ok, problem)
  if ok then task.state = "done" end
  start_next(self, child)
end

local function perform(self, child, task)
  task.state = "running"
  self.host:spawn(task.work, function(ok, problem) ended(self, child, task, ok, problem) end)
end

function start_next(self, child)
  local line = list_in(self.lines, child)
  drop_stale(line)
  for _, task in ipairs(line) do
    if task.state == "running" then return end
    if task.is_started then return perform(self, child, task) end
  end
end

--- The task of a job: the oldest one without a job, where this is its first call.
local function task_of(self, child, action, job)
  if job and self.by_job[job] then return self.by_job[job] end
  local wanted = list_in(self.wanted, child .. action)
  local task
  repeat task = table.remove(wanted, 1) until not task or task.state ~= "failed" or task.is_started
  task = task or self.newest[child .. action]
  if job then self.by_job[job] = task end
  return task
end

--- What a <job> returns.
---@param child integer
---@param action string
---@param job table luup's
---@return integer state
---@return number seconds until it is asked again
function methods:step(child, action, job)
  drop_stale(list_in(self.lines, child))
  local task = task_of(self, child, action, job)
  if not task then return FAILED, 0 end
  task.is_started = true
  start_next(self, child)
  if task.state == "done" then return DONE, 0 end
  if task.state ~= "failed" then return IN_PROGRESS, self.host:job_pause() end
  if job then job.notes = task.notes end
  return FAILED, 0
end

--- Whether anything is still to be done, for one lock or any.
---@param child integer|nil
---@return boolean
function methods:is_busy(child)
  if child then return next(self.lines[child] or {}) ~= nil end
  for _, line in pairs(self.lines) do
    if line[1] then return true end
  end
  return false
end

return M

-- SPDX-License-Identifier: MIT
-- Many conversations in one thread: each is a coroutine that names the socket or the moment it waits for.

local M = {}

local Loop = {}
Loop.__index = Loop

--- Starts a conversation at the next step. An error in it ends it alone and is handed to `on_error`.
---@param work fun()
---@param finally fun()|nil called when it is over, however it ended (on Lua 5.1 nothing can yield inside pcall)
function Loop:spawn(work, finally)
  local task = coroutine.create(work)
  self.tasks[task] = { kind = "now" }
  self.endings[task] = finally
end

--- Waits (inside a conversation) until a socket can be read or written; false when the deadline came first.
---@param kind string "read" or "write"
---@param deadline number by loop.now
function Loop.wait(kind, sock, deadline)
  return coroutine.yield({ kind = kind, sock = sock, deadline = deadline })
end

--- Waits (inside a conversation) for some seconds.
function Loop:sleep(seconds)
  coroutine.yield({ kind = "sleep", deadline = self.now() + seconds })
end

function Loop:resume(task, answer)
  local ok, wish = coroutine.resume(task, answer)
  if not ok and self.on_error then self.on_error(wish) end
  if ok and coroutine.status(task) ~= "dead" then
    self.tasks[task] = wish
    return
  end
  local finally = self.endings[task]
  self.tasks[task], self.endings[task] = nil, nil
  if finally then finally() end
end

local function collect(self, limit)
  local readers, writers, nearest = {}, {}, limit
  local now = self.now()
  for _, wish in pairs(self.tasks) do
    if wish.kind == "read" then readers[#readers + 1] = wish.sock end
    if wish.kind == "write" then writers[#writers + 1] = wish.sock end
    if wish.kind == "now" then nearest = 0 end
    if wish.deadline and wish.deadline - now < nearest then nearest = wish.deadline - now end
  end
  return readers, writers, nearest > 0 and nearest or 0
end

local function is_ready(wish, readable, writable, now)
  if wish.kind == "now" then return true, true end
  if wish.kind == "read" and readable[wish.sock] then return true, true end
  if wish.kind == "write" and writable[wish.sock] then return true, true end
  return wish.deadline ~= nil and wish.deadline <= now, false
end

--- Waits at most `limit` seconds for something to do, and does it.
function Loop:step(limit)
  local readers, writers, wait = collect(self, limit)
  local readable, writable = self.select(readers, writers, wait)
  local ready, now = {}, self.now()
  for task, wish in pairs(self.tasks) do
    local yes, answer = is_ready(wish, readable, writable, now)
    if yes then ready[#ready + 1] = { task, answer } end
  end
  for _, item in ipairs(ready) do self:resume(item[1], item[2]) end
end

--- A loop on LuaSocket.
---@param socket table the module
---@param on_error fun(reason: any)|nil
function M.new(socket, on_error)
  return setmetatable({
    tasks = {}, endings = {}, now = socket.gettime, on_error = on_error,
    select = function(readers, writers, wait)
      -- Windows' select refuses empty sets; a plain sleep means the same.
      if #readers == 0 and #writers == 0 then
        socket.sleep(wait)
        return {}, {}
      end
      return socket.select(readers, writers, wait)
    end,
  }, Loop)
end

return M

-- SPDX-License-Identifier: MIT
-- Reading and writing a socket inside a conversation of the loop, with caps and deadlines.

local M = {}

local Stream = {}
Stream.__index = Stream

local CHUNK = 8192

-- Returns false when the peer is gone or too slow.
local function fill(self, deadline)
  local data, reason, partial = self.sock:receive(CHUNK)
  data = data or partial
  if data and #data > 0 then
    self.buffer = self.buffer .. data
    return true
  end
  if reason ~= "timeout" then return false end
  return self.loop.wait("read", self.sock, deadline)
end

--- Everything up to `mark`, which is taken away too; nil and "closed" or "too_large".
function Stream:read_until(mark, cap, deadline)
  local from = 1
  while true do
    local first, last = self.buffer:find(mark, from, true)
    if first then
      local text = self.buffer:sub(1, first - 1)
      self.buffer = self.buffer:sub(last + 1)
      return text
    end
    if #self.buffer > cap then return nil, "too_large" end
    from = math.max(1, #self.buffer - #mark + 2)
    if not fill(self, deadline) then return nil, "closed" end
  end
end

--- Exactly `count` bytes, or nil.
function Stream:read(count, deadline)
  while #self.buffer < count do
    if not fill(self, deadline) then return nil end
  end
  local data = self.buffer:sub(1, count)
  self.buffer = self.buffer:sub(count + 1)
  return data
end

--- Sends everything; false when the peer does not take it.
function Stream:write(data, deadline)
  local from = 1
  while from <= #data do
    local last, reason, sent = self.sock:send(data, from)
    from = (last or sent or from - 1) + 1
    if not last then
      if reason ~= "timeout" then return false end
      if not self.loop.wait("write", self.sock, deadline) then return false end
    end
  end
  return true
end

--- Says that nothing more will come, and throws away what the peer still sends: closing on unread
--- bytes would reset the connection, and the peer might never see the answer.
function Stream:drain(deadline)
  self.sock:shutdown("send")
  repeat
    self.buffer = ""
  until self.loop.now() > deadline or not fill(self, deadline)
end

function Stream:close()
  self.sock:close()
end

--- A stream on a connected socket.
function M.new(loop, sock)
  sock:settimeout(0)
  return setmetatable({ loop = loop, sock = sock, buffer = "" }, Stream)
end

return M

-- SPDX-License-Identifier: MIT
-- The one thread of a scripted peer: waits for its sockets, its timers and its control connection, and
-- goes on with the connection whose turn it is. A connection is { sock =, co =, open =, ended = }.
local cjson = require "cjson"
local connection = require "support.peer.connection"
local socket = require "socket"

local M = {}

local waiting = connection.waiting

--- Goes on with a connection; at the end of its coroutine it is closed.
function M.resume(conn)
  waiting[conn] = nil
  local ok, problem = coroutine.resume(conn.co)
  if not ok then io.stderr:write("peer: ", tostring(problem), "\n", debug.traceback(conn.co), "\n") end
  if coroutine.status(conn.co) == "dead" then
    conn.ended = conn.ended or "closed by the peer"
    conn.sock:close()
    conn.open = false
  end
end

local function serve_control(control, obey)
  control:settimeout(5)
  local line = control:receive("*l")
  local message = line and cjson.decode(line)
  if not message or message.op == "stop" then os.exit(0) end
  control:send(cjson.encode(obey(message)) .. "\n")
end

--- The sockets to watch, whose connection each is, and the seconds until the next wait ends.
local function watched(control, listeners)
  local readers, writers, owners, now, timeout = { control }, {}, {}, socket.gettime(), nil
  for listener in pairs(listeners) do readers[#readers + 1] = listener end
  for conn, reason in pairs(waiting) do
    owners[conn.sock] = conn
    if reason.read then readers[#readers + 1] = conn.sock end
    if reason.write then writers[#writers + 1] = conn.sock end
    if reason.at then timeout = math.min(timeout or math.huge, math.max(0, reason.at - now)) end
  end
  return readers, writers, owners, timeout
end

local function resume_expired()
  local now, due = socket.gettime(), {}
  for conn, reason in pairs(waiting) do
    if reason.at and reason.at <= now then due[#due + 1] = conn end
  end
  for _, conn in ipairs(due) do M.resume(conn) end
end

local function turn(control, listeners, accept, obey)
  local readers, writers, owners, timeout = watched(control, listeners)
  local readable, writable = socket.select(readers, writers, timeout)
  for _, sock in ipairs(writable) do M.resume(owners[sock]) end
  for _, sock in ipairs(readable) do
    if listeners[sock] then
      accept(sock)
    elseif owners[sock] and waiting[owners[sock]] then
      M.resume(owners[sock])
    end
  end
  resume_expired()
  -- Last, so that a report holds everything that came before it was asked for.
  if readable[control] then serve_control(control, obey) end
end

--- Connects to the spec that started this process.
function M.control(port)
  local control = assert(socket.connect("127.0.0.1", tonumber(port)))
  control:setoption("tcp-nodelay", true)
  return control
end

--- Serves until the spec says stop or is gone.
---@param control table the connection to the spec
---@param listeners table the set of listening sockets, read anew each turn
---@param accept function called with a listening socket that has somebody waiting
---@param obey function called with each message of the spec; returns the answer
function M.run(control, listeners, accept, obey)
  while true do turn(control, listeners, accept, obey) end
end

return M

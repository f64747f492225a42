-- SPDX-License-Identifier: MIT
-- Programs beside a spec that do not end by themselves when their standard input closes: a shell that
-- does holds them. Their ids are known, so that a spec can end them as a crash would.

local child = require "support.child"
local files = require "support.files"
local socket = require "socket"

local M = {}

local methods = {}
local metatable = { __index = methods }

--- Starts a program.
---@param command string for the shell, without single quotes
---@return table program { pid = }
function M.start(command)
  local process = child.start(
    ("sh -c '%s & pid=$!; echo pid $pid; read line; kill -9 $pid; wait' 2>/dev/null"):format(command), "pid (%d+)")
  return setmetatable({ process = process, pid = process.captures[1] }, metatable)
end

--- All that the program has said so far.
---@return string
function methods:said() return self.process.said or files.read(self.process.output) or "" end

--- Waits until the program has said something.
---@param pattern string
---@param seconds number|nil
---@return string|nil match
function methods:says(pattern, seconds)
  local deadline = socket.gettime() + (seconds or 15)
  repeat
    local found = self:said():match(pattern)
    if found then return found end
    socket.sleep(0.02)
  until socket.gettime() > deadline
  error(("wanted %q, but it said:\n%s"):format(pattern, self:said()), 2)
end

--- Ends it at once, as a crash would, and waits until it is gone.
function methods:kill()
  os.execute(("kill -9 %s 2>/dev/null"):format(self.pid))
  local deadline = socket.gettime() + 5
  while files.output_of(("kill -0 %s 2>/dev/null && echo there"):format(self.pid)) ~= ""
    and socket.gettime() < deadline do socket.sleep(0.01) end
end

--- Ends it.
---@return string output all that it said
function methods:stop() return self.process:stop() end

return M

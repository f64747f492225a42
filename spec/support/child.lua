-- SPDX-License-Identifier: MIT
-- Runs a program beside a spec, for as long as the spec wants it. The program must end when its
-- standard input closes, so that nothing stays behind, whatever becomes of the spec.

local files = require "support.files"
local socket = require "socket"

local M = {}

local START_SECONDS = 20

local methods = {}
local metatable = { __index = methods }

--- The interpreter that runs this spec.
function M.lua()
  if rawget(_G, "jit") then return "luajit" end
  return "lua" .. _VERSION:match("%d%.%d")
end

--- Starts a shell command and waits until its output has a line that matches.
---@param command string
---@param ready string a Lua pattern; its captures are kept in child.captures
---@return table child
function M.start(command, ready)
  local output = os.tmpname()
  local child = setmetatable({ output = output }, metatable)
  child.stdin = assert(io.popen("exec " .. command .. " >" .. output .. " 2>&1", "w"))
  local deadline = socket.gettime() + START_SECONDS
  repeat
    child.captures = { files.read(output):match(ready) }
    if child.captures[1] then return child end
    socket.sleep(0.02)
  until socket.gettime() > deadline
  local said = child:stop()
  error(("%s did not say %q within %d s, but:\n%s"):format(command, ready, START_SECONDS, said), 2)
end

--- Ends the program.
---@return string output all that it said
function methods:stop()
  if self.stdin then
    self.stdin:close()
    self.stdin = nil
    self.said = files.read(self.output)
    os.remove(self.output)
  end
  return self.said
end

return M

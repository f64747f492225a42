-- SPDX-License-Identifier: MIT
--- Short ways to make a call on a bare pool of seam.core, for the core's own specs.
local core = require "seam.core"

local M = {}

local LONGEST_SECONDS = 10

--- Steps the pool until the transfer is done.
function M.finish(pool, transfer)
  local deadline = core.now() + LONGEST_SECONDS
  while not transfer:done() do
    assert(core.now() < deadline, "the transfer did not end within 10 s")
    pool:step(0.5)
  end
  return transfer
end

--- Submits a request (2 s unless it says otherwise) and waits for its end.
function M.call(pool, request)
  request.timeout = request.timeout or 2
  return M.finish(pool, assert(pool:submit(request)))
end

--- code, message, sent of a call that must fail; raises when it did not.
function M.failure(pool, request)
  local transfer = M.call(pool, request)
  local status, code, message, sent = transfer:result()
  assert(status == nil, "expected a failure, got status " .. tostring(status))
  return code, message, sent
end

--- The interpreter this runs in, for specs that need a process of their own.
function M.interpreter()
  if rawget(_G, "jit") then return "luajit" end
  return "lua" .. _VERSION:match("%d%.%d")
end

--- Runs Lua code in a process of its own, with extra environment ("A=1 B=2"); returns its output
--- and its exit status as the shell tells it (over 128: ended by a signal).
function M.run_apart(code, environment)
  local path = os.tmpname()
  local file = assert(io.open(path, "w"))
  file:write("package.path = ", ("%q"):format(package.path), "\n")
  file:write("package.cpath = ", ("%q"):format(package.cpath), "\n", code)
  file:close()
  local pipe = assert(io.popen(("env %s %s %s 2>&1; echo \"exit $?\""):format(
    environment or "", M.interpreter(), path)))
  local output = pipe:read("*a")
  pipe:close()
  os.remove(path)
  local text, status = output:match("^(.-)exit (%d+)\n$")
  return text, tonumber(status)
end

return M

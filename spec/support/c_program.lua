-- SPDX-License-Identifier: MIT
-- The programs of spec/c for specs: built when first asked for, run with an end to their time.

local child = require "support.child"

local M = {}

local FOLDER = "build/c-programs"

--- "5.4", "5.3", "5.1" or "jit": which Lua the programs for this interpreter are linked with.
function M.api()
  if rawget(_G, "jit") then return "jit" end
  return _VERSION:match("%d%.%d")
end

local function quote(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

--- Runs a shell command; returns its output and its exit status.
function M.run(command)
  local pipe = assert(io.popen("{ " .. command .. "; } 2>&1 </dev/null; echo \"exit $?\""))
  local output = pipe:read("*a")
  pipe:close()
  local text, status = output:match("^(.*)exit (%d+)\n$")
  return text, tonumber(status)
end

local built = {}

--- Builds one program; returns its path, and raises with the compiler's words when it cannot. What
--- this process was made to load first (tools/sanitize) is kept from compilers and programs. The specs of
--- two Luas may run at once: one builds, the other waits.
function M.build(target)
  if not built[target] then
    local output, status = M.run(
      ("unset LD_PRELOAD; flock %s.lock sh -c 'cmake -S spec/c -B %s && cmake --build %s --target %s'"):format(
        FOLDER, FOLDER, FOLDER, target))
    assert(status == 0, output)
    built[target] = FOLDER .. "/" .. target
  end
  return built[target]
end

--- Runs a host of Lua states on a script of spec/reliability/hosted.
---@param kind string "host" or "starving_host"
---@param script string
---@param arguments string|nil for the shell
---@param seconds number|nil after which it is ended, 120 if nil
---@param environment string|nil further variables, for the shell
---@return string output
---@return integer status
function M.host(kind, script, arguments, seconds, environment)
  local program = M.build(kind .. "-" .. M.api())
  return M.run(("env -u LD_PRELOAD LUA_PATH=%s LUA_CPATH=%s %s timeout -k 5 %d %s %s %s"):format(
    quote(package.path), quote(package.cpath), environment or "", seconds or 120, program,
    "spec/reliability/hosted/" .. script .. ".lua", arguments or ""))
end

--- Starts the small server of spec/c; `server.url`, and `server:stop()` -> counts of requests,
--- connections, open ones, and connections on which two callers spoke.
function M.serve()
  local running = child.start("env -u LD_PRELOAD " .. M.build("serve"), "port (%d+)\n")
  return {
    url = "http://127.0.0.1:" .. running.captures[1],
    stop = function()
      local counts = {}
      for name, count in running:stop():gmatch("(%a+) (%d+)") do counts[name] = tonumber(count) end
      return counts
    end,
  }
end

return M

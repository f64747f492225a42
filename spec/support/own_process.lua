-- SPDX-License-Identifier: MIT
--- What Linux tells a process of itself, for specs that count.
local M = {}

local function lines_of(command)
  local pipe = assert(io.popen(command))
  local lines = {}
  for line in pipe:lines() do lines[#lines + 1] = line end
  pipe:close()
  return lines
end

--- How many descriptors are open. The shell's parent is this process; it takes a moment to close its end of
--- the pipe between them.
---@return integer
function M.descriptors()
  return #lines_of("sleep 0.05; ls /proc/$PPID/fd")
end

local function status_field(name)
  local file = assert(io.open("/proc/self/status"))
  local text = file:read("*a")
  file:close()
  return tonumber(text:match(name .. ":%s*(%d+) kB"))
end

--- Memory in use now, in KiB.
---@return integer
function M.resident()
  return status_field("VmRSS")
end

--- The most memory that was in use at once, in KiB.
---@return integer
function M.peak()
  return status_field("VmHWM")
end

return M

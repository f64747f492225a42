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

--- How many descriptors are open. The shell's parent is this process, and now and then it is seen
-- before its parent has closed its end of the pipe between them: hence twice.
---@return integer
function M.descriptors()
  local fewest
  for _ = 1, 2 do
    local count = #lines_of("ls /proc/$PPID/fd")
    fewest = math.min(fewest or count, count)
  end
  return fewest
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

-- SPDX-License-Identifier: MIT
-- bin/seam-sandbox as a child of a spec, and ways to run programs against it.

local child = require "support.child"
local files = require "support.files"

local M = {}

--- The guide's own day: its dates lie ahead, and frozen time makes its output the same every time.
M.GUIDE_DAY = "2023-02-08T22:14:00Z"

local methods = {}
local metatable = { __index = methods }

--- Starts a sandbox on a free port.
---@param arguments string|nil further arguments
---@return table server { key =, endpoint = }
function M.start(arguments)
  local process = child.start(("%s bin/seam-sandbox --port 0 --until-stdin-closes %s")
    :format(child.lua(), arguments or ""),
    "export SEAM_API_KEY=(%S+) SEAM_ENDPOINT=(%S+)")
  local key, endpoint = process.captures[1], process.captures[2]
  return setmetatable({ process = process, key = key, endpoint = endpoint }, metatable)
end

--- Runs a Lua program against this sandbox, as its user would.
---@param program string with its arguments
---@return string output standard output and standard error
---@return integer status exit status
function methods:run(program)
  local command = ("unset SEAM_PERSONAL_ACCESS_TOKEN SEAM_WORKSPACE_ID SEAM_API_URL; "
    .. "SEAM_API_KEY=%s SEAM_ENDPOINT=%s %s %s 2>&1; echo \"status $?\"")
    :format(self.key, self.endpoint, child.lua(), program)
  local said = files.output_of(command)
  local output, status = said:match("^(.*)status (%d+)\n$")
  return output, tonumber(status)
end

--- Runs a program without any credentials in the environment.
---@param program string
---@return string output
---@return integer status
function M.run_without_key(program)
  local said = files.output_of(("unset SEAM_API_KEY SEAM_PERSONAL_ACCESS_TOKEN; %s %s 2>&1; echo \"status $?\"")
    :format(child.lua(), program))
  local output, status = said:match("^(.*)status (%d+)\n$")
  return output, tonumber(status)
end

function methods:stop()
  self.process:stop()
end

return M

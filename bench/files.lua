-- SPDX-License-Identifier: MIT
-- Files and commands, for whoever measures.

local M = {}

function M.write(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

---@return string|nil text nil when there is no such file
function M.read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read("*a")
  file:close()
  return text
end

--- What a command prints; nil when it fails.
---@param command string for the shell
---@return string|nil
function M.output(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("*a")
  return pipe:close() and text or nil
end

--- Runs a command that has to succeed.
---@param command string for the shell
function M.run(command)
  local ok, _, status = os.execute(command)
  if not ok then error(("status %s of: %s"):format(status, command), 0) end
end

---@param name string
---@return boolean
function M.has_program(name)
  return M.output("command -v " .. name .. " 2>/dev/null") ~= nil
end

--- A folder of its own.
---@return string path
function M.new_folder()
  return (M.output("mktemp -d /tmp/seam-bench.XXXXXX"):gsub("%s+$", ""))
end

return M

-- SPDX-License-Identifier: MIT
-- Reads and writes whole files, and what a command prints.

local M = {}

local function take_all(source)
  local text = source:read("*a")
  source:close()
  return text
end

---@param path string
---@return string|nil text nil when there is no such file
function M.read(path)
  local file = io.open(path, "rb")
  return file and take_all(file)
end

---@param path string
---@param text string
function M.write(path, text)
  local file = assert(io.open(path, "wb"))
  assert(file:write(text))
  file:close()
end

---@param command string for the shell
---@return string output
function M.output_of(command)
  return take_all(assert(io.popen(command, "r")))
end

return M

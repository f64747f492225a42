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

--- Plain text for plain text, which must stand there exactly once: else a planted bug would be none.
---@param text string
---@param from string
---@param to string
---@return string text
function M.replace_once(text, from, to)
  local first, last = text:find(from, 1, true)
  assert(first, "there is no such place any more: " .. from)
  assert(not text:find(from, last + 1, true), "stands there more than once: " .. from)
  return text:sub(1, first - 1) .. to .. text:sub(last + 1)
end

---@param command string for the shell
---@return string output
function M.output_of(command)
  return take_all(assert(io.popen(command, "r")))
end

--- The checkout, where specs run.
---@return string path
function M.working_folder()
  return (M.output_of("pwd"):gsub("\n$", ""))
end

return M

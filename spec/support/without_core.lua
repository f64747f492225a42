-- SPDX-License-Identifier: MIT
-- Runs Lua in a process of its own where no C module of ours can be loaded, nor lua-cjson where that is asked for:
-- what sandboxed hosts are like. The text after this file's name is the program.

local files = require "support.files"
local child = require "support.child"

local M = {}

local GUARD = [[
local forbidden = { %s }
local searchers = package.searchers or package.loaders
for place, search in ipairs(searchers) do
  searchers[place] = function(name, ...)
    for _, one in ipairs(forbidden) do
      if name == one or name:sub(1, #one + 1) == one .. "." then error("guard: " .. name .. " must not load", 0) end
    end
    return search(name, ...)
  end
end
%s
]]

--- Runs a program.
---@param program string
---@param names string[] modules that cannot be loaded
---@param bare string|nil Lua that runs first, such as "io = nil"
---@return string output
---@return integer status
function M.run(program, names, bare)
  local quoted = {}
  for place, name in ipairs(names) do quoted[place] = ("%q"):format(name) end
  local path = os.tmpname()
  files.write(path, GUARD:format(table.concat(quoted, ", "), bare or "") .. program)
  local said = files.output_of(("%s %s 2>&1; echo \"status $?\""):format(child.lua(), path))
  os.remove(path)
  local output, status = said:match("^(.*)status (%d+)\n$")
  return output, tonumber(status)
end

return M

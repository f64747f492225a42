-- SPDX-License-Identifier: MIT
--- What specs put before the C library of a process: spec/c/*_preload.c, built beside the core.
local planted_core = require "support.planted_core"

local M = {}

local function path_of(name)
  local build = planted_core.build_folder()
  local path = build and ("%s/preload/%s_preload.so"):format(build, name)
  local file = path and io.open(path, "rb")
  if not file then return nil end
  file:close()
  return path
end

--- The environment that puts libraries first, for the shell; nil where one of them was not built.
---@param ... string for example "resolver"
---@return string|nil
function M.environment(...)
  local paths = {}
  for index = 1, select("#", ...) do
    paths[index] = path_of((select(index, ...)))
    if not paths[index] then return nil end
  end
  -- Behind what is there already: a sanitizer wants to be the first.
  return ('LD_PRELOAD="${LD_PRELOAD:+$LD_PRELOAD:}%s"'):format(table.concat(paths, ":"))
end

--- The same for a libcurl that calls itself another version than it is.
---@param version string six hexadecimal digits, for example "075600" for 7.86.0
---@param ... string more libraries
---@return string|nil
function M.libcurl(version, ...)
  local environment = M.environment("version", ...)
  return environment and ("%s SEAM_SPEC_LIBCURL=%s"):format(environment, version)
end

return M

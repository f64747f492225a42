-- SPDX-License-Identifier: MIT
--- What specs put before the C library of a process: spec/c/*_preload.c, built beside the core.
local planted_core = require "support.planted_core"

local M = {}

--- The environment that puts a library first, for the shell; nil where it was not built.
---@param name string for example "resolver"
---@return string|nil
function M.environment(name)
  local build = planted_core.build_folder()
  local path = build and ("%s/preload/%s_preload.so"):format(build, name)
  local file = path and io.open(path, "rb")
  if not file then return nil end
  file:close()
  -- Behind what is there already: a sanitizer wants to be the first.
  return ('LD_PRELOAD="${LD_PRELOAD:+$LD_PRELOAD:}%s"'):format(path)
end

return M

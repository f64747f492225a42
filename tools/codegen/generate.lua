-- SPDX-License-Identifier: MIT
-- Writes lua/seam/api out of model.json and the reviewed tables beside it:
--
--   lua tools/codegen/generate.lua [outdir]

local folder = arg[0]:match("^(.*)[/\\][^/\\]*$") or "."
local root = folder .. "/../.."
package.path = root .. "/?.lua;" .. package.path

local build = require "tools.codegen.build"

local function write(path, text)
  local file = assert(io.open(path, "wb"))
  assert(file:write(text))
  assert(file:close())
end

-- A file that the last run wrote and this one does not is a namespace that is gone.
local function remove_stale(outdir, files)
  local chunk = loadfile(outdir .. "/index.lua")
  for _, namespace in ipairs(chunk and chunk() or {}) do
    local name = namespace:gsub("%.", "/") .. ".lua"
    if not files[name] then os.remove(outdir .. "/" .. name) end
  end
end

local outdir = arg[1] or root .. "/lua/seam/api"
local ok, files = pcall(build.files, folder)
if not ok then
  io.stderr:write(tostring(files), "\n")
  os.exit(1)
end
remove_stale(outdir, files)
local folders = {}
for name, text in pairs(files) do
  local path = outdir .. "/" .. name
  local parent = path:match("^(.*)/")
  if not folders[parent] then
    folders[parent] = true
    os.execute("mkdir -p '" .. parent:gsub("'", "'\\''") .. "'")
  end
  write(path, text)
end

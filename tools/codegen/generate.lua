-- SPDX-License-Identifier: MIT
-- Writes lua/seam/api, types/seam and docs/api out of model.json, resources.json and the reviewed tables
-- beside them:
--
--   lua tools/codegen/generate.lua [outdir]

local folder = arg[0]:match("^(.*)[/\\][^/\\]*$") or "."
local root = folder .. "/../.."
package.path = root .. "/?.lua;" .. package.path

local build = require "tools.codegen.build"
local tree = require "tools.codegen.tree"

local outdir = arg[1] or root
local ok, trees = pcall(build.trees, folder)
if not ok then
  io.stderr:write(tostring(trees), "\n")
  os.exit(1)
end
for name, files in pairs(trees) do tree.write(outdir .. "/" .. name, files) end

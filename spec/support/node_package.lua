-- SPDX-License-Identifier: MIT
-- Whether an npm package that a spec wants is there. tools/test installs it where npm can be reached.

local M = {}

local function exists(path)
  local file = io.open(path, "rb")
  if file then file:close() end
  return file ~= nil
end

---@param folder string with the package.json that names it
---@param package string
---@return boolean
---@return string|nil reason why it is not there
function M.installed(folder, package)
  if exists(folder .. "/node_modules/" .. package .. "/package.json") then return true end
  return false, ("npm package %s is not installed (npm ci in %s; it needs Node and the npm registry)")
    :format(package, folder)
end

return M

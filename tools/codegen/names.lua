-- SPDX-License-Identifier: MIT
-- How the API's words become ours: namespaces out of paths, singulars out of plurals, lookups out of lists.

local names = {}

---Splits "/access_codes/unmanaged/list" into "access_codes.unmanaged" and "list".
---@param path string
---@return string namespace, string endpoint
function names.split(path)
  local folder, endpoint = path:match("^/(.+)/([^/]+)$")
  if not folder then error("The path " .. path .. " has no namespace and endpoint.", 0) end
  return (folder:gsub("/", ".")), endpoint
end

---@param plural string
---@return string
function names.singular(plural)
  if plural:match("ies$") then return (plural:gsub("ies$", "y")) end
  return (plural:gsub("s$", ""))
end

---Makes { [value] = true } of a list; a value that stands twice is an error naming `where`.
---@param list string[]
---@param where string
---@return table<string, boolean>
function names.set(list, where)
  local found = {}
  for _, value in ipairs(list) do
    if found[value] then error(where .. " lists " .. value .. " twice.", 0) end
    found[value] = true
  end
  return found
end

---@param t table<string, any>
---@return string[]
function names.sorted_keys(t)
  local keys = {}
  for key in pairs(t) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

return names

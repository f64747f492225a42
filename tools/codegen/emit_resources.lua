-- SPDX-License-Identifier: MIT
-- Prints the types of what the API answers, one file per resource: a class for the resource, and one
-- for each kind of table in it.

local luacats = require "tools.codegen.luacats"
local names = require "tools.codegen.names"

local emit_resources = {}

local TYPES = {
  string = "string", datetime = "string", number = "number", integer = "integer", boolean = "boolean",
  record = "table<string, any>", any = "any",
}

local add_class

local function type_of(shape, class, parts)
  if shape.type == "resource" then return "seam." .. shape.name end
  if shape.type == "list" then return luacats.list(type_of(shape.item, class, parts)) end
  if shape.type == "object" then
    add_class(class, shape.fields, parts)
    return class
  elseif shape.values then
    -- The API adds values at any time: others must not be called wrong.
    local lines = { "---@alias " .. class .. " string" }
    for _, value in ipairs(shape.values) do lines[#lines + 1] = ("---| %q"):format(value) end
    parts[#parts + 1] = table.concat(lines, "\n")
    return class
  end
  return TYPES[shape.type] or error("no LuaCATS type for " .. tostring(shape.type), 0)
end

function add_class(class, fields, parts)
  local lines = {}
  for _, name in ipairs(names.sorted_keys(fields)) do
    local shape = fields[name]
    local remark = shape.type == "datetime" and "ISO 8601" or nil
    lines[#lines + 1] = luacats.field(name, shape.optional or false,
      type_of(shape, class .. "." .. name, parts), remark)
  end
  parts[#parts + 1] = luacats.class(class, lines)
end

---@param version string version of the Seam API types
---@param resources table<string, table> of resources.json
---@return table<string, string> texts by file name below types/seam
function emit_resources.files(version, resources)
  local files = {}
  for name, fields in pairs(resources) do
    local parts = {}
    add_class("seam." .. name, fields, parts)
    files["resources/" .. name .. ".lua"] = luacats.file(version, parts)
  end
  return files
end

return emit_resources

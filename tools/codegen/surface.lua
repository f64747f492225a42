-- SPDX-License-Identifier: MIT
-- What programmers can call, as plain tables: every namespace with its endpoints, what each takes and
-- what it returns. The types and the pages of docs/api are both printed from it.

local names = require "tools.codegen.names"

local surface = {}

---@class codegen.Param
---@field name string the API's own name
---@field spec table as in rows
---@field shape table the same as in model.json
---@field nullable boolean
---@field deprecated boolean
---@field short string|nil the name that stands for it, too: `x` for `x_id`, `xs` for `x_ids`

---@class codegen.Endpoint
---@field name string
---@field row table
---@field deprecated boolean
---@field params codegen.Param[] required ones first, then by name
---@field value string the resource it returns, or "true"
---@field is_list boolean
---@field extra "pagination"|"action_attempt"|nil what it returns beside
---@field needs_params boolean
---@field main string|nil the parameter that a bare string or resource may stand for
---@field owners string[] the other parameters that a resource of their own kind may stand for
---@field owner_kinds string[] those resources

---The name that may be written for an id's, by the rules of seam.params.
---@param name string
---@return string|nil
function surface.short_name(name)
  local one = name:match("^(.+)_id$")
  if one then return one end
  local many = name:match("^(.+)_ids$")
  if not many then return nil end
  return many:match("y$") and many:gsub("y$", "ies") or many .. "s"
end

---A spec tree's fields as parameters.
---@param specs table<string, table>
---@param shapes table[] the same as in model.json
---@return codegen.Param[]
function surface.params(specs, shapes)
  local shape_of, list = {}, {}
  for _, shape in ipairs(shapes) do shape_of[shape.name] = shape end
  for _, name in ipairs(names.sorted_keys(specs)) do
    local shape = shape_of[name]
    list[#list + 1] = { name = name, spec = specs[name], shape = shape, short = surface.short_name(name),
      nullable = shape.nullable or false, deprecated = shape.deprecated or false }
  end
  table.sort(list, function(a, b)
    local first, second = a.spec.required or false, b.spec.required or false
    if first ~= second then return first end
    return a.name < b.name
  end)
  return list
end

-- Whether naming this parameter alone is a complete call.
local function is_enough(params, name)
  for _, param in ipairs(params) do
    if param.spec.required and param.name ~= name then return false end
  end
  return true
end

local function owners_of(params, row, resources)
  local owners, kinds = {}, {}
  for _, param in ipairs(params) do
    local kind = param.name ~= row.main_id and param.spec.type == "string" and param.name:match("^(.+)_id$")
    if kind and resources[kind] and is_enough(params, param.name) then
      owners[#owners + 1], kinds[#kinds + 1] = param.name, kind
      if resources["unmanaged_" .. kind] then kinds[#kinds + 1] = "unmanaged_" .. kind end
    end
  end
  return owners, kinds
end

local function value_of(row, response)
  if not row.resource then return "true" end
  -- The review knows better where it changed more than the word for an unmanaged thing.
  return response.resource == "unmanaged_" .. row.resource and response.resource or row.resource
end

local function needs_params(row)
  if row.needs_any then return true end
  for _, spec in pairs(row.params) do
    if spec.required then return true end
  end
  return false
end

local function endpoint_of(name, row, shape, facts)
  local params = surface.params(row.params, shape.params)
  local response = type(shape.response) == "table" and shape.response or {}
  local owners, owner_kinds = owners_of(params, row, facts.resources)
  return {
    name = name, row = row, params = params, deprecated = shape.deprecated or false,
    value = value_of(row, response), is_list = response.list or false,
    extra = row.paginated and "pagination" or facts.is_beside[row.path] and "action_attempt" or nil,
    needs_params = needs_params(row),
    main = row.main_id and is_enough(params, row.main_id) and row.main_id or nil,
    owners = owners, owner_kinds = owner_kinds,
  }
end

-- Every namespace that is walked through, also those without an endpoint of their own.
local function all_names(namespaces)
  local all = {}
  for full_name in pairs(namespaces) do
    while full_name do
      all[full_name] = true
      full_name = full_name:match("^(.+)%.[^.]+$")
    end
  end
  return names.sorted_keys(all)
end

---@param model table model.json, decoded
---@param namespaces table<string, table<string, table>> rows by namespace and endpoint
---@param resources table resources.json, decoded
---@return table[] namespaces { name =, children = string[], endpoints = codegen.Endpoint[] }, sorted
function surface.build(model, namespaces, resources)
  local shape_of, list = {}, {}
  for _, shape in ipairs(model.endpoints) do shape_of[shape.path] = shape end
  local facts = { resources = resources.resources,
    is_beside = names.set(resources.action_attempt_beside, "resources.json") }
  local all = all_names(namespaces)
  for _, full_name in ipairs(all) do
    local children, endpoints, rows = {}, {}, namespaces[full_name] or {}
    for _, other in ipairs(all) do
      if other:match("^(.+)%.[^.]+$") == full_name then children[#children + 1] = other:match("[^.]+$") end
    end
    for _, name in ipairs(names.sorted_keys(rows)) do
      endpoints[#endpoints + 1] = endpoint_of(name, rows[name], shape_of[rows[name].path], facts)
    end
    list[#list + 1] = { name = full_name, children = children, endpoints = endpoints }
  end
  return list
end

return surface

-- SPDX-License-Identifier: MIT
-- Prints the types of everything that can be called: one file per namespace, one with the roots of the
-- two faces, one with what stands for an id.

local luacats = require "tools.codegen.luacats"
local names = require "tools.codegen.names"

local emit_types = {}

local function params_type(endpoint, class)
  local texts = { endpoint.main and luacats.id(endpoint.main:gsub("_ids$", "_id")) }
  for _, kind in ipairs(endpoint.owner_kinds) do texts[#texts + 1] = "seam." .. kind end
  texts[#texts + 1] = class
  return table.concat(texts, "|")
end

-- The safe face returns nil and the error instead of raising it.
local function returns_of(endpoint, is_safe)
  local value = endpoint.value == "true" and "true" or "seam." .. endpoint.value
  if endpoint.is_list then value = luacats.list(value) end
  local extra = endpoint.extra and "seam." .. endpoint.extra
  -- Not every answer has the attempt.
  if endpoint.extra == "action_attempt" then extra = extra .. "|nil" end
  if not is_safe then return value .. (extra and ", " .. extra or "") end
  return value .. "|nil, " .. (extra and extra:gsub("|nil$", "") .. "|" or "") .. "seam.Error|nil"
end

local function remark_of(endpoint)
  local row = endpoint.row
  local words = { row.method .. " " .. row.path }
  words[#words + 1] = row.reads and "reads" or nil
  words[#words + 1] = row.moves_door and "moves a door" or nil
  words[#words + 1] = row.waits and "waits" or nil
  words[#words + 1] = row.paginated and "paginated" or nil
  words[#words + 1] = row.needs_any and "wants at least one parameter" or nil
  words[#words + 1] = endpoint.deprecated and "deprecated" or nil
  return "--- " .. table.concat(words, ", ")
end

local function method_line(namespace, endpoint, is_safe)
  return luacats.field(endpoint.name, false, ("fun(params%s: %s, options?: seam.CallOptions): %s"):format(
    endpoint.needs_params and "" or "?",
    params_type(endpoint, "seam.params." .. namespace.name .. "." .. endpoint.name),
    returns_of(endpoint, is_safe)))
end

local function namespace_class(namespace, prefix, is_safe)
  local lines = {}
  for _, endpoint in ipairs(namespace.endpoints) do
    lines[#lines + 1] = remark_of(endpoint)
    lines[#lines + 1] = method_line(namespace, endpoint, is_safe)
  end
  for _, child in ipairs(namespace.children) do
    lines[#lines + 1] = luacats.field(child, false, prefix .. namespace.name .. "." .. child)
  end
  return luacats.class(prefix .. namespace.name, lines)
end

local function namespace_parts(namespace)
  local parts = {}
  for _, endpoint in ipairs(namespace.endpoints) do
    luacats.params_class("seam.params." .. namespace.name .. "." .. endpoint.name, endpoint.params, parts)
  end
  parts[#parts + 1] = namespace_class(namespace, "seam.api.", false)
  parts[#parts + 1] = namespace_class(namespace, "seam.safe.api.", true)
  return parts
end

local function roots_class(namespaces, class, prefix)
  local lines = {}
  for _, namespace in ipairs(namespaces) do
    if not namespace.name:find(".", 1, true) then
      lines[#lines + 1] = luacats.field(namespace.name, false, prefix .. namespace.name)
    end
  end
  return luacats.class(class, lines)
end

local collect_ids

local function collect_spec(name, spec, found)
  if spec.type == "list" then return collect_spec(name:gsub("_ids$", "_id"), spec.item, found) end
  if spec.type == "object" then return collect_ids(spec.fields, found) end
  if spec.type == "string" and name:match("_id$") then found[name] = true end
end

function collect_ids(specs, found)
  for name, spec in pairs(specs) do collect_spec(name, spec, found) end
end

-- As seam.resource sees it: what carries the id under its name, or is a thing that the name ends in.
local function id_alias(name, resources)
  local texts = { "string" }
  for _, kind in ipairs(names.sorted_keys(resources)) do
    local own = kind:gsub("^unmanaged_", "") .. "_id"
    if name:sub(-#own) == own then texts[#texts + 1] = "seam." .. kind end
  end
  texts[#texts + 1] = "{ " .. name .. ": string }"
  return ("---@alias %s %s"):format(luacats.id(name), table.concat(texts, "|"))
end

local function ids(namespaces, resources)
  local found, lines = {}, {}
  for _, namespace in ipairs(namespaces) do
    for _, endpoint in ipairs(namespace.endpoints) do collect_ids(endpoint.row.params, found) end
  end
  for _, name in ipairs(names.sorted_keys(found)) do lines[#lines + 1] = id_alias(name, resources) end
  return { table.concat(lines, "\n") }
end

---@param version string version of the Seam API types
---@param namespaces table[] as surface.build makes them
---@param resources table<string, table> of resources.json
---@return table<string, string> texts by file name below types/seam
function emit_types.files(version, namespaces, resources)
  local files = {
    ["namespaces.lua"] = luacats.file(version, {
      roots_class(namespaces, "seam.Namespaces", "seam.api."),
      roots_class(namespaces, "seam.safe.Namespaces", "seam.safe.api."),
    }),
    ["ids.lua"] = luacats.file(version, ids(namespaces, resources)),
  }
  for _, namespace in ipairs(namespaces) do
    files["api/" .. namespace.name .. ".lua"] = luacats.file(version, namespace_parts(namespace))
  end
  return files
end

return emit_types

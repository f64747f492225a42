-- SPDX-License-Identifier: MIT
-- Holds a decoded answer against the schemas of spec/support/schemas.json (see tools/codegen).
-- Bodies come from plain cjson: null is cjson.null, and an empty table may be a list or an object.

local cjson = require "cjson"

local M = {}

local check

-- In order of their names, so the same body always fails with the same message.
local function sorted_keys(t)
  local keys = {}
  for key in pairs(t or {}) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  return keys
end

local function is_tag(schema)
  return schema.enum and #schema.enum == 1
end

local function kind_of(value)
  if value == nil then return "nothing" end
  if value == cjson.null then return "null" end
  if type(value) ~= "table" then return type(value) end
  if next(value) == nil then return "empty" end
  return value[1] ~= nil and "array" or "object"
end

local function show(value)
  local kind = kind_of(value)
  if kind == "string" then
    return ("%q"):format(#value > 60 and value:sub(1, 57) .. "..." or value)
  elseif kind == "number" or kind == "boolean" then
    return tostring(value)
  elseif kind == "empty" then
    return "an empty table"
  end
  return kind
end

local function show_choices(values)
  local shown, seen, more = {}, {}, 0
  for _, value in ipairs(values) do
    if not seen[value] then
      if #shown < 5 then shown[#shown + 1] = show(value) else more = more + 1 end
    end
    seen[value] = true
  end
  if more > 0 then shown[#shown + 1] = ("%d more"):format(more) end
  return table.concat(shown, " or ")
end

local function failure(where, expected, value)
  return { where = where, expected = expected, value = value }
end

local function below(where, key)
  if type(key) == "number" then return ("%s[%d]"):format(where, key) end
  return where == "" and key or where .. "." .. key
end

local function resolve(schemas, schema)
  while schema["$ref"] do
    schema = schemas[schema["$ref"]] or error("There is no schema named " .. schema["$ref"] .. ".", 0)
  end
  return schema
end

local function fits_type(wanted, value)
  local kind = kind_of(value)
  if wanted == "integer" then return kind == "number" and value % 1 == 0 end
  if kind == "empty" then return wanted == "array" or wanted == "object" end
  return kind == wanted
end

local formats = {
  uuid = function(text)
    local hex = text:gsub("%x", "h")
    return hex == "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh"
  end,
  ["date-time"] = function(text)
    local zone = text:match("^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d%.?%d*(.+)$")
    return zone ~= nil and (zone == "Z" or zone:match("^[+-]%d%d:%d%d$") ~= nil)
  end,
}

local function check_scalar(schema, value, where)
  if schema.type and not fits_type(schema.type, value) then
    return failure(where, schema.format or schema.type, value)
  end
  if schema.enum then
    local found = false
    for _, allowed in ipairs(schema.enum) do found = found or allowed == value end
    if not found then return failure(where, show_choices(schema.enum), value) end
  end
  if type(value) == "string" and formats[schema.format] and not formats[schema.format](value) then
    return failure(where, schema.format, value)
  end
end

-- The names an object may have: its own, and those of every schema it is composed of.
local function known_names(ctx, schema, known)
  schema = resolve(ctx.schemas, schema)
  for name in pairs(schema.properties or {}) do known[name] = true end
  for _, keyword in ipairs { "allOf", "anyOf", "oneOf" } do
    for _, part in ipairs(schema[keyword] or {}) do known_names(ctx, part, known) end
  end
  return known
end

-- `is_part`: the schema describes only a part of the value, so the whole has to say what is extra.
local function check_extra(ctx, schema, value, where, is_part)
  local extra = schema.additionalProperties
  local is_whole = (schema.properties or schema.allOf) and not is_part
  local closed = extra == false or extra == nil and ctx.closed and is_whole
  if not closed and type(extra) ~= "table" then return end
  local known = known_names(ctx, schema, {})
  for _, name in ipairs(sorted_keys(value)) do
    if not known[name] then
      if closed then return failure(below(where, tostring(name)), "no such property", value[name]) end
      local bad = check(ctx, extra, value[name], below(where, name))
      if bad then return bad end
    end
  end
end

local function check_object(ctx, schema, value, where, is_part)
  for _, name in ipairs(schema.required or {}) do
    if value[name] == nil then
      local part = schema.properties and schema.properties[name]
      local wanted = part and resolve(ctx.schemas, part).type or "value"
      return failure(below(where, name), ("a required %s"):format(wanted), nil)
    end
  end
  for _, name in ipairs(sorted_keys(schema.properties)) do
    if value[name] ~= nil then
      local bad = check(ctx, schema.properties[name], value[name], below(where, name))
      if bad then return bad end
    end
  end
  return check_extra(ctx, schema, value, where, is_part)
end

local function check_items(ctx, schema, value, where)
  for i, item in ipairs(value) do
    local bad = check(ctx, schema.items, item, below(where, i))
    if bad then return bad end
  end
end

-- A tag: a property for which each of these branches allows one value only.
local function find_tag(branches, used)
  for _, name in ipairs(sorted_keys(branches[1].properties)) do
    local in_all = not used[name] and is_tag(branches[1].properties[name])
    for _, branch in ipairs(branches) do
      local other = branch.properties and branch.properties[name]
      in_all = in_all and other and is_tag(other)
    end
    if in_all then return name end
  end
end

-- Leaves the branches that the tags of `value` point at, so a message speaks of the kind that was meant.
local function narrow(branches, value, where)
  local used = {}
  local tag = find_tag(branches, used)
  while tag do
    used[tag] = true
    local same, allowed = {}, {}
    for _, branch in ipairs(branches) do
      local only = branch.properties[tag].enum[1]
      allowed[#allowed + 1] = only
      if value[tag] == only then same[#same + 1] = branch end
    end
    if #same == 0 then return nil, failure(below(where, tag), show_choices(allowed), value[tag]) end
    branches = same
    tag = find_tag(branches, used)
  end
  return branches
end

-- Several branches may match: the documents' unions overlap, so one that fits is enough.
local function check_union(ctx, parts, value, where, is_part)
  local branches = {}
  for i, part in ipairs(parts) do branches[i] = resolve(ctx.schemas, part) end
  if kind_of(value) == "object" then
    local narrowed, bad = narrow(branches, value, where)
    if bad then return bad end
    branches = narrowed
  end
  local deepest
  local wanted = {}
  for _, branch in ipairs(branches) do
    local bad = check(ctx, branch, value, where, is_part)
    if not bad then return end
    if bad.where == where then wanted[#wanted + 1] = bad.expected end
    if not deepest or #bad.where > #deepest.where then deepest = bad end
  end
  if #wanted == #branches then return failure(where, table.concat(wanted, " or "), value) end
  return deepest
end

-- A schema that says nothing but "nullable" is how the documents write null itself.
local function is_null_only(schema)
  return schema.nullable and not (schema.type or schema.enum or schema.oneOf or schema.anyOf or schema.allOf)
end

function check(ctx, schema, value, where, is_part)
  schema = resolve(ctx.schemas, schema)
  if value == cjson.null and schema.nullable then return end
  if is_null_only(schema) then return failure(where, "null", value) end
  local bad = check_scalar(schema, value, where)
  for _, part in ipairs(schema.allOf or {}) do
    bad = bad or check(ctx, part, value, where, true)
  end
  for _, keyword in ipairs { "oneOf", "anyOf" } do
    local shares = is_part or schema.properties ~= nil or schema.allOf ~= nil
    if schema[keyword] then bad = bad or check_union(ctx, schema[keyword], value, where, shares) end
  end
  if bad or type(value) ~= "table" then return bad end
  if schema.items then return check_items(ctx, schema, value, where) end
  return check_object(ctx, schema, value, where, is_part)
end

---Reads spec/support/schemas.json.
---@return table
function M.load()
  local here = debug.getinfo(1, "S").source:match("^@(.*)schema_check%.lua$") or "spec/support/"
  local file = assert(io.open(here .. "schemas.json", "rb"))
  local text = file:read("*a")
  file:close()
  return cjson.new().decode(text)
end

---Checks the body an endpoint answered.
---The documents close no object, so extra properties pass unless `options.closed` asks for more: then
---an object may have only the properties that its schema names (records with free keys aside).
---@param schemas table as M.load() gives
---@param path string as in "/locks/list"
---@param body any decoded by plain cjson
---@param options table|nil { closed = true }
---@return true|nil ok
---@return string|nil message "devices[1].device_id: expected uuid, got 5"
function M.check(schemas, path, body, options)
  local schema = schemas.paths[path]
  if not schema then return nil, path .. ": expected an endpoint that has a schema, got none" end
  local ctx = { schemas = schemas.schemas, closed = options and options.closed }
  local bad = check(ctx, schema, body, "")
  if not bad then return true end
  local where = bad.where == "" and "body" or bad.where
  return nil, ("%s: expected %s, got %s"):format(where, bad.expected, show(bad.value))
end

return M

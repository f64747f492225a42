-- SPDX-License-Identifier: MIT
-- Turns the parameters of model.json into the spec trees that rows carry: {type, required, item, fields}.

local names = require "tools.codegen.names"

local params = {}

local types = {
  string = "string",
  id = "string",
  enum = "string", -- which values are allowed is the server's business
  number = "number",
  boolean = "boolean",
  datetime = "time",
  record = "record",
}

local function sounds_like_a_time(name, review)
  for _, pattern in ipairs(review.sounds_like_a_time) do
    if name:match(pattern) then return true end
  end
  return false
end

-- Only plain text is looked up: an id or an enum is never a moment, whatever its name.
local function type_of(format, name, where, review)
  if format ~= "string" then
    return types[format] or error(where .. " has the unknown format " .. tostring(format) .. ".", 0)
  end
  if names.set(review.times, "times.lua")[name] then return "time" end
  if names.set(review.texts, "times.lua")[name] then return "string" end
  if sounds_like_a_time(name, review) then
    error(where .. " sounds like a time: settle " .. name .. " in tools/codegen/review/times.lua.", 0)
  end
  return "string"
end

-- What is required inside an object is left to the server: the facts name required parameters only.
local function spec_of(shape, name, where, review)
  if shape.format == "object" then
    return { type = "object", fields = params.build(shape.fields, where, review) }
  elseif shape.format == "list" then
    return { type = "list", item = spec_of(shape.item, name, where, review) }
  end
  return { type = type_of(shape.format, name, where, review) }
end

---@param list table[] parameters as in model.json
---@param where string path of the endpoint or field they belong to, for messages
---@param review table tools/codegen/review/times.lua
---@return table<string, table>
function params.build(list, where, review)
  local built = {}
  for _, param in ipairs(list) do
    local spec = spec_of(param, param.name, where .. "." .. param.name, review)
    spec.required = param.required
    built[param.name] = spec
  end
  return built
end

return params

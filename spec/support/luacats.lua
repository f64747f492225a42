-- SPDX-License-Identifier: MIT
-- Reads files of LuaCATS annotations, line by line, and knows what they declare. Raises at any line that
-- is not one of the few kinds that types/ is made of.

local files = require "support.files"
local read_type = require("support.luacats_type").read
local tree = require "tools.codegen.tree"

local M = {}

---@class luacats.Declarations
---@field classes table<string, { parents: string[], fields: table, methods: table }>
---@field aliases table<string, table[]> the alternatives
---@field used table<string, boolean> every type that is mentioned

local function declare(state, kind, name, value)
  assert(not state.found.classes[name] and not state.found.aliases[name], name .. " is declared twice")
  state.found[kind][name] = value
  state.class, state.alias = kind == "classes" and value or nil, kind == "aliases" and value or nil
end

local function take_type(state, text)
  return (read_type(text, state.found.used))
end

local TAGS = {}

function TAGS.meta(state, text)
  assert(text == "_", "a file of types is no module: ---@meta _")
  state.is_meta = true
end

function TAGS.class(state, text)
  local name, parents = text:match("^([%w_.]+)$"), {}
  if not name then
    local list
    name, list = text:match("^([%w_.]+): ([%w_., ]+)$")
    assert(name, "this is no class")
    for parent in list:gmatch("[^, ]+") do
      parents[#parents + 1], state.found.used[parent] = parent, true
    end
  end
  declare(state, "classes", name, { parents = parents, fields = {}, methods = {} })
end

function TAGS.field(state, text)
  assert(state.class, "a field without a class above it")
  local name, optional, rest = text:match("^([%a_][%w_]*)(%??) (.+)$")
  assert(name, "this is no field")
  assert(not state.class.fields[name], name .. " is declared twice")
  state.class.fields[name] = { optional = optional == "?", type = take_type(state, rest) }
end

function TAGS.alias(state, text)
  local name, rest = text:match("^([%w_.]+)%s*(.*)$")
  declare(state, "aliases", name, { rest ~= "" and take_type(state, rest) or nil })
end

function TAGS.param(state, text)
  local name, optional, rest = text:match("^([%a_][%w_]*)(%??) (.+)$")
  assert(name, "this is no parameter")
  state.params[#state.params + 1] = { name = name, optional = optional == "?", type = take_type(state, rest) }
end

TAGS["return"] = function(state, text)
  state.returns[#state.returns + 1] = take_type(state, text)
end

function TAGS.overload(state, text)
  local overload = take_type(state, text)
  assert(overload.kind == "function", "an overload is a function")
  state.overload = overload
end

local function new_function(state)
  state.params, state.returns, state.overload = {}, {}, nil
end

-- The names of a method's comments and of its head are the same; the overload has them too.
local function take_method(state, name, arguments)
  local names, others = {}, {}
  for i, param in ipairs(state.params) do names[i] = param.name end
  assert(table.concat(names, ", ") == arguments, name .. " takes " .. arguments)
  for i, argument in ipairs(state.overload.arguments) do others[i] = argument.name end
  assert(table.concat(others, ", ") == arguments, "the overload of " .. name .. " takes something else")
  assert(#state.overload.returns == #state.returns, "the overload of " .. name .. " returns something else")
  state.body_class.methods[name] = { params = state.params, returns = state.returns }
  new_function(state)
end

local function take_line(state, line)
  local tag, text = line:match("^%-%-%-@(%a+) ?(.*)$")
  if tag then return (TAGS[tag] or error("unknown tag " .. tag, 0))(state, text) end
  local value = line:match("^%-%-%-| (.+)$")
  if value then
    assert(state.alias, "a value without an alias above it")
    state.alias[#state.alias + 1] = take_type(state, value)
  elseif line == "" then
    state.class, state.alias = nil, nil
  elseif line:match("^local %a+ = {}$") then
    state.body_class = assert(state.class, "a table without a class above it")
  elseif not line:match("^%-%-") then
    local name, arguments = line:match("^function %a+:([%a_]+)%(([%w_, ]*)%) end$")
    take_method(state, assert(name, "this is no line of types"), arguments)
  end
end

---@return luacats.Declarations
function M.new()
  return { classes = {}, aliases = {}, used = {} }
end

--- Reads a text of annotations; raises at the first line that is none.
---@param text string
---@param where string for messages
---@param found luacats.Declarations gets what the text declares
function M.read_text(text, where, found)
  local state, number = { found = found }, 0
  new_function(state)
  for line in (text .. "\n"):gmatch("(.-)\n") do
    number = number + 1
    local ok, problem = pcall(take_line, state, line)
    if not ok then error(("%s:%d: %s: %s"):format(where, number, line, tostring(problem)), 0) end
  end
  if not state.is_meta then error(where .. " lacks ---@meta _: it would be run as a module", 0) end
end

--- Everything that the files below a folder declare.
---@param folder string
---@return luacats.Declarations
---@return string[] paths of the files, sorted
function M.read(folder)
  local found, paths = M.new(), {}
  for name in pairs(tree.list(folder)) do paths[#paths + 1] = folder .. "/" .. name end
  table.sort(paths)
  for _, path in ipairs(paths) do M.read_text(files.read(path), path, found) end
  return found, paths
end

--- The classes that the modules of a folder declare for themselves.
---@param folder string
---@return table<string, boolean>
function M.class_names(folder)
  local names = {}
  for name in pairs(tree.list(folder)) do
    for class in files.read(folder .. "/" .. name):gmatch("%-%-%-@class ([%w_.]+)") do names[class] = true end
  end
  return names
end

return M

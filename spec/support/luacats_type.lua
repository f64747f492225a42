-- SPDX-License-Identifier: MIT
-- Reads a type of LuaCATS, the annotations of lua-language-server: as much of its grammar as types/ uses.
--   type    = suffixed {"|" suffixed}
--   suffixed = primary {"[]" | "?"}
--   primary = name ["<" type {"," type} ">"] | literal | "(" type ")" | table | function

local M = {}

local parse_union

local function fail(state, wanted)
  error(("expected %s at %q in %q"):format(wanted, state.text:sub(state.at, state.at + 20), state.text), 0)
end

local function skip_space(state)
  state.at = state.text:find("%S", state.at) or #state.text + 1
end

--- Whether plain text stands next; takes it, and the space before it.
local function take(state, plain)
  local at = state.text:find("%S", state.at) or state.at
  if state.text:sub(at, at + #plain - 1) ~= plain then return false end
  state.at = at + #plain
  return true
end

local function need(state, plain)
  if not take(state, plain) then fail(state, plain) end
end

local function take_match(state, pattern)
  skip_space(state)
  local found = state.text:match("^" .. pattern, state.at)
  if found then state.at = state.at + #found end
  return found
end

local function parse_list(state, stop)
  local list = {}
  repeat list[#list + 1] = parse_union(state) until not take(state, ",")
  if stop then need(state, stop) end
  return list
end

local function parse_arguments(state)
  local arguments = {}
  if take(state, ")") then return arguments end
  repeat
    local name = take_match(state, "%.%.%.") or take_match(state, "[%a_][%w_]*") or fail(state, "an argument")
    local optional = take(state, "?")
    need(state, ":")
    arguments[#arguments + 1] = { name = name, optional = optional, type = parse_union(state) }
  until not take(state, ",")
  need(state, ")")
  return arguments
end

local function parse_function(state)
  local arguments = parse_arguments(state)
  return { kind = "function", arguments = arguments, returns = take(state, ":") and parse_list(state) or {} }
end

local function parse_table(state)
  local fields = {}
  repeat
    local name = take_match(state, "[%a_][%w_]*") or fail(state, "a field")
    need(state, ":")
    fields[name] = parse_union(state)
  until not take(state, ",")
  need(state, "}")
  return { kind = "table", fields = fields }
end

local function parse_name(state, name)
  state.used[name] = true
  if state.text:sub(state.at, state.at) ~= "<" then return { kind = "name", name = name } end
  state.at = state.at + 1
  return { kind = "name", name = name, of = parse_list(state, ">") }
end

local function parse_primary(state)
  if take_match(state, "fun%(") then return parse_function(state) end
  if take(state, "{") then return parse_table(state) end
  if take(state, "(") then
    local inner = parse_union(state)
    need(state, ")")
    return inner
  end
  local literal = take_match(state, '"[^"]*"')
  if literal then return { kind = "literal", text = literal } end
  local name = take_match(state, "[%a_][%w_]*") or fail(state, "a type")
  while state.text:find("^%.[%a_]", state.at) do
    state.at = state.at + 1
    name = name .. "." .. take_match(state, "[%w_]+")
  end
  return parse_name(state, name)
end

local function parse_suffixed(state)
  local found = parse_primary(state)
  while true do
    if state.text:sub(state.at, state.at + 1) == "[]" then
      state.at, found = state.at + 2, { kind = "list", item = found }
    elseif state.text:sub(state.at, state.at) == "?" then
      state.at, found = state.at + 1, { kind = "union", found, { kind = "name", name = "nil" } }
    else
      return found
    end
  end
end

function parse_union(state)
  local first = parse_suffixed(state)
  if not take(state, "|") then return first end
  local union = { kind = "union", first }
  repeat union[#union + 1] = parse_suffixed(state) until not take(state, "|")
  return union
end

--- Reads the type at the beginning of a text; raises where there is none.
---@param text string
---@param used table<string, any> gets the names that the type mentions
---@return table type { kind = "name" | "literal" | "list" | "union" | "table" | "function", ... }
---@return string rest what follows, without the space before it
function M.read(text, used)
  local state = { text = text, at = 1, used = used }
  local found = parse_union(state)
  local rest = text:sub(state.at)
  if rest:find("^%S") then fail(state, "the end of the type, or a space") end
  rest = rest:match("^%s*(.*)$")
  -- A remark begins with a word; a sign would be a piece of a type that was not understood.
  if rest:find("^[^%w\"]") then fail(state, "a remark") end
  return found, rest
end

--- The names of a type's alternatives, and of the items of lists among them.
---@param found table
---@return table<string, boolean>
function M.names(found)
  local names = {}
  local function collect(part)
    if part.kind == "name" then names[part.name] = true end
    if part.kind == "list" then collect(part.item) end
    for _, inner in ipairs(part) do collect(inner) end
  end
  collect(found)
  return names
end

return M

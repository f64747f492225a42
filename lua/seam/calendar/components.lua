-- SPDX-License-Identifier: MIT
-- The text of an iCalendar stream (RFC 5545) as a tree of components. What is not whole is refused: a booking that
-- goes missing would cost a guest the key.

local M = {}

---@class seam.calendar.Component
---@field name string upper case
---@field line integer where it begins
---@field properties table<string, table[]> by upper-case name: { value =, params =, line = }
---@field children seam.calendar.Component[]

--- The lines of a text with folded ones joined, each with the number of its first.
local function unfolded(text)
  local lines, number = {}, 0
  text = text:gsub("^\239\187\191", ""):gsub("\r\n", "\n"):gsub("\r", "\n")
  for raw in (text .. "\n"):gmatch("(.-)\n") do
    number = number + 1
    local last = lines[#lines]
    if raw:find("^[ \t]") and last then
      last.pieces[#last.pieces + 1] = raw:sub(2)
    else
      lines[#lines + 1] = { pieces = { raw }, line = number }
    end
  end
  return lines
end

--- One parameter from the front of `rest`, which begins with its semicolon.
local function parameter(rest)
  local name, after = rest:match("^;([%w-]+)=(.*)$")
  if not name then return nil end
  local value, remainder = after:match('^"([^"]*)"(.*)$')
  if not value then value, remainder = after:match('^([^";:,]*)(.*)$') end
  -- Of several values the first one is enough for what is read here.
  while remainder:sub(1, 1) == "," do
    remainder = remainder:match('^,"[^"]*"(.*)$') or remainder:match('^,[^";:,]*(.*)$')
    if not remainder then return nil end
  end
  return name:upper(), value, remainder
end

local function content_line(text)
  local name, rest = text:match("^([%w-]+)([;:].*)$")
  if not name then return nil end
  local params = {}
  while rest:sub(1, 1) == ";" do
    local key, value, remainder = parameter(rest)
    if not key then return nil end
    params[key], rest = value, remainder
  end
  if rest:sub(1, 1) ~= ":" then return nil end
  return name:upper(), params, rest:sub(2)
end

local function new_component(name, line)
  return { name = name, line = line, properties = {}, children = {} }
end

local function add_property(component, name, property)
  local list = component.properties[name] or {}
  component.properties[name] = list
  list[#list + 1] = property
end

--- Puts one content line where it belongs; nil and a reason where it belongs nowhere.
local function place(stack, name, params, value, line)
  local top = stack[#stack]
  if name == "BEGIN" then
    local component = new_component(value:upper(), line)
    if #stack == 1 and component.name ~= "VCALENDAR" then return nil, "it begins with no VCALENDAR" end
    top.children[#top.children + 1] = component
    stack[#stack + 1] = component
  elseif name == "END" then
    if #stack == 1 or top.name ~= value:upper() then return nil, "END:" .. value:sub(1, 40) .. " ends nothing" end
    stack[#stack] = nil
  elseif #stack == 1 then
    return nil, "it stands outside of a calendar"
  else
    add_property(top, name, { value = value, params = params, line = line })
  end
  return true
end

--- Reads a stream.
---@param text string
---@return seam.calendar.Component[]|nil calendars
---@return string|nil reason
---@return integer|nil line
function M.read(text)
  local root = new_component("", 0)
  local stack, last = { root }, 0
  for _, item in ipairs(unfolded(text)) do
    local joined = table.concat(item.pieces)
    if joined:find("%S") then
      local name, params, value = content_line(joined)
      if not name then return nil, "it is no line of an iCalendar file", item.line end
      local ok, reason = place(stack, name, params, value:gsub("[ \t]+$", ""), item.line)
      if not ok then return nil, reason, item.line end
      last = item.line
    end
  end
  if #stack > 1 then return nil, stack[#stack].name .. " has no end: the file is cut off", last end
  if #root.children == 0 then return nil, "there is no VCALENDAR in it", 1 end
  return root.children
end

local ESCAPES = { n = "\n", N = "\n" }

--- The text behind the escapes of a TEXT value.
---@param value string
---@return string
function M.text(value)
  return (value:gsub("\\(.)", function(byte) return ESCAPES[byte] or byte end))
end

--- The first property of a name.
---@param component seam.calendar.Component
---@param name string upper case
---@return table|nil property
function M.first(component, name)
  local list = component.properties[name]
  return list and list[1]
end

return M

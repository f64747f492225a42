-- SPDX-License-Identifier: MIT
-- Reads markup as strictly as XML wants it: every element closed in order, every attribute quoted and there once,
-- every & and < of a text escaped.

local M = {}

local ENTITIES = { amp = "&", lt = "<", gt = ">", quot = '"', ["#39"] = "'" }

local function fail(place, reason)
  error(("markup is not well-formed at byte %d: %s"):format(place, reason), 0)
end

local function text_of(source, place)
  if source:find("[<>]") then fail(place, "a bare < or > in " .. source) end
  local rest = source:gsub("&([#%w]+);", function(name)
    if not ENTITIES[name] then fail(place, "an unknown entity " .. name) end
    return ""
  end)
  if rest:find("&", 1, true) then fail(place, "a bare & in " .. source) end
  return (source:gsub("&([#%w]+);", ENTITIES))
end

local function attributes_of(source, place)
  local attributes, rest = {}, source
  while rest:find("%S") do
    local name, value, after = rest:match('^%s+([%a_:][%w_:.-]*)="([^"]*)"(.*)$')
    if not name then fail(place, "attributes that are none: " .. rest) end
    if attributes[name] then fail(place, "the attribute " .. name .. " stands there twice") end
    attributes[name], rest = text_of(value, place), after
  end
  return attributes
end

local function end_of_tag(source, place)
  local quoted = false
  for position = place, #source do
    local character = source:sub(position, position)
    if character == '"' then quoted = not quoted end
    if character == ">" and not quoted then return position end
  end
  fail(place, "a tag without an end")
end

--- One tag; answers with the element that is open behind it.
local function take_tag(elements, open, tag, place)
  local closing = tag:match "^/([%w_]+)%s*$"
  if closing then
    if open.name ~= closing then fail(place, ("</%s> closes <%s>"):format(closing, open.name or "nothing")) end
    return open.parent
  end
  local name, rest = tag:match "^(%a[%w_]*)(.-)/?$"
  if not name then fail(place, "a tag that is none: " .. tag) end
  local element = { name = name, attributes = attributes_of(rest, place), text = "", parent = open }
  elements[#elements + 1] = element
  return tag:sub(-1) == "/" and open or element
end

--- All elements in order: name, attributes, text (of its own and of what is in it), parent. Raises what is wrong.
---@param source string with a doctype or without
---@return table[] elements
function M.parse(source)
  source = source:gsub("^<!DOCTYPE html>%s*", "")
  local elements, open, place = {}, { text = "" }, 1
  while place <= #source do
    local tag = source:find("<", place, true)
    local text = text_of(source:sub(place, (tag or #source + 1) - 1), place)
    local element = open
    while element do
      element.text, element = element.text .. text, element.parent
    end
    if not tag then break end
    local last = end_of_tag(source, tag)
    open = take_tag(elements, open, source:sub(tag + 1, last - 1), tag)
    place = last + 1
  end
  if open.name then fail(#source, "<" .. open.name .. "> is never closed") end
  return elements
end

return M

-- SPDX-License-Identifier: MIT
-- Writes elements so that nothing of others becomes markup: every text and every attribute is escaped here.

local words = require "seam.fleet.words"

require("seam.uncompiled")()

local M = {}

local ENTITIES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;" }

-- What is markup already; kept by identity, so that no text of others can pass for it.
local metatable = { __tostring = function(markup) return markup.text end }

--- Markup, written by this module's functions or by hand; never with text of others in it.
---@param text string
---@return table markup
function M.raw(text)
  return setmetatable({ text = text }, metatable)
end

local function escape(value)
  return (words.clean(value):gsub("[&<>\"']", ENTITIES))
end

local function content_of(value)
  if type(value) ~= "table" then return escape(value) end
  if getmetatable(value) == metatable then return value.text end
  local pieces = {}
  for place, item in ipairs(value) do pieces[place] = content_of(item) end
  return table.concat(pieces)
end

--- An element: its attributes in order as { name, value, name, value }, its content a text, markup, or a list of both.
---@param name string
---@param attributes table|nil
---@param content any nil closes the element at once
---@return table markup
function M.new(name, attributes, content)
  local pieces = { "<", name }
  for place = 1, #(attributes or {}), 2 do
    pieces[#pieces + 1] = (' %s="%s"'):format(attributes[place], escape(attributes[place + 1]))
  end
  if content == nil then
    pieces[#pieces + 1] = "/>"
  else
    pieces[#pieces + 1] = ">" .. content_of(content) .. "</" .. name .. ">"
  end
  return M.raw(table.concat(pieces))
end

return M

-- SPDX-License-Identifier: MIT
-- Text in columns: how wide it is on a terminal, cut, filled up, broken into lines.

require("seam.uncompiled")()

local M = {}

local CHARACTER = "[%z\1-\127\194-\244][\128-\191]*"

-- Ranges of characters that take two columns, and of marks that take none (the common ones, by code point).
local WIDE = {
  { 0x1100, 0x115F }, { 0x2E80, 0x303E }, { 0x3041, 0xA4CF }, { 0xAC00, 0xD7A3 }, { 0xF900, 0xFAFF },
  { 0xFE30, 0xFE6F }, { 0xFF00, 0xFF60 }, { 0xFFE0, 0xFFE6 }, { 0x1F300, 0x1F64F }, { 0x1F680, 0x1F6FF },
  { 0x1F900, 0x1F9FF }, { 0x20000, 0x3FFFD },
}
local NONE = { { 0x0300, 0x036F }, { 0x200B, 0x200F }, { 0xFE00, 0xFE0F } }

local function is_in(ranges, point)
  for _, range in ipairs(ranges) do
    if point >= range[1] and point <= range[2] then return true end
  end
  return false
end

local function point_of(character)
  local first = character:byte()
  if first < 128 then return first end
  local point = first % (first < 224 and 32 or first < 240 and 16 or 8)
  for i = 2, #character do point = point * 64 + character:byte(i) % 64 end
  return point
end

local function width_of(character)
  if #character == 1 then return 1 end
  local point = point_of(character)
  if is_in(NONE, point) then return 0 end
  return is_in(WIDE, point) and 2 or 1
end

--- Columns a text takes.
---@param text string valid UTF-8 on one line
---@return integer
function M.width(text)
  local width = 0
  for character in text:gmatch(CHARACTER) do width = width + width_of(character) end
  return width
end

--- The text, or its beginning and "..." where it is wider.
---@param text string
---@param most integer columns, at least 4
---@return string
function M.cut(text, most)
  if M.width(text) <= most then return text end
  local kept, width = {}, 0
  for character in text:gmatch(CHARACTER) do
    width = width + width_of(character)
    if width > most - 3 then break end
    kept[#kept + 1] = character
  end
  return table.concat(kept) .. "..."
end

--- The text and the blanks behind it, or before it.
---@param text string
---@param columns integer
---@param to_right boolean|nil
---@return string
function M.fill(text, columns, to_right)
  local blanks = (" "):rep(math.max(columns - M.width(text), 0))
  return to_right and blanks .. text or text .. blanks
end

--- Breaks a text at its blanks; a word that is wider than the line is cut.
---@param text string
---@param columns integer
---@return string[] lines at least one
function M.wrap(text, columns)
  local lines, line = {}, nil
  for word in text:gmatch("%S+") do
    word = M.cut(word, columns)
    if line and M.width(line) + 1 + M.width(word) <= columns then
      line = line .. " " .. word
    else
      lines[#lines + 1], line = line, word
    end
  end
  lines[#lines + 1] = line or ""
  return lines
end

return M

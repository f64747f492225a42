-- SPDX-License-Identifier: MIT
-- Is this valid UTF-8 (RFC 3629)?

local M = {}

-- Each first byte belongs to one row only, so replacing row by row reads the text as a decoder would.
local CHARACTERS = {
  "[\194-\223][\128-\191]",
  "\224[\160-\191][\128-\191]",
  "[\225-\236\238\239][\128-\191][\128-\191]",
  "\237[\128-\159][\128-\191]",
  "\240[\144-\191][\128-\191][\128-\191]",
  "[\241-\243][\128-\191][\128-\191][\128-\191]",
  "\244[\128-\143][\128-\191][\128-\191]",
}

-- The replacement keeps what stood left and right of a character from becoming one.
local function is_valid_run(run)
  for _, character in ipairs(CHARACTERS) do
    run = run:gsub(character, "?")
    if not run:find("[^?]") then return true end
  end
  return false
end

---@param text string
---@return boolean
function M.is_valid(text)
  if not text:find("[\128-\255]") then return true end
  for run in text:gmatch("[\128-\255]+") do
    if not is_valid_run(run) then return false end
  end
  return true
end

return M

-- SPDX-License-Identifier: MIT
-- Writes numbers as ECMAScript does (Number::toString): what Seam's query rules ask for.

local floor = math.floor
local format = string.format
local math_type = rawget(math, "type")

local M = {}

--- The largest whole number that every JSON reader takes exactly.
M.MAX_INTEGER = 9007199254740992

-- Below, a double has fewer digits than 15, and fewer may read back as the same number.
local SMALLEST_NORMAL = 2.2250738585072014e-308

--- "-d.ddde+xx" with the fewest digits that read back as the same number.
local function shortest_scientific(x)
  local text
  for precision = math.abs(x) < SMALLEST_NORMAL and 0 or 14, 16 do
    local native = format("%." .. precision .. "e", x)
    -- The host's locale may have another decimal sign, and may or may not read ours.
    text = native:gsub("[^%d%+%-e]+", ".")
    if tonumber(native) == x or tonumber(text) == x then break end
  end
  return text
end

local function split_scientific(text)
  local sign, lead, fraction, exponent = text:match("^(-?)(%d)%.?(%d*)e([-+]%d+)$")
  local digits = (lead .. fraction):gsub("0+$", "")
  if digits == "" then digits = "0" end
  return sign, digits, tonumber(exponent) + 1
end

local function whole_text(x)
  return (format("%.0f", x))
end

--- Writes a finite number: whole ones without fraction or exponent below 1e21, others with the
--- shortest digits that read back exactly. NaN and infinities are the caller's to refuse.
---@param x number
---@return string
function M.to_ecmascript(x)
  if math_type and math_type(x) == "integer" then return format("%d", x) end
  if x == 0 then return "0" end
  if x == floor(x) and x > -1e15 and x < 1e15 then return whole_text(x) end
  local sign, digits, point = split_scientific(shortest_scientific(x))
  local count = #digits
  if count <= point and point <= 21 then return sign .. digits .. ("0"):rep(point - count) end
  if point > 0 and point <= 21 then
    return sign .. digits:sub(1, point) .. "." .. digits:sub(point + 1)
  end
  if point > -6 and point <= 0 then return sign .. "0." .. ("0"):rep(-point) .. digits end
  local exponent = format("e%s%d", point > 0 and "+" or "-", math.abs(point - 1))
  if count == 1 then return sign .. digits .. exponent end
  return sign .. digits:sub(1, 1) .. "." .. digits:sub(2) .. exponent
end

return M

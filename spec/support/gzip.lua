-- SPDX-License-Identifier: MIT
--- Gzip bodies for specs: honest ones by the gzip program, bombs by hand.
local M = {}

--- Text in so many layers of gzip.
---@param text string
---@param layers integer|nil 1 when nil
---@return string
function M.pack(text, layers)
  local path = os.tmpname()
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
  local pipe = assert(io.popen(("cat %s%s"):format(path, (" | gzip -9c"):rep(layers or 1)), "r"))
  local packed = pipe:read("*a")
  pipe:close()
  os.remove(path)
  assert(packed:sub(1, 2) == "\31\139", "the gzip program made no gzip")
  return packed
end

local function bytes_of(bits)
  return (bits:gsub("%d%d%d%d%d%d%d%d", function(byte)
    return string.char((tonumber(byte:reverse(), 2)))
  end))
end

--- Zeros without end, in a fixed Huffman block (RFC 1951, 3.2.6): a literal 0, then copies of 258 of
--- the byte before. With the first copy the bits come out even, then 8 copies are 13 bytes.
---@return string beginning of a gzip stream
---@return string piece stands for 2,064 zeros, may follow any number of times
function M.endless_zeros()
  local copy = "11000101" .. "00000"
  return "\31\139\8\0\0\0\0\0\0\3" .. bytes_of("0" .. "10" .. "00110000" .. copy), bytes_of(copy:rep(8))
end

return M

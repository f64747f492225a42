-- SPDX-License-Identifier: MIT
-- The bytes of HTTP/2, for support.h2_peer: frames, and header fields without compression.
local M = {}

M.PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

M.types = { DATA = 0, HEADERS = 1, PRIORITY = 2, RST_STREAM = 3, SETTINGS = 4, PUSH_PROMISE = 5, PING = 6,
  GOAWAY = 7, WINDOW_UPDATE = 8, CONTINUATION = 9 }

M.settings = { HEADER_TABLE_SIZE = 1, ENABLE_PUSH = 2, MAX_CONCURRENT_STREAMS = 3, INITIAL_WINDOW_SIZE = 4,
  MAX_FRAME_SIZE = 5, MAX_HEADER_LIST_SIZE = 6 }

M.errors = { NO_ERROR = 0, PROTOCOL_ERROR = 1, INTERNAL_ERROR = 2, FLOW_CONTROL_ERROR = 3, STREAM_CLOSED = 5,
  FRAME_SIZE_ERROR = 6, REFUSED_STREAM = 7, CANCEL = 8, ENHANCE_YOUR_CALM = 11, HTTP_1_1_REQUIRED = 13 }

M.END_STREAM, M.ACK, M.END_HEADERS = 1, 1, 4
M.MOST_PAYLOAD = 16384

--- A whole number as that many bytes, the highest first.
function M.number(value, bytes)
  local out = {}
  for index = bytes, 1, -1 do
    out[index] = string.char(value % 256)
    value = math.floor(value / 256)
  end
  return table.concat(out)
end

function M.read_number(text, first, bytes)
  local value = 0
  for index = first, first + bytes - 1 do value = value * 256 + text:byte(index) end
  return value
end

function M.has_flag(flags, flag)
  return math.floor(flags / flag) % 2 == 1
end

--- One frame. `length` lies about the payload's length.
function M.frame(kind, flags, stream, payload, length)
  return M.number(length or #payload, 3) .. string.char(M.types[kind] or kind, flags) ..
    M.number(stream, 4) .. payload
end

--- The first whole frame of the bytes, and where it ends; nil when there is none yet.
function M.parse(bytes)
  if #bytes < 9 then return nil end
  local last = 9 + M.read_number(bytes, 1, 3)
  if #bytes < last then return nil end
  return { kind = bytes:byte(4), flags = bytes:byte(5), stream = M.read_number(bytes, 6, 4) % 2147483648,
    payload = bytes:sub(10, last) }, last
end

--- A length in HPACK's way, after `first` bits' worth of the byte are taken by the kind of field.
local function prefixed(value, bits, pattern)
  local most = 2 ^ bits - 1
  if value < most then return string.char(pattern + value) end
  local out = { string.char(pattern + most) }
  value = value - most
  while value >= 128 do
    out[#out + 1] = string.char(value % 128 + 128)
    value = math.floor(value / 128)
  end
  return table.concat(out) .. string.char(value)
end

local function literal(text)
  return prefixed(#text, 7, 0) .. text
end

--- A header field as a literal that nobody is to remember.
local function field(name, value)
  return "\0" .. literal(name) .. literal(value)
end

--- The block of header fields of an answer. Names travel in lower case.
---@param status integer|nil nil in trailers
---@param headers table { [name] = value } or a list of { name, value }
function M.header_block(status, headers)
  local out = {}
  if status then out[1] = status == 200 and "\136" or "\8" .. literal(("%d"):format(status)) end
  for name, value in pairs(headers) do
    if type(value) == "table" then name, value = value[1], value[2] end
    out[#out + 1] = field(name:lower(), tostring(value))
  end
  return table.concat(out)
end

--- HEADERS, and as many CONTINUATIONs as the block needs.
function M.headers(stream, block, ends)
  local out, kind, flags = {}, "HEADERS", ends and M.END_STREAM or 0
  repeat
    local piece = block:sub(1, M.MOST_PAYLOAD)
    block = block:sub(M.MOST_PAYLOAD + 1)
    out[#out + 1] = M.frame(kind, flags + (block == "" and M.END_HEADERS or 0), stream, piece)
    kind, flags = "CONTINUATION", 0
  until block == ""
  return table.concat(out)
end

--- DATA, in as many frames as it takes.
function M.data(stream, bytes, ends)
  local out, from = {}, 1
  repeat
    local piece = bytes:sub(from, from + M.MOST_PAYLOAD - 1)
    from = from + M.MOST_PAYLOAD
    out[#out + 1] = M.frame("DATA", ends and from > #bytes and M.END_STREAM or 0, stream, piece)
  until from > #bytes
  return table.concat(out)
end

function M.settings_frame(wanted)
  local out = {}
  for name, value in pairs(wanted) do out[#out + 1] = M.number(M.settings[name], 2) .. M.number(value, 4) end
  return M.frame("SETTINGS", 0, 0, table.concat(out))
end

return M

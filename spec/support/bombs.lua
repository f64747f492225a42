-- SPDX-License-Identifier: MIT
--- Twelve responses of row 10 that are made to use up memory or time, as plays for the server.
local gzip = require "support.gzip"

local PLAIN = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
local PIECE = 50000

--- Sends `head`, then `piece` so many times (for ever when nil), then `tail`.
local function play(head, piece, times, tail)
  return { { recv = "all" }, { send = head }, { loop = { steps = { { send = piece } }, times = times } },
    { send = tail or "" }, { fin = true } }
end

local function layered(layers)
  local body = gzip.pack(("\0"):rep(32 * 1024 * 1024), layers)
  local encoding = ("gzip, "):rep(layers - 1) .. "gzip"
  return { { recv = "all" },
    { reply = { body = body, headers = { ["Content-Type"] = "application/json", ["Content-Encoding"] = encoding } } } }
end

local function gibibyte()
  local beginning, piece = gzip.endless_zeros()
  return play(PLAIN:sub(1, -3) .. "Content-Encoding: gzip\r\n\r\n" .. beginning, piece:rep(4000), 131)
end

local function many_keys()
  local pieces = {}
  for index = 1, 1000 do pieces[index] = ('"%08d":1,'):format(index) end
  return table.concat(pieces)
end

local CHUNKED = PLAIN:sub(1, -3) .. "Transfer-Encoding: chunked\r\n\r\n"
local CHUNK = ("%x\r\n%s\r\n"):format(PIECE, (" "):rep(PIECE))

--- name; play; code: the error's.
return {
  { name = "1 GiB of zeros in gzip", code = "too_large", play = gibibyte() },
  { name = "5 layers of gzip", code = "too_large", play = layered(5) },
  { name = "6 layers of gzip", code = "invalid_response", play = layered(6) },
  { name = "chunks without end", code = "too_large", play = play(CHUNKED, CHUNK) },
  { name = "a body without end", code = "too_large", play = play(PLAIN, (" "):rep(PIECE)) },
  { name = "1xx without end", code = "too_large", play = play("", ("HTTP/1.1 102 Processing\r\n\r\n"):rep(1000)) },
  { name = "a header line of 5 MB", code = "too_large",
    play = play("HTTP/1.1 200 OK\r\nX: ", ("x"):rep(PIECE), 100, "\r\n\r\n") },
  { name = "2,000 headers", code = "too_large",
    play = play("HTTP/1.1 200 OK\r\n", ("X: 1\r\n"):rep(1000), 2, "\r\n{}") },
  { name = "a nesting of 10^6", code = "invalid_response", play = play(PLAIN .. '{"device":', ("["):rep(50000), 20) },
  { name = "10^6 keys", code = "too_large", play = play(PLAIN .. '{"device":{', many_keys(), 1000, '"":1}}') },
  { name = "a number of 1 MB", code = "invalid_response",
    play = play(PLAIN .. '{"device":', ("1"):rep(PIECE), 20, "}") },
  { name = "a string of 64 MiB", code = "too_large",
    play = play(PLAIN .. '{"device":{"device_id":"', ("x"):rep(65536), 1024, '"}}') },
}

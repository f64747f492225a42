-- SPDX-License-Identifier: MIT
-- One connection of support.h2_peer: reads frames, books streams, starts the play of each at its point.
local connection = require "support.peer.connection"
local frames = require "support.peer.h2_frames"
local socket = require "socket"
local steps = require "support.peer.h2_steps"

local M = {}

local kinds = frames.types

--- Where the play of a stream begins: "headers", "data" (the first bytes of the body) or "end".
local function reach(conn, stream, point)
  local at = stream.rule.at
  if at == "data" and point == "end" then at = "end" end -- there was no body
  if at ~= point or stream.play then return nil end
  stream.play, stream.next = stream.rule.play, 1
  return steps.run(conn, stream)
end

local function is_complete(conn, stream)
  stream.complete = true
  conn.complete = conn.complete + 1
  return reach(conn, stream, "end")
end

--- A frame that no client may send: a strict server ends the connection, and the spec should know.
local function offend(conn, what)
  conn.offences[#conn.offences + 1] = what
  connection.send(conn, frames.frame("GOAWAY", 0, 0, frames.number(conn.last, 4) .. frames.number(1, 4)))
  conn.ended = "offended"
  return "end"
end

local on_frame = {}

on_frame[kinds.HEADERS] = function(conn, frame)
  if frame.stream <= conn.last or frame.stream % 2 == 0 then return offend(conn, "HEADERS on " .. frame.stream) end
  conn.last = frame.stream
  local stream = conn.open_stream(conn, frame.stream)
  conn.streams[frame.stream] = stream
  stream.pieces = {}
  local verdict = reach(conn, stream, "headers")
  if verdict then return verdict end
  if frames.has_flag(frame.flags, frames.END_STREAM) then
    stream.body = ""
    return is_complete(conn, stream)
  end
end

--- Gives the client room for as much again, but for a stream whose play has begun: it stays where it is.
local function give_room(conn, stream, count)
  if count == 0 then return end
  connection.send(conn, frames.frame("WINDOW_UPDATE", 0, 0, frames.number(count, 4)))
  if not stream.play then
    connection.send(conn, frames.frame("WINDOW_UPDATE", 0, stream.id, frames.number(count, 4)))
  end
end

on_frame[kinds.DATA] = function(conn, frame)
  local stream = conn.streams[frame.stream]
  if not stream then return offend(conn, "DATA on " .. frame.stream) end
  stream.pieces[#stream.pieces + 1] = frame.payload
  stream.body = table.concat(stream.pieces)
  if #frame.payload > 0 then
    local verdict = reach(conn, stream, "data")
    if verdict then return verdict end
  end
  give_room(conn, stream, #frame.payload)
  if frames.has_flag(frame.flags, frames.END_STREAM) then return is_complete(conn, stream) end
end

on_frame[kinds.RST_STREAM] = function(conn, frame)
  local stream = conn.streams[frame.stream]
  if not stream then return offend(conn, "RST_STREAM on " .. frame.stream) end
  stream.reset, stream.due = frames.read_number(frame.payload, 1, 4), nil
end

on_frame[kinds.SETTINGS] = function(conn, frame)
  if not frames.has_flag(frame.flags, frames.ACK) then
    connection.send(conn, frames.frame("SETTINGS", frames.ACK, 0, ""))
  end
end

on_frame[kinds.PING] = function(conn, frame)
  if not frames.has_flag(frame.flags, frames.ACK) then
    connection.send(conn, frames.frame("PING", frames.ACK, 0, frame.payload))
  end
end

on_frame[kinds.GOAWAY] = function(conn, frame)
  conn.goaway = frames.read_number(frame.payload, 5, 4)
end

--- When the first stream wants to go on.
local function first_due(conn)
  local first
  for _, stream in pairs(conn.streams) do
    if stream.due and stream.due < math.huge and (not first or stream.due < first) then first = stream.due end
  end
  return first
end

local function run_due(conn)
  local now = socket.gettime()
  for _, stream in pairs(conn.streams) do
    if stream.due and stream.due <= now and steps.run(conn, stream) then return "end" end
  end
end

--- Takes what bytes there are; nil when there are none for now, "end" at the end of the connection.
local function read(conn)
  local bytes, problem = connection.read(conn)
  if bytes then
    conn.inbox, conn.bytes = conn.inbox .. bytes, conn.bytes + #bytes
    return true
  end
  if problem == "timeout" or problem == "wantread" then return nil end
  conn.ended = conn.ended or "closed by the client"
  return "end"
end

local function handle_frames(conn)
  while true do
    local frame, last = frames.parse(conn.inbox)
    if not frame then return nil end
    conn.inbox = conn.inbox:sub(last + 1)
    local handler = on_frame[frame.kind]
    if handler and handler(conn, frame) == "end" then return "end" end
  end
end

local function read_preface(conn)
  while #conn.inbox < #frames.PREFACE do
    if not connection.more(conn) then return nil end
  end
  local is_right = conn.inbox:sub(1, #frames.PREFACE) == frames.PREFACE
  conn.inbox = conn.inbox:sub(#frames.PREFACE + 1)
  return is_right
end

--- Serves a connection that TLS is spoken on.
---@param conn table
---@param options table { settings =, room =, deaf_for = }, see support.h2_peer
function M.serve(conn, options)
  conn.streams, conn.offences, conn.last, conn.complete, conn.bytes, conn.held = {}, {}, 0, 0, 0, {}
  local greeting = frames.settings_frame(options.settings or {})
  if options.room then greeting = greeting .. frames.frame("WINDOW_UPDATE", 0, 0, frames.number(options.room, 4)) end
  if not connection.send(conn, greeting) then return end
  if options.deaf_for then connection.pause(conn, { at = socket.gettime() + options.deaf_for }) end
  if not read_preface(conn) then return end
  while true do
    if handle_frames(conn) or run_due(conn) then return end
    local got = read(conn)
    if got == "end" then return end
    if not got then connection.pause(conn, { read = true, at = first_due(conn) }) end
  end
end

return M

-- SPDX-License-Identifier: MIT
-- The steps that a play of support.h2_peer is made of. A step returns "wait" and a time where the stream
-- goes on later, "end" where the connection is at its end, and nothing where the next step may follow.
local cjson = require "cjson"
local connection = require "support.peer.connection"
local frames = require "support.peer.h2_frames"
local socket = require "socket"

local M = {}

local steps = {}

local function send(conn, bytes)
  return not connection.send(conn, bytes) and "end" or nil
end

--- The headers that an answer has, with its body.
local function parts(stream, answer)
  local headers, body = {}, answer.body or ""
  if answer.echo then body = stream.body end
  if answer.json ~= nil then
    body = cjson.encode(answer.json)
    headers["content-type"] = "application/json"
  end
  for name, value in pairs(answer.headers or {}) do headers[name] = value end
  return frames.header_block(answer.status or 200, headers), body
end

function steps.answer(conn, answer, stream)
  local block, body = parts(stream, answer)
  local held = conn.held
  held[#held + 1] = frames.headers(stream.id, block) .. frames.data(stream.id, body, not answer.open)
  if #held < (answer.together or 1) then return nil end
  conn.held = {}
  return send(conn, table.concat(held))
end

function steps.head(conn, answer, stream)
  return send(conn, frames.headers(stream.id, (parts(stream, answer)), answer.finish))
end

function steps.trailers(conn, headers, stream)
  return send(conn, frames.headers(stream.id, frames.header_block(nil, headers), true))
end

function steps.data(conn, bytes, stream)
  return send(conn, frames.data(stream.id, bytes, false))
end

function steps.finish(conn, _, stream)
  return send(conn, frames.data(stream.id, "", true))
end

function steps.rst_stream(conn, code, stream)
  return send(conn, frames.frame("RST_STREAM", 0, stream.id, frames.number(frames.errors[code], 4)))
end

--- last: "this" stream was looked at, those "below" were, or a number.
function steps.goaway(conn, goaway, stream)
  local last = goaway.last
  if last == "this" then last = stream.id end
  if last == "below" then last = math.max(0, stream.id - 2) end
  return send(conn, frames.frame("GOAWAY", 0, 0,
    frames.number(last, 4) .. frames.number(frames.errors[goaway.code or "NO_ERROR"], 4)))
end

function steps.settings(conn, wanted)
  return send(conn, frames.settings_frame(wanted))
end

function steps.frame(conn, frame, stream)
  return send(conn, frames.frame(frame.kind, frame.flags or 0, frame.stream or stream.id, frame.payload or "",
    frame.length))
end

function steps.send(conn, bytes)
  return send(conn, bytes)
end

function steps.wait(_, seconds)
  return "wait", socket.gettime() + seconds
end

function steps.silence()
  return "wait", math.huge
end

--- Says TLS's and TCP's end, and lets the other side close: closing over unread bytes would reset.
function steps.fin(conn)
  conn.ended, conn.finished = "fin", true
  connection.strip_tls(conn)
  conn.sock:shutdown("send")
  while connection.more(conn) do conn.inbox = "" end
  return "end"
end

function steps.rst(conn)
  conn.ended = "rst"
  connection.strip_tls(conn)
  conn.sock:setoption("linger", { on = true, timeout = 0 })
  return "end"
end

--- Goes on with a stream's play where it stands.
---@return string|nil "end" when the connection is at its end
function M.run(conn, stream)
  stream.due = nil
  while stream.next <= #stream.play do
    local name, value = next(stream.play[stream.next])
    stream.next = stream.next + 1
    local act = steps[name] or error("the HTTP/2 peer knows no step named " .. tostring(name))
    local verdict, at = act(conn, value, stream)
    if verdict == "end" then return "end" end
    if verdict == "wait" then
      stream.due = at
      return nil
    end
  end
  return nil
end

return M

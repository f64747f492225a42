-- SPDX-License-Identifier: MIT
--- A scripted HTTP/2 server over TLS in a process of its own, for specs of whatever multiplexes.
--
--     local peer = require("support.h2_peer").start()
--     peer:script({
--       { match = { nth = 1 }, answer = { json = { ok = true } } },
--       { at = "headers", play = { { rst_stream = "REFUSED_STREAM" } } },
--     }, { settings = { MAX_CONCURRENT_STREAMS = 2 } })
--     ... peer.url, peer.ca_file ...
--     local report = peer:report()
--     peer:stop()
--
-- It reads no header fields: a rule is found for each stream when it is opened, by its number since the
-- last script (nth), on its connection (nth_on_conn) or by the connection's (nth_conn). `times = n`: the
-- rule serves n streams at most. `at`: when the play begins: "headers" (those of the request are here),
-- "data" (so are the first bytes of its body, if it has one, and there is room for no more), "end" (of the request;
-- the default). No rule: 599, counted in `unmatched`.
--
-- `answer = { status, headers, body | json | echo }` is a play of its own. `play`: steps, each a table with one key:
--   answer = { ... , open = true }     open: the stream does not end with the body
--   answer = { ... , together = n }    waits until there are n answers for the connection, which leave in one piece
--   head = { ..., finish = true }      the header fields alone; finish: that was all
--   data = bytes    finish = true      part of a body; the end of the stream
--   trailers = { [name] = value }      header fields that end the stream
--   rst_stream = "REFUSED_STREAM"      or another of the standard's names
--   goaway = { last = "below" | "this" | n, code = "NO_ERROR" }
--   settings = { MAX_CONCURRENT_STREAMS = n }
--   frame = { kind, flags, stream, payload, length }     a frame of any kind; length lies
--   send = bytes                       as they are
--   wait = seconds | silence = true    this stream alone; the others go on
--   fin = true | rst = true            the connection ends: TCP's end, a reset
-- options, for connections to come: settings = what the server says at their beginning; room = bytes it takes on one
-- connection beyond the standard's 65535; deaf_for = seconds in which it reads nothing after the handshake.
--
-- peer.url speaks h2, peer.http1_url only HTTP/1.1 by ALPN and peer.plain_url knows no ALPN; those two answer each
-- request with its own body. The report: connections = { { number, port, alpn, tls, opened, complete, bytes, open,
-- ended, goaway, offences } }, streams = { { id, conn, nth_on_conn, body, complete, reset } }, opened and complete =
-- requests seen, in part and whole, unmatched, open. offences: frames that no client may send.
local http_peer = require "support.http_peer"
local tls_peer = require "support.tls_peer"

local M = {}

--- Why there can be no such peer here; nil when there can.
---@return string|nil reason
function M.missing()
  if not tls_peer.available() then return "skipped: the openssl program is not installed" end
  if not pcall(require, "ssl") then return "skipped: lua-sec is not installed" end
  return nil
end

--- Starts a peer on free ports of the loopback, with a certificate of its own.
function M.start()
  local certificate = tls_peer.certificate()
  local peer = http_peer.start("h2_peer_child.lua", { certificate.key, certificate.file })
  local function url(port) return "https://127.0.0.1:" .. port end
  peer.url, peer.http1_url, peer.plain_url = url(peer.ports[1]), url(peer.ports[2]), url(peer.ports[3])
  peer.ca_file = certificate.file
  local stop = peer.stop
  function peer:stop()
    stop(self)
    if certificate then certificate:remove() end
    certificate = nil
  end
  return peer
end

return M

-- SPDX-License-Identifier: MIT
-- Sends one answer of a handler.

local json = require "seam.json"

local M = {}

--- Content-Length is set by hand: nginx would send what is known beforehand in chunks.
local function send(status, kind, text)
  -- A user's function has spoken already: there is nothing to add to an answer under way.
  if ngx.headers_sent then return end
  ngx.status = status
  ngx.header["Cache-Control"] = "no-store"
  if text then
    ngx.header["Content-Type"] = kind
    ngx.header["Content-Length"] = #text
    ngx.print(text)
  end
end

---@param status integer HTTP status
---@param text string|nil a sentence for a person
function M.text(status, text)
  send(status, "text/plain; charset=utf-8", text and text .. "\n")
end

---@param status integer HTTP status
---@param document table
function M.json(status, document)
  send(status, "application/json", (json.encode(document)) or "{}")
end

--- A text of a kind of its own.
---@param kind string content type
---@param text string
function M.document(kind, text)
  send(200, kind, text)
end

return M

-- SPDX-License-Identifier: MIT
-- The bytes of an answer, any of whose parts may lie, for support.http_peer.
local cjson = require "cjson"

local M = {}

local function header_lines(headers)
  local lines = {}
  for _, line in ipairs(headers) do lines[#lines + 1] = line end
  for name, value in pairs(headers) do
    if type(name) == "string" then lines[#lines + 1] = name .. ": " .. tostring(value) end
  end
  return lines
end

local function has_header(lines, name)
  for _, line in ipairs(lines) do
    if line:lower():find(name .. ":", 1, true) == 1 then return true end
  end
  return false
end

local function chunks(body, pieces)
  if type(pieces) ~= "table" then pieces = { body } end
  local out = {}
  for _, piece in ipairs(pieces) do
    if #piece > 0 then out[#out + 1] = ("%x\r\n%s\r\n"):format(#piece, piece) end
  end
  return table.concat(out) .. "0\r\n\r\n"
end

--- The whole answer.
---@param reply table see support.http_peer
---@param request table|nil
---@return string
function M.bytes(reply, request)
  local lines = header_lines(reply.headers or {})
  local body = reply.body or ""
  if reply.echo then body = request.target end
  if reply.json ~= nil then
    body = cjson.encode(reply.json)
    if not has_header(lines, "content-type") then
      lines[#lines + 1] = "Content-Type: application/json"
    end
  end
  if reply.chunked then
    lines[#lines + 1] = "Transfer-Encoding: chunked"
    body = chunks(body, reply.chunked)
  elseif reply.length ~= false and not has_header(lines, "content-length") then
    lines[#lines + 1] = "Content-Length: " .. ("%d"):format(reply.length or #body)
  end
  local status = ("HTTP/1.1 %d %s"):format(reply.status or 200, reply.reason or "Scripted")
  table.insert(lines, 1, status)
  return table.concat(lines, "\r\n") .. "\r\n\r\n" .. body
end

return M

-- SPDX-License-Identifier: MIT
-- HTTP/1.1, as much of it as a client of the API needs: kept connections, Content-Length bodies, caps.

local M = {}

M.HEAD_CAP = 32 * 1024
M.BODY_CAP = 1024 * 1024
M.IDLE = 120
M.SLOW = 30

local REASONS = {
  [200] = "OK", [303] = "See Other", [400] = "Bad Request", [401] = "Unauthorized", [404] = "Not Found",
  [405] = "Method Not Allowed", [409] = "Conflict", [411] = "Length Required", [413] = "Content Too Large",
  [422] = "Unprocessable Content", [429] = "Too Many Requests", [431] = "Request Header Fields Too Large",
  [500] = "Internal Server Error", [501] = "Not Implemented", [503] = "Service Unavailable",
  [505] = "HTTP Version Not Supported",
}

local function parse_headers(lines)
  local headers = {}
  for line in lines:gmatch("[^\r\n]+") do
    local name, value = line:match("^([^%s:]+):[ \t]*(.-)[ \t]*$")
    if not name then return nil end
    name = name:lower()
    headers[name] = headers[name] and headers[name] .. ", " .. value or value
  end
  return headers
end

local function parse_head(head)
  local line, rest = head:match("^([^\r\n]*)\r?\n?(.*)$")
  local method, target, version = line:match("^(%u+) (%S+) HTTP/(%d%.%d)$")
  if not method then return nil, 400 end
  if version ~= "1.1" and version ~= "1.0" then return nil, 505 end
  local headers = parse_headers(rest)
  if not headers then return nil, 400 end
  local path, query = target:gsub("^%a+://[^/]*", ""):match("^([^?#]*)%??([^#]*)")
  return { method = method, path = path, query = query, headers = headers, version = version }
end

-- Two lengths that disagree, or anything but digits, would let one request hide another.
local function length_of(headers)
  local text = headers["content-length"]
  if headers["transfer-encoding"] then return nil, 411 end
  if not text then return 0 end
  if not text:find("^%d+$") or #text > 12 then return nil, 400 end
  local length = tonumber(text)
  if length > M.BODY_CAP then return nil, 413 end
  return length
end

local function read_body(stream, request, deadline)
  local length, status = length_of(request.headers)
  if not length then return nil, status end
  local expects = request.headers.expect
  if expects and expects:lower() == "100-continue" and length > 0 then
    stream:write("HTTP/1.1 100 Continue\r\n\r\n", deadline)
  end
  return stream:read(length, deadline)
end

--- The next request of a connection; nil at its end, nil and a status where the request cannot be served.
function M.read_request(stream, now)
  -- A blank line between requests is allowed.
  while stream.buffer:find("^\r\n") do stream.buffer = stream.buffer:sub(3) end
  local head, reason = stream:read_until("\r\n\r\n", M.HEAD_CAP, now() + M.IDLE)
  if not head then return nil, reason == "too_large" and 431 or nil end
  if #head > M.HEAD_CAP then return nil, 431 end
  local request, status = parse_head(head)
  if not request then return nil, status end
  request.body, status = read_body(stream, request, now() + M.SLOW)
  if not request.body then return nil, status end
  return request
end

--- Whether the connection stays open after this request.
function M.keeps_alive(request)
  local wish = (request.headers.connection or ""):lower()
  if request.version == "1.0" then return wish:find("keep-alive", 1, true) ~= nil end
  return not wish:find("close", 1, true)
end

local function clean(value)
  return (tostring(value):gsub("[%z\1-\31\127]", ""))
end

--- The bytes of a response.
function M.format(response, keep)
  local body = response.body or ""
  local lines = { ("HTTP/1.1 %d %s"):format(response.status, REASONS[response.status] or "Status") }
  local names = {}
  for name in pairs(response.headers or {}) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do lines[#lines + 1] = name .. ": " .. clean(response.headers[name]) end
  lines[#lines + 1] = "content-length: " .. ("%d"):format(#body)
  lines[#lines + 1] = "connection: " .. (keep and "keep-alive" or "close")
  return table.concat(lines, "\r\n") .. "\r\n\r\n" .. body
end

return M

-- SPDX-License-Identifier: MIT
-- The client's way into a sandbox of the same process: JSON bytes as on the wire, time that passes without waiting.

local M = {}

local Transport = {}
Transport.__index = Transport

local function split(url)
  local rest = url:match("^%a[%w+.-]*://[^/?#]*(.*)$") or url
  local path, query = rest:match("^([^?#]*)%??([^#]*)")
  return path ~= "" and path or "/", query
end

local function fail(code, message, sent)
  return nil, { code = code, message = message, sent = sent }
end

--- Sends a request to the sandbox (the Transport contract of `seam.call`).
---@param request table method, url, headers, body
---@param timeout_seconds number|nil of the sandbox's clock
function Transport:perform(request, timeout_seconds)
  if self.closed then return fail("closed", "the transport is closed", false) end
  local path, query = split(request.url)
  local response = self.sandbox:handle({
    method = request.method, path = path, query = query, headers = request.headers, body = request.body,
  })
  local lost = response.lost
  if lost then
    if lost.code == "timeout" then self:sleep(timeout_seconds or 0) end
    return fail(lost.code, lost.message, lost.sent)
  end
  if response.delay then
    if timeout_seconds and response.delay >= timeout_seconds then
      self:sleep(timeout_seconds)
      return fail("timeout", "no answer came in time", true)
    end
    self:sleep(response.delay)
  end
  return { status = response.status, headers = response.headers, body = response.body }
end

--- Lets the sandbox's time pass; nobody waits.
function Transport:sleep(seconds)
  self.sandbox:advance(seconds)
end

--- Monotonic seconds of the sandbox's time.
function Transport:now()
  return self.sandbox:monotonic()
end

--- Epoch seconds of the sandbox's clock.
function Transport:time()
  return self.sandbox:now()
end

function Transport:close()
  self.closed = true
end

--- A transport for `seam.new{ transport = ... }`.
function M.new(sandbox)
  return setmetatable({ sandbox = sandbox }, Transport)
end

return M

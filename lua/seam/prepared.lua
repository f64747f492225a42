-- SPDX-License-Identifier: MIT
-- A request as data, for hosts that carry the bytes themselves, with the way to read its answer.

local protocol = require "seam.protocol"

require("seam.uncompiled")()

local M = {}

---@class seam.PreparedRequest
---@field method string
---@field url string
---@field headers table<string, string> these hold the credentials: do not print them
---@field body string|nil
---@field path string
---@field reads boolean whether it changes nothing and may be sent again
---@field wait table|false { timeout =, polling_interval = } in seconds where an action attempt is to be waited for
local methods = {}

-- Beside the object, not in it: the rest of it is data that a host may copy or print.
local context_of = setmetatable({}, { __mode = "k" })

local metatable = { __name = "seam.PreparedRequest", __index = methods }

function metatable.__tostring(prepared)
  return ("seam prepared request %s %s"):format(prepared.method, prepared.path)
end

--- The host may write into what it gets.
local function copied(headers)
  local copy = {}
  for name, value in pairs(headers) do copy[name] = value end
  return copy
end

---@param row table
---@param request seam.Request
---@param finish fun(value: any, extra: any): any, any
---@param wait table|false
---@return seam.PreparedRequest
function M.new(row, request, finish, wait)
  local prepared = setmetatable({
    method = request.method, url = request.url, headers = copied(request.headers), body = request.body,
    path = request.path, reads = request.reads, wait = wait,
  }, metatable)
  context_of[prepared] = { row = row, finish = finish }
  return prepared
end

--- What is no status of HTTP becomes 0, which no answer has.
local function as_status(status)
  status = tonumber(status)
  if not status or not (status >= 100 and status <= 599) then return 0 end
  return math.floor(status)
end

local function lowered(headers)
  local found = {}
  for name, value in pairs(type(headers) == "table" and headers or {}) do
    if type(name) == "string" then found[name:lower()] = tostring(value) end
  end
  return found
end

--- Reads an answer as a host hands it over.
---@param row table
---@param finish fun(value: any, extra: any): any, any
---@param status any
---@param headers any
---@param body any
---@return any value
---@return any extra
function M.interpret(row, finish, status, headers, body)
  return finish(protocol.interpret(row, as_status(status), lowered(headers), type(body) == "string" and body or ""))
end

--- Reads the answer to this request.
---@param status integer HTTP status; what is none counts as no answer
---@param headers table header names in any case to values
---@param body string
---@return any value as the call would have returned it, an action attempt not waited for
---@return any extra
function methods:interpret(status, headers, body)
  local context = context_of[self]
  return M.interpret(context.row, context.finish, status, headers, body)
end

return M

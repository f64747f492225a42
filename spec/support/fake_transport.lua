-- SPDX-License-Identifier: MIT
-- A transport for specs: answers from a list, remembers requests, and has a clock that only moves
-- when somebody sleeps or an answer takes time.

local M = {}

local methods = {}
local metatable = { __index = methods }

--- Makes a transport. Each answer is a table: { status =, headers =, body =, takes = seconds } or
--- { failure = { code =, message =, sent = }, takes = }; the last one is given again and again.
function M.new(answers)
  return setmetatable({ answers = answers, requests = {}, sleeps = {}, clock = 0, closed = 0 }, metatable)
end

--- The JSON answer most specs need.
function M.ok(body, status, headers)
  local all = { ["content-type"] = "application/json; charset=utf-8" }
  for name, value in pairs(headers or {}) do all[name] = value end
  return { status = status or 200, headers = all, body = body }
end

function methods:perform(request, seconds)
  local index = #self.requests + 1
  self.requests[index] = request
  request.seconds = seconds
  local answer = self.answers[index] or self.answers[#self.answers]
  self.clock = self.clock + (answer.takes or 0)
  if answer.failure then return nil, answer.failure end
  return { status = answer.status, headers = answer.headers or {}, body = answer.body }
end

function methods:sleep(seconds)
  self.sleeps[#self.sleeps + 1] = seconds
  self.clock = self.clock + seconds
end

function methods:now() return self.clock end

function methods:close() self.closed = self.closed + 1 end

return M

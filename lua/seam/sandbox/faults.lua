-- SPDX-License-Identifier: MIT
-- Faults of the wire on demand: outages, lost and late answers, answers that are not what they should be.

local json = require "seam.sandbox.json"

local M = {}

local function outage()
  return { status = 503, headers = {}, body = "" }
end

local function refused()
  return { lost = { code = "connect", message = "could not connect to the sandbox", sent = false } }
end

local function lost_answer(fault)
  local texts = {
    closed = "the connection was closed before the answer came", timeout = "no answer came in time",
  }
  local code = fault.code or "closed"
  return { lost = { code = code, message = texts[code] or code, sent = true } }
end

local function html(fault)
  return {
    status = fault.status or 200, headers = { ["content-type"] = "text/html; charset=utf-8" },
    body = fault.body or "<!doctype html><title>Not the API</title><p>This is not the answer you wanted.",
  }
end

local function broken_json(_, response)
  response.body = response.body:sub(1, math.floor(#response.body / 2))
  return response
end

local function delayed(fault, response)
  response.delay = fault.seconds or 5
  return response
end

local function api_error(status, code, message, headers)
  headers = headers or {}
  headers["content-type"] = "application/json"
  return {
    status = status, headers = headers,
    body = json.encode({ ok = false, error = { type = code, message = message } }),
  }
end

local function expired_key()
  return api_error(401, "unauthorized", "API Key not found")
end

local function rate_limit(fault)
  return api_error(429, "rate_limited", "Too many requests.",
    { ["retry-after"] = fault.seconds and ("%d"):format(fault.seconds) or nil })
end

local function status(fault)
  local headers = {}
  for name, value in pairs(fault.headers or {}) do headers[name:lower()] = value end
  return { status = fault.status or 500, headers = headers, body = fault.body or "" }
end

-- `carried_out`: the request takes effect first, and `answer` gets the true response to spoil.
M.KINDS = {
  outage = { answer = outage },
  refused = { answer = refused },
  lost_answer = { answer = lost_answer, carried_out = true },
  delayed_answer = { answer = delayed, carried_out = true },
  broken_json = { answer = broken_json, carried_out = true },
  html = { answer = html },
  expired_key = { answer = expired_key },
  rate_limit = { answer = rate_limit },
  status = { answer = status },
}

local function matches(fault, path)
  if fault.path then return fault.path == path end
  if not fault.paths then return true end
  for _, wanted in ipairs(fault.paths) do
    if wanted == path then return true end
  end
  return false
end

local function drop(world, fault)
  for place, item in ipairs(world.faults) do
    if item == fault then return table.remove(world.faults, place) end
  end
end

--- Arms a fault.
function M.add(world, fault)
  world.faults[#world.faults + 1] = fault
  return function() drop(world, fault) end
end

--- The fault that hits a request for this path now, or nil. Counts `skip` and `times` down.
function M.pick(world, path)
  for _, fault in ipairs(world.faults) do
    if matches(fault, path) then
      if (fault.skip or 0) > 0 then
        fault.skip = fault.skip - 1
      else
        if fault.times then
          fault.times = fault.times - 1
          if fault.times <= 0 then drop(world, fault) end
        end
        return fault
      end
    end
  end
end

--- Whether the request takes effect in spite of the fault.
function M.is_carried_out(fault)
  if fault.carried_out ~= nil then return fault.carried_out end
  return M.KINDS[fault.kind].carried_out or false
end

--- What is answered instead.
function M.answer(fault, response)
  return M.KINDS[fault.kind].answer(fault, response)
end

return M

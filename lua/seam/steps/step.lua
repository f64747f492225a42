-- SPDX-License-Identifier: MIT
-- One call as a machine without input or output: it says what to send and when, and is told what came of it.

local attempt_poll = require "seam.attempt_poll"
local errors = require "seam.errors"
local protocol = require "seam.protocol"
local retry = require "seam.retry"
local rows = require "seam.rows"
local saving = require "seam.steps.saving"

require("seam.uncompiled")()

local M = {}

local unpack = rawget(table, "unpack") or rawget(_G, "unpack")

local POLL_PATH = "/action_attempts/get"
local DEFAULT_RETRIES = 2

---@class seam.Step
---@field state "send"|"sent"|"wait"|"asked"|"done"|"failed" send and wait: ask for the request (wait: after the
--- pause); sent and asked: an answer is awaited
local methods = {}
local metatable = { __name = "seam.Step", __index = methods }

function metatable.__tostring(step)
  return ("seam step %s: %s"):format(step.path, step.state)
end

--- Seconds of a clock that never goes back: what a host has may be set.
local function read_clock(self)
  local moment = self.clock()
  if moment < self.last then self.shift = self.shift + self.last - moment end
  self.last = moment
  return moment + self.shift
end

local function settle(self, state, ...)
  self.state, self.told = state, { n = select("#", ...), ... }
  return self:result()
end

--- Done, failed, or the seconds until the next question.
local function weigh(self)
  local now = read_clock(self)
  local ended, err = attempt_poll.outcome(self.poll, now)
  if ended then return settle(self, "done", ended) end
  if not err then return settle(self, "wait", attempt_poll.pause(self.poll, now)) end
  err.method, err.path = err.method or self.row.method, err.path or self.row.path
  return settle(self, "failed", err)
end

--- A request that only reads may go again, a few times. After resume there is none any more.
local function fail_or_repeat(self, err)
  self.attempts = self.attempts + 1
  err.attempts = self.attempts
  if not (self.first and self.row.reads) or self.attempts > self.retries or not retry.may_repeat(true, err) then
    return settle(self, "failed", err)
  end
  return settle(self, "wait", retry.delay(self.attempts, err.retry_after, math.random()))
end

local function take_first(self, value, extra)
  if value == nil then return fail_or_repeat(self, extra) end
  if not (self.row.waits and self.wait) then return settle(self, "done", value, extra) end
  self.poll = attempt_poll.new(value, self.wait, self.sent_at, read_clock(self))
  return weigh(self)
end

local function take_poll(self, attempt, err)
  local final = attempt_poll.take(self.poll, attempt, attempt == nil and err or nil)
  if final then return settle(self, "failed", final) end
  return weigh(self)
end

local function take(self, read)
  if self.state == "sent" then return take_first(self, read(self.row)) end
  if self.state == "asked" then return take_poll(self, read(rows.at(POLL_PATH))) end
  -- An answer that nobody awaits, such as a second one, changes nothing.
  return self:result()
end

--- What is to be sent now; nil where nothing is: after the end, and where a request that may change something was
--- handed out before. In state "wait" it is due after the pause.
---@return seam.PreparedRequest|nil
function methods:request()
  if self.state == "wait" and self.poll or self.state == "asked" then
    local prepared = self.client.prepare(POLL_PATH, self.poll.attempt.action_attempt_id, self.call_options)
    attempt_poll.ask(self.poll, read_clock(self))
    self.state = "asked"
    return prepared
  end
  if self.state == "send" then self.sent_at = read_clock(self) end
  if self.state == "send" or (self.row.reads and (self.state == "sent" or self.state == "wait")) then
    self.state = "sent"
    return self.first
  end
  return nil
end

--- Takes the answer to what was sent.
---@param status integer HTTP status; what is none counts as no answer
---@param headers table header names in any case to values
---@param body string
---@return string state "done" with the value and the extra, "wait" with seconds, or "failed" with the error
---@return any
---@return any
function methods:answer(status, headers, body)
  return take(self, function(row) return self.client.interpret(row.path, status, headers, body) end)
end

--- Takes that no answer came.
---@param code string|nil timeout (the default), connect, dns, tls or closed
---@param message string|nil
---@param sent boolean|nil false only where nothing can have left this machine
---@return string state as from answer
---@return any
---@return any
function methods:lost(code, message, sent)
  return take(self, function(row)
    return nil, protocol.failure(row, { code = code or "timeout", message = message or "No answer came", sent = sent })
  end)
end

--- Where it stands, as answer said it.
---@return string state
---@return any
---@return any
function methods:result()
  return self.state, unpack(self.told, 1, self.told.n)
end

--- Plain data for steps.resume in another Lua state, without secrets. nil while nothing was handed out: there is
--- nothing to go on with.
---@return table|nil
function methods:save()
  return saving.pack(self)
end

local function with_settings(step, options)
  step.clock, step.retries = options.now or os.time, options.retries or DEFAULT_RETRIES
  step.call_options = options.headers and { headers = options.headers } or nil
  step.last, step.shift, step.attempts = step.last or step.clock(), step.shift or 0, step.attempts or 0
  step.told = { n = 0 }
  return setmetatable(step, metatable)
end

--- The options that prepare knows, and the clock.
local function split_options(given)
  if given ~= nil and type(given) ~= "table" then return given, {} end
  local rest = {}
  for name, value in pairs(given or {}) do rest[name] = value end
  local now = rest.now
  rest.now = nil
  if now ~= nil and type(now) ~= "function" then
    return nil, nil, errors.invalid_options("The now option must be a function that returns seconds")
  end
  return rest, { now = now, retries = rest.retries, headers = rest.headers }
end

--- See seam.steps.
---@return seam.Step|nil
---@return seam.Error|nil
function M.new(client, path, params, given)
  local call_options, settings, err = split_options(given)
  if err then return nil, err end
  local first
  first, err = client.prepare(path, params, call_options)
  if not first then return nil, err end
  return with_settings({ client = client, path = first.path, row = rows.at(first.path), first = first,
    wait = first.wait, state = "send" }, settings)
end

--- See seam.steps.
---@return seam.Step|nil
---@return seam.Error|nil
function M.resume(client, saved, given)
  local _, settings, err = split_options(given)
  if err then return nil, err end
  local step
  step, err = saving.unpack(saved)
  if not step then return nil, err end
  step.client, step.row = client, rows.at(step.path)
  return with_settings(step, settings)
end

return M

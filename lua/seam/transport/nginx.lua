-- SPDX-License-Identifier: MIT
-- Carries requests inside nginx without holding its worker: a thread of the core talks to the network,
-- the request waits the way nginx waits. Found and used by itself where nginx runs.

local bridge = require "seam.transport.nginx.bridge"
local core = require "seam.core"
local core_request = require "seam.transport.core_request"
local outcomes = require "seam.transport.nginx.outcomes"
local phases = require "seam.transport.nginx.phases"
local pump = require "seam.transport.nginx.pump"

require("seam.uncompiled")()

local M = {}

-- nginx counts in milliseconds, and sleeping for none of them is a warning in its log.
local SHORTEST_SLEEP = 0.001

local methods = {}
local metatable = { __name = "seam.transport.Nginx", __index = methods }

--- Whether this transport is the one for here. Cheap, and false outside of nginx.
M.is_here = phases.is_here

--- Why a call cannot be made from where this is asked; nil where it can.
M.refusal = phases.refusal

--- Makes a transport. Opens nothing: what a worker needs is made by its first call.
---@param settings table { connect_timeout =, max_response_bytes =, ca_file =, proxy = }
---@param without_thread boolean|nil whether to do without a thread, as where none can be had
---@return table transport
function M.new(settings, without_thread)
  return setmetatable({
    _settings = settings, _pump = without_thread and pump.new() or nil, _reads = {},
  }, metatable)
end

local function failure(code, message, sent)
  return nil, { code = code, message = message, sent = sent }
end

--- The job of a read is known while it flies: closing the client breaks it off.
local function perform_by_engine(self, asked, seconds)
  local job, id, path, pool = core.engine_submit(asked)
  if not job then
    if id ~= "no_engine" then return failure(id, path, false) end
    self._pump = pump.new()
    return self._pump:perform(asked)
  end
  if not asked.reads then
    outcomes.watch()
    return bridge.wait(job, id, path, pool, seconds)
  end
  self._reads[job] = true
  local response, problem = bridge.wait(job, id, path, pool, seconds)
  self._reads[job] = nil
  return response, problem
end

--- Sends one request and waits for its answer, while nginx goes on with others.
---@param request seam.Request
---@param seconds number how long it may take in all
---@return table|nil response { status =, headers =, body = }; body:close() when done with it
---@return table|nil failure { code =, message =, sent = }
function methods:perform(request, seconds)
  if self._closed then return failure("closed", "the client is closed", false) end
  local refusal = phases.refusal()
  if refusal then return failure("cannot_wait", refusal, false) end
  local asked = core_request.of(request, seconds, self._settings)
  if self._pump then return self._pump:perform(asked) end
  outcomes.log()
  return perform_by_engine(self, asked, seconds)
end

--- Runs functions at once, each in a light thread of nginx, and returns when all have ended. What they
--- find out they keep themselves, their errors too.
---@param functions function[]
function M.run_all(functions)
  local thread = rawget(_G, "ngx").thread
  local threads = {}
  for i, run in ipairs(functions) do threads[i] = thread.spawn(run) end
  for _, one in ipairs(threads) do thread.wait(one) end
end

---@param seconds number
function methods.sleep(_, seconds)
  if seconds > 0 then rawget(_G, "ngx").sleep(math.max(seconds, SHORTEST_SLEEP)) end
end

---@return number seconds of a monotonic clock
function methods.now() return core.now() end

---@return number epoch seconds
function methods.time() return core.wall() end

--- Reads under way end; a write goes on to its own end, which its caller hears of.
function methods:close()
  if self._closed then return end
  self._closed = true
  for job in pairs(self._reads) do job:drop() end
  if self._pump then self._pump:close() end
end

return M

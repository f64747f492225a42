-- SPDX-License-Identifier: MIT
-- Carries requests inside nginx without holding its worker: a thread of the core talks to the network,
-- the request waits the way nginx waits. Found and used by itself where nginx runs.

local bridge = require "seam.transport.nginx.bridge"
local core = require "seam.core"
local core_request = require "seam.transport.core_request"
local outcomes = require "seam.transport.nginx.outcomes"
local phases = require "seam.transport.nginx.phases"
local pump = require "seam.transport.nginx.pump"

local M = {}

-- nginx counts in milliseconds, and sleeping for none of them is a warning in its log.
local SHORTEST_SLEEP = 0.001

local methods = {}
local metatable = { __name = "seam.transport.Nginx", __index = methods }

--- Whether this transport is the one for here. Cheap, and false outside of nginx.
M.is_here = phases.is_here

--- Makes a transport. Opens nothing: what a worker needs is made by its first call.
---@param settings table { connect_timeout =, max_response_bytes =, ca_file =, proxy = }
---@param without_thread boolean|nil whether to do without a thread, as where none can be had
---@return table transport
function M.new(settings, without_thread)
  return setmetatable({ _settings = settings, _pump = without_thread and pump.new() or nil }, metatable)
end

--- Why a call cannot be made from where this is asked.
---@return string|nil sentence nil where it can
function methods.refusal()
  return phases.refusal()
end

local function perform_by_engine(self, asked, request, seconds)
  local job, id, path, pool = core.engine_submit(asked)
  if job then
    if not request.reads then outcomes.watch() end
    return bridge.wait(job, id, path, pool, seconds)
  end
  if id ~= "no_engine" then return nil, { code = id, message = path, sent = false } end
  self._pump = pump.new()
  return self._pump:perform(asked)
end

--- Sends one request and waits for its answer, while nginx goes on with others.
---@param request seam.Request
---@param seconds number how long it may take in all
---@return table|nil response { status =, headers =, body = }; body:close() when done with it
---@return table|nil failure { code =, message =, sent = }
function methods:perform(request, seconds)
  local refusal = phases.refusal()
  if refusal then return nil, { code = "invalid_request", message = refusal, sent = false } end
  local asked = core_request.of(request, seconds, self._settings)
  if self._pump then return self._pump:perform(asked) end
  outcomes.log()
  return perform_by_engine(self, asked, request, seconds)
end

--- Runs functions at once, each in a light thread of nginx, and returns when all have ended. What they
--- find out they keep themselves.
---@param functions function[]
---@return boolean|nil ok
---@return any err the first error that one of them raised
function methods.run_all(_, functions)
  local thread = rawget(_G, "ngx").thread
  local threads, first_error = {}, nil
  for i, run in ipairs(functions) do threads[i] = thread.spawn(run) end
  for _, one in ipairs(threads) do
    local ok, err = thread.wait(one)
    if not ok then first_error = first_error or err or "a light thread was ended" end
  end
  if first_error ~= nil then return nil, first_error end
  return true
end

---@param seconds number
function methods.sleep(_, seconds)
  if seconds > 0 then rawget(_G, "ngx").sleep(math.max(seconds, SHORTEST_SLEEP)) end
end

---@return number seconds of a monotonic clock
function methods.now() return core.now() end

---@return number epoch seconds
function methods.time() return core.wall() end

--- Calls under way end by themselves: the thread is the worker's, not one client's.
function methods:close()
  if self._pump then self._pump:close() end
end

return M

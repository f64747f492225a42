-- SPDX-License-Identifier: MIT
-- For specs of seam.fleet: a sandbox with the guide's locks at a moment that stands, and its client.

local sandbox = require "seam.sandbox"
local seam = require "seam"

local M = { START = 1767225600 } -- 2026-01-01T00:00:00Z

--- The lock of a report with this name.
function M.lock(report, name)
  for _, lock in ipairs(report.locks) do
    if lock.name == name then return lock end
  end
  error("no lock " .. name .. " in the report", 2)
end

---@param face table|nil seam or seam.safe
---@return table sandbox, table client
function M.new(face)
  local world = sandbox.new { freeze = M.START, rate_limits = false }
  assert(world:connect())
  return world, (face or seam).new(world:client_options())
end

--- How often each path was asked for by this client's transport.
function M.counting(world)
  local counts, transport = {}, world:transport()
  local perform = transport.perform
  function transport.perform(self, request, ...)
    local path = request.url:match("^%a+://[^/]+([^?]*)")
    counts[path] = (counts[path] or 0) + 1
    return perform(self, request, ...)
  end
  return seam.new(world:client_options { transport = transport }), counts
end

return M

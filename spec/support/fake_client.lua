-- SPDX-License-Identifier: MIT
-- For specs: a client on a fake transport, and the answers most specs need.

local fake_transport = require "support.fake_transport"
local seam = require "seam"

local M = { KEY = "seam_test1234567890abcd" }

M.ok = fake_transport.ok

--- A client whose transport gives these answers, and that transport.
---@param answers table as fake_transport.new takes them
---@param options table|nil further options of the client
---@param face table|nil seam, or seam.safe
---@return table client
---@return table transport
function M.new(answers, options, face)
  local transport = fake_transport.new(answers)
  local given = { api_key = M.KEY, endpoint = "https://x.example", transport = transport }
  for name, value in pairs(options or {}) do given[name] = value end
  return (face or seam).new(given), transport
end

--- An answer with an action attempt of this status.
function M.attempt(status, extra)
  return M.ok(('{"action_attempt":{"action_attempt_id":"a1","action_type":"UNLOCK_DOOR","status":"%s"%s}}')
    :format(status, extra or ""))
end

--- An answer of the API that is an error.
function M.api_error(status, kind, headers)
  return M.ok(('{"error":{"type":"%s","message":"Said the API"}}'):format(kind or "some_error"), status, headers)
end

--- An attempt that brought no answer.
function M.lost(code, sent, takes)
  return { failure = { code = code, message = "the network said " .. code, sent = sent }, takes = takes }
end

return M

-- SPDX-License-Identifier: MIT
-- Waits until any resource is as wanted.

local errors = require "seam.errors"
local options_of = require "seam.wait.options"
local poll = require "seam.wait.poll"
local protected = require "seam.protected"

local M = {}

local DEFAULTS = { timeout = 300, polling_interval = 5 }

local function failure(wait, reason)
  if errors.is_error(reason) then return reason end
  return poll.error(wait, "SeamWaitFailedError", ("Cannot wait for %s: %s"):format(wait.goal, errors.quoted(reason)),
    { code = "refused", outcome = "rejected" })
end

--- Waits for a resource; see seam.wait.resource.
---@param client table with the safe face
---@param get function
---@param predicate function
---@param given table|nil
---@return any resource
---@return seam.Error|nil err
function M.wait(client, get, predicate, given)
  local options, err = options_of.check(given, DEFAULTS, {})
  if not options then return nil, err end
  if type(get) ~= "function" or type(predicate) ~= "function" then
    return nil, errors.invalid_params(nil,
      "wait.resource wants a function that reads the resource, and one that says whether it is as wanted")
  end
  local wait = poll.new(client, options, "a resource to be as wanted")
  return poll.run(wait, function(call_options) return protected.call(get, call_options) end, function(found)
    local done, reason = predicate(found)
    if done then return found end
    if reason ~= nil then return nil, failure(wait, reason) end
    return nil
  end)
end

return M

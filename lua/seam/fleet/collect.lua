-- SPDX-License-Identifier: MIT
-- Asks the API what a report needs: devices and accounts page by page, the codes of many locks at once.

local lock_facts = require "seam.fleet.lock"
local protected = require "seam.protected"

require("seam.uncompiled")()

local M = {}

-- So many failures of the API itself in a row mean that it is gone: a thousand locks more would only wait.
local PATIENCE = 24

--- All items of a paginated list, or nil and the error.
local function list_all(client, method, params)
  local paginator, err = client.create_paginator(method, params)
  if not paginator then return nil, err end
  return paginator:flatten_to_list()
end

--- Whether this failure says more about the API than about the lock that was asked for.
local function is_outage(err)
  local status = err.status_code
  return not (status and status >= 400 and status < 500) or status == 401 or status == 429
end

--- Watches answers: after enough failures in a row there is a reason not to ask on.
local function new_watch()
  local failures, reason = 0, nil
  return function(value, err)
    if value ~= nil then
      failures = 0
    elseif is_outage(err) then
      failures = failures + 1
      if failures >= PATIENCE then reason = err end
    end
    return value, err
  end, function() return reason end
end

--- Asks for the codes of one lock; what fails is an answer, too.
local function codes_of(client, device_id, options, watch)
  local answer, params = {}, { device_id = device_id }
  answer.managed, answer.failure = watch(list_all(client, client.access_codes.list, params))
  if options.codes ~= "managed" and answer.managed then
    answer.unmanaged, answer.failure = watch(list_all(client, client.access_codes.unmanaged.list, params))
  end
  return answer
end

local function collect_codes(client, devices, options)
  local watch, given_up = new_watch()
  return client.map(devices, function(device)
    if not lock_facts.takes_codes(device) then return {} end
    if given_up() then return { failure = given_up(), not_asked = true } end
    return codes_of(client, device.device_id, options, watch)
  end, { concurrency = options.concurrency, on_progress = options.on_progress })
end

local function only_locks(devices)
  local locks = {}
  for _, device in ipairs(devices) do
    if lock_facts.is_lock(device) then locks[#locks + 1] = device end
  end
  return locks
end

--- Everything a report is made from.
---@param given table a client of either face
---@param options table checked
---@return table|nil facts devices, accounts or accounts_failure, codes (in the order of devices), taken_at
---@return seam.Error|nil err when the devices could not be listed: there is nothing to report on
function M.all(given, options)
  local client, err = protected.client(given)
  if not client then return nil, err end
  local devices
  devices, err = list_all(client, client.devices.list, options.filter)
  if not devices then return nil, err end
  local facts = { devices = only_locks(devices), taken_at = client.time() }
  facts.accounts, facts.accounts_failure = list_all(client, client.connected_accounts.list)
  if options.codes then
    facts.codes, err = collect_codes(client, facts.devices, options)
    if not facts.codes then return nil, err end
  end
  return facts
end

return M

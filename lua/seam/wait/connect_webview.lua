-- SPDX-License-Identifier: MIT
-- Waits until somebody has logged in on a Connect Webview, and for the devices that come of it.

local errors = require "seam.errors"
local options_of = require "seam.wait.options"
local poll = require "seam.wait.poll"
local resource = require "seam.resource"
local time = require "seam.time"

local M = {}

-- A person types a password and perhaps a second factor.
local DEFAULTS = { timeout = 600, polling_interval = 3, devices = false }
local OWN = { devices = "count_or_switch" }

-- Without word that the first sync is over, devices count as complete once none came for this long.
local SETTLED = 10

local SYNCED = {
  "connected_account.completed_first_sync", "connected_account.completed_first_sync_after_reconnection",
}

local function judge_login(wait, webview)
  if webview.status == "failed" then
    return nil, poll.error(wait, "SeamWaitFailedError", ("The login failed while waiting for %s"):format(wait.goal),
      { code = "login_failed", outcome = "rejected" })
  end
  local account = webview.connected_account_id
  if type(account) == "string" and (webview.status == "authorized" or webview.login_successful) then return webview end
  wait.remark = ("its status is %s"):format(tostring(webview.status))
  return nil
end

--- Whether Seam has seen all devices of the account. Asked from just before the webview was made.
local function is_synced(client, webview, call_options)
  local since = time.parse(webview.created_at)
  if not since then return false end
  local events, err = client.events.list({
    since = since - 1, connected_account_id = webview.connected_account_id, event_types = SYNCED,
  }, call_options)
  if not events then return nil, err end
  return #events > 0
end

--- Judges growing lists of devices.
local function device_judge(wait, wanted)
  local count, changed_at = -1, nil
  return function(devices, synced)
    local now = wait.client.now()
    if #devices ~= count then count, changed_at = #devices, now end
    wait.remark = ("it has %d so far"):format(count)
    if type(wanted) == "number" then return count >= wanted end
    return count > 0 and (synced or now - changed_at >= SETTLED)
  end
end

local function wait_for_devices(wait, webview, wanted)
  local client = wait.client
  wait.goal = "the devices of connected account " .. webview.connected_account_id
  wait.remark = nil
  local is_enough, synced = device_judge(wait, wanted), false
  return poll.run(wait, function(call_options)
    local err
    -- Asked before the list: devices that a finished sync brought are in it.
    if wanted == true and not synced then
      synced, err = is_synced(client, webview, call_options)
      if synced == nil then return nil, err end
    end
    return client.create_paginator(client.devices.list,
      { connected_account_id = webview.connected_account_id }, call_options):flatten_to_list()
  end, function(devices)
    if is_enough(devices, synced) then return devices end
    return nil
  end)
end

local function wait_for_account(wait, webview)
  return poll.run(wait, function(call_options)
    return wait.client.connected_accounts.get({ connected_account_id = webview.connected_account_id }, call_options)
  end, function(account) return account end)
end

--- Waits for a Connect Webview; see seam.wait.connect_webview.
---@param client table with the safe face
---@param webview table|string
---@param given table|nil
---@return table|nil account
---@return table|seam.Error|nil devices where asked for; or the error
function M.wait(client, webview, given)
  local options, err = options_of.check(given, DEFAULTS, OWN)
  if not options then return nil, err end
  local id = type(webview) == "table" and resource.id_for(webview, "connect_webview_id") or webview
  if type(id) ~= "string" or id == "" then
    return nil, errors.invalid_params(nil, "wait.connect_webview wants a Connect Webview or its id",
      "connect_webview_id")
  end
  local wait = poll.new(client, options, ("somebody to log in on Connect Webview %s"):format(errors.quoted(id)))
  local authorized
  authorized, err = poll.run(wait, function(call_options)
    return client.connect_webviews.get({ connect_webview_id = id }, call_options)
  end, function(found) return judge_login(wait, found) end)
  if not authorized then return nil, err end
  local account
  account, err = wait_for_account(wait, authorized)
  if not account or not options.devices then return account, err end
  local devices
  devices, err = wait_for_devices(wait, authorized, options.devices)
  if not devices then return nil, err end
  return account, devices
end

return M

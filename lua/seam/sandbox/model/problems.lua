-- SPDX-License-Identifier: MIT
-- Errors and warnings as the API lists them: an account's appear on its devices too, a device's on its codes too.

local json = require "seam.sandbox.json"
local time = require "seam.time"

local M = {}

local function add(list, item)
  list[#list + 1] = item
  return list
end

local function site_metadata(site)
  return { sites = json.array({ {
    site_id = site.id, site_name = site.name,
    site_user_subscription_limit = site.seat_limit, subscribed_site_user_count = site.seats,
  } }) }
end

local function account_error(code, message, since)
  return {
    error_code = code, message = message, created_at = time.format(since),
    is_connected_account_error = true, is_device_error = false,
  }
end

local function raw_account_errors(account)
  local list = json.array()
  if account.disconnected_since then
    add(list, account_error("account_disconnected",
      "Seam lost the connection to the Salto KS account; log in again.", account.disconnected_since))
  end
  local site = account.site
  if site.full_since then
    add(list, account_error("salto_ks_subscription_limit_exceeded",
      "All user subscriptions of the Salto KS site are in use.", site.full_since))
  end
  return list
end

function M.account_errors(account)
  local list = raw_account_errors(account)
  for _, item in ipairs(list) do
    item.is_device_error = nil
    if item.error_code == "salto_ks_subscription_limit_exceeded" then
      item.salto_ks_metadata = site_metadata(account.site)
    end
  end
  return list
end

function M.account_warnings(account)
  local list, site = json.array(), account.site
  if site.almost_full_since then
    add(list, {
      warning_code = "salto_ks_subscription_limit_almost_reached",
      message = "More than 80 % of the user subscriptions of the Salto KS site are in use.",
      created_at = time.format(site.almost_full_since), salto_ks_metadata = site_metadata(site),
    })
  end
  return list
end

local DEVICE_ERRORS = {
  { "removed_since", "device_removed", "The lock was removed from the Salto KS account." },
  { "offline_since", "device_disconnected", "The lock is not connected." },
}

local function device_error(code, message, since)
  return { error_code = code, message = message, created_at = time.format(since), is_device_error = true }
end

function M.device_errors(device)
  local list = raw_account_errors(device.account)
  for _, kind in ipairs(DEVICE_ERRORS) do
    if device[kind[1]] then add(list, device_error(kind[2], kind[3], device[kind[1]])) end
  end
  local site = device.account.site
  if site.hub_offline_since then
    add(list, device_error("hub_disconnected", "The Salto IQ of the site is not connected.",
      site.hub_offline_since))
  end
  return list
end

local function warning(code, message, since)
  return { warning_code = code, message = message, created_at = time.format(since) }
end

function M.device_warnings(device)
  local list, site = json.array(), device.account.site
  if device.privacy_since then
    add(list, warning("salto_ks_privacy_mode", "Privacy mode is on: access codes do not open the door.",
      device.privacy_since))
    add(list, warning("privacy_mode", "Privacy mode is on: neither codes nor remote unlocking open the door.",
      device.privacy_since))
  end
  if device.office_since then
    add(list, warning("salto_ks_office_mode", "Office mode is on: access codes do not open the door.",
      device.office_since))
  end
  if site.almost_full_since then
    add(list, warning("salto_ks_subscription_limit_almost_reached",
      "More than 80 % of the user subscriptions of the Salto KS site are in use.", site.almost_full_since))
  end
  if device.crowded_since then
    local item = warning("max_access_codes_reached", "The lock holds as many access codes as it can.",
      device.crowded_since)
    item.active_access_code_count = device.active_codes
    item.max_active_access_code_count = device.max_active_codes
    add(list, item)
  end
  return list
end

local function copy(item)
  local out = {}
  for name, value in pairs(item) do out[name] = value end
  return out
end

function M.code_errors(code)
  local list = json.array()
  for _, item in ipairs(code.errors) do add(list, copy(item)) end
  for _, item in ipairs(M.device_errors(code.device)) do add(list, item) end
  return list
end

function M.code_warnings(code)
  local list = json.array()
  for _, item in ipairs(code.warnings) do add(list, copy(item)) end
  return list
end

-- Events tell less of a problem than resources do.
local function brief(list)
  local short = json.array()
  for place, item in ipairs(list) do
    short[place] = {
      error_code = item.error_code, warning_code = item.warning_code, message = item.message,
      created_at = item.created_at,
    }
  end
  return short
end

--- The error and warning lists that events about an account carry.
function M.of_account(account)
  return {
    connected_account_errors = brief(M.account_errors(account)),
    connected_account_warnings = brief(M.account_warnings(account)),
  }
end

--- The same for events about a device.
function M.of_device(device)
  local lists = M.of_account(device.account)
  lists.device_errors = brief(M.device_errors(device))
  lists.device_warnings = brief(M.device_warnings(device))
  return lists
end

--- The same for `delay_in_*` and `failed_to_*` events.
function M.of_code(code)
  local lists = M.of_device(code.device)
  lists.access_code_errors = brief(M.code_errors(code))
  lists.access_code_warnings = brief(M.code_warnings(code))
  return lists
end

return M

-- SPDX-License-Identifier: MIT
-- devices and locks as lists and single ones: list, get, update, providers, unmanaged.

local devices = require "seam.sandbox.model.devices"
local errors = require "seam.sandbox.errors"
local json = require "seam.sandbox.json"
local lookup = require "seam.sandbox.lookup"
local pages = require "seam.sandbox.pages"
local params_check = require "seam.sandbox.params"
local view = require "seam.sandbox.view.device"

local M = {}

local function is_of_webview(world, device, webview_id)
  if not webview_id then return true end
  local webview = world.webviews:get(webview_id)
  return webview ~= nil and webview.account == device.account
end

local function has_type(params)
  if params.device_type and params.device_type ~= "salto_lock" then return false end
  if params.manufacturer and params.manufacturer ~= "salto" then return false end
  local types = lookup.set(params.device_types)
  return not types or types.salto_lock or false
end

local function belongs(world, device, params)
  local account, key = device.account, params.customer_key or params.user_identifier_key
  local accounts = lookup.set(params.connected_account_ids)
  return (not params.connected_account_id or account.id == params.connected_account_id)
    and (not accounts or accounts[account.id])
    and (not key or account.customer_key == key)
    and is_of_webview(world, device, params.connect_webview_id)
end

local function is_wanted(world, device, params)
  local ids = lookup.set(params.device_ids)
  local before = params.created_before and params_check.moment(params.created_before)
  local nowhere = params.space_id
    or params.unstable_location_id and params.unstable_location_id ~= json.null
  return not nowhere and has_type(params) and belongs(world, device, params)
    and (not ids or ids[device.id])
    and (not before or device.created_at < before)
    and lookup.has_metadata(device.custom_metadata, params.custom_metadata_has)
    and lookup.contains(device.nickname or device.name, params.search)
end

-- The guide lists its locks by name.
local function by_name(list)
  local place = {}
  for index, device in ipairs(list) do place[device] = index end
  table.sort(list, function(a, b)
    if a.name ~= b.name then return a.name < b.name end
    return place[a] < place[b]
  end)
  return list
end

local function find(world, params, managed)
  return by_name(world.devices:where(function(device)
    return device.managed == managed and is_wanted(world, device, params)
  end))
end

M["/devices/list"] = function(world, params)
  local page, pagination = pages.cut(world, "/devices/list", params, find(world, params, true), 500)
  return { devices = pages.render(world, page, view.render), pagination = pagination }
end

M["/devices/get"] = function(world, params)
  return { device = view.render(world, lookup.device_of(world, params)) }
end

M["/locks/list"] = function(world, params)
  local list = pages.render(world, find(world, params, true), view.render)
  return { locks = list, devices = list }
end

M["/locks/get"] = function(world, params)
  local lock = view.render(world, lookup.device_of(world, params))
  return { lock = lock, device = lock }
end

local function given_name(params)
  if params.name ~= nil then return params.name end
  return params.properties and params.properties.name
end

M["/devices/update"] = function(world, params)
  local device = lookup.device(world, params.device_id)
  local name = given_name(params)
  device.custom_metadata = lookup.merge_metadata(device.custom_metadata, params.custom_metadata)
  if name ~= nil then devices.rename(world, device, name ~= json.null and name or nil) end
  if params.is_managed == false then devices.set_managed(world, device, false) end
  return {}
end

M["/devices/list_device_providers"] = function(_, params)
  local list = json.array()
  local category = params.provider_category
  if not category or category == "stable" or category == "consumer_smartlocks" then
    list[1] = {
      device_provider_name = "salto_ks", display_name = "Salto KS",
      provider_categories = json.array({ "stable", "consumer_smartlocks" }),
      image_url = "https://connect.getseam.com/assets/images/devices/unknown-lock.png",
      can_remotely_lock = true, can_remotely_unlock = true, can_program_online_access_codes = true,
      can_unlock_with_code = true,
    }
  end
  return { device_providers = list }
end

local function unmanaged(world, params)
  local found = world.devices:where(function(device)
    if device.managed then return false end
    if params.device_id then return device.id == params.device_id end
    return device.name == params.name
  end)
  return found[1] or errors.not_found("device", { device_id = params.device_id, name = params.name })
end

M["/devices/unmanaged/list"] = function(world, params)
  local page, pagination = pages.cut(world, "/devices/unmanaged/list", params, find(world, params, false), 22900)
  return { devices = pages.render(world, page, view.render_unmanaged), pagination = pagination }
end

M["/devices/unmanaged/get"] = function(world, params)
  return { device = view.render_unmanaged(world, unmanaged(world, params)) }
end

M["/devices/unmanaged/update"] = function(world, params)
  local device = unmanaged(world, params)
  device.custom_metadata = lookup.merge_metadata(device.custom_metadata, params.custom_metadata)
  if params.is_managed then devices.set_managed(world, device, true) end
  return {}
end

return M

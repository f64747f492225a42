-- SPDX-License-Identifier: MIT
-- connected_accounts: get, list, update, sync, delete, and simulate/disconnect.

local accounts = require "seam.sandbox.model.accounts"
local errors = require "seam.sandbox.errors"
local lookup = require "seam.sandbox.lookup"
local pages = require "seam.sandbox.pages"
local view = require "seam.sandbox.view.others"

local M = {}

local function account_of(world, params)
  return lookup.record(world, "accounts", "connected_account", params.connected_account_id)
end

M["/connected_accounts/get"] = function(world, params)
  if params.connected_account_id then
    return { connected_account = view.connected_account(world, account_of(world, params)) }
  end
  if not params.email then errors.invalid(nil, "Either 'connected_account_id' or 'email' is required") end
  local found = world.accounts:where(function(account) return account.email == params.email:lower() end)[1]
  if not found then errors.not_found("connected_account", { email = params.email }) end
  return { connected_account = view.connected_account(world, found) }
end

M["/connected_accounts/list"] = function(world, params)
  local key = params.customer_key or params.user_identifier_key
  local list = world.accounts:newest(function(account)
    return (not key or account.customer_key == key) and not params.space_id
      and lookup.has_metadata(account.custom_metadata, params.custom_metadata_has)
      and lookup.contains(account.display_name or account.email, params.search)
  end)
  local page, pagination = pages.cut(world, "/connected_accounts/list", params, list, 11000)
  return { connected_accounts = pages.render(world, page, view.connected_account), pagination = pagination }
end

M["/connected_accounts/update"] = function(world, params)
  local account = account_of(world, params)
  account.custom_metadata = lookup.merge_metadata(account.custom_metadata, params.custom_metadata)
  if params.automatically_manage_new_devices ~= nil then
    account.automatically_manage = params.automatically_manage_new_devices
  end
  account.display_name = params.display_name or account.display_name
  account.customer_key = params.customer_key or account.customer_key
  account.accepted_capabilities = params.accepted_capabilities or account.accepted_capabilities
  return { connected_account = view.connected_account(world, account) }
end

M["/connected_accounts/sync"] = function(world, params)
  account_of(world, params)
  return {}
end

M["/connected_accounts/delete"] = function(world, params)
  accounts.delete(world, account_of(world, params))
  return {}
end

M["/connected_accounts/simulate/disconnect"] = function(world, params)
  accounts.disconnect(world, account_of(world, params))
  return {}
end

return M

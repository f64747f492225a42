-- SPDX-License-Identifier: MIT
-- connect_webviews: create, get, list, delete.

local errors = require "seam.sandbox.errors"
local lookup = require "seam.sandbox.lookup"
local names = require "seam.sandbox.data.names"
local pages = require "seam.sandbox.pages"
local view = require "seam.sandbox.view.others"

local M = {}

local function check_names(field, list, known)
  local issues = {}
  for place, name in ipairs(list or {}) do
    if not known[name] then
      issues[#issues + 1] = {
        path = { field, tostring(place - 1) }, message = "Invalid enum value, received '" .. name .. "'",
      }
    end
  end
  if #issues > 0 then errors.raise_issues(issues) end
end

local function check_one(field, value, known)
  if value ~= nil and not known[value] then
    errors.invalid(field, "Invalid enum value, received '" .. value .. "'")
  end
end

-- The sandbox knows one provider; a category or no choice at all comes down to it.
local function providers(params)
  local list = params.accepted_providers
  if not list or #list == 0 then
    list = {}
    local category = params.provider_category
    if not category or names.SALTO_CATEGORIES[category] then list[1] = "salto_ks" end
  end
  local excluded, kept = lookup.set(params.excluded_providers) or {}, {}
  for _, name in ipairs(list) do
    if not excluded[name] then kept[#kept + 1] = name end
  end
  return kept
end

local function check(params)
  check_names("accepted_providers", params.accepted_providers, names.PROVIDERS)
  check_names("accepted_capabilities", params.accepted_capabilities, names.CAPABILITIES)
  check_one("provider_category", params.provider_category, names.PROVIDER_CATEGORIES)
end

M["/connect_webviews/create"] = function(world, params)
  check(params)
  local id = world.ids:uuid()
  local webview = world.webviews:add(id, {
    id = id, auth_token = world.ids:token(33), created_at = world.clock:now(), status = "pending",
    login_successful = false, accepted_providers = providers(params),
    accepted_capabilities = params.accepted_capabilities or {},
    any_provider_allowed = not params.accepted_providers and not params.provider_category,
    custom_redirect_url = params.custom_redirect_url,
    custom_redirect_failure_url = params.custom_redirect_failure_url,
    custom_metadata = lookup.merge_metadata({}, params.custom_metadata),
    customer_key = params.customer_key,
    automatically_manage = params.automatically_manage_new_devices ~= false,
    wait_for_devices = params.wait_for_device_creation == true,
  })
  return { connect_webview = view.connect_webview(world, webview) }
end

M["/connect_webviews/get"] = function(world, params)
  local webview = lookup.record(world, "webviews", "connect_webview", params.connect_webview_id)
  return { connect_webview = view.connect_webview(world, webview) }
end

M["/connect_webviews/list"] = function(world, params)
  local key = params.customer_key or params.user_identifier_key
  local list = world.webviews:newest(function(webview)
    return (not key or webview.customer_key == key)
      and lookup.has_metadata(webview.custom_metadata, params.custom_metadata_has)
      and lookup.contains(view.webview_url(world, webview), params.search)
  end)
  local page, pagination = pages.cut(world, "/connect_webviews/list", params, list, 500)
  return { connect_webviews = pages.render(world, page, view.connect_webview), pagination = pagination }
end

M["/connect_webviews/delete"] = function(world, params)
  lookup.record(world, "webviews", "connect_webview", params.connect_webview_id)
  world.webviews:remove(params.connect_webview_id)
  return {}
end

return M

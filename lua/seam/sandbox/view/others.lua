-- SPDX-License-Identifier: MIT
-- Connect Webviews, accounts, attempts, webhooks and the workspace as the API shows them.

local json = require "seam.sandbox.json"
local marks = require "seam.sandbox.model.marks"
local problems = require "seam.sandbox.model.problems"
local time = require "seam.time"

local M = {}

local iso, or_null = marks.iso, marks.or_null

local function copy_list(list)
  local copy = json.array()
  for place, item in ipairs(list) do copy[place] = item end
  return copy
end

--- The address of a webview's login page.
function M.webview_url(world, webview)
  return world.options.base_url .. "/connect_webviews/view?connect_webview_id=" .. webview.id
    .. "&auth_token=" .. webview.auth_token
end

function M.connect_webview(world, webview)
  return {
    connect_webview_id = webview.id, workspace_id = world.options.workspace_id,
    created_at = time.format(webview.created_at), url = M.webview_url(world, webview),
    status = webview.status, login_successful = webview.login_successful,
    connected_account_id = or_null(webview.account and webview.account.id),
    authorized_at = iso(webview.authorized_at), selected_provider = or_null(webview.selected_provider),
    accepted_providers = copy_list(webview.accepted_providers),
    accepted_capabilities = copy_list(webview.accepted_capabilities), accepted_devices = json.array(),
    any_device_allowed = webview.any_provider_allowed, any_provider_allowed = webview.any_provider_allowed,
    device_selection_mode = "none",
    custom_redirect_url = or_null(webview.custom_redirect_url),
    custom_redirect_failure_url = or_null(webview.custom_redirect_failure_url),
    custom_metadata = webview.custom_metadata, customer_key = webview.customer_key,
    automatically_manage_new_devices = webview.automatically_manage,
    wait_for_device_creation = webview.wait_for_devices,
  }
end

function M.connected_account(_, account)
  return {
    connected_account_id = account.id, account_type = "salto_ks", account_type_display_name = "Salto KS",
    display_name = account.display_name or account.email, user_identifier = { email = account.email },
    created_at = time.format(account.created_at), customer_key = account.customer_key,
    automatically_manage_new_devices = account.automatically_manage,
    accepted_capabilities = copy_list(account.accepted_capabilities),
    custom_metadata = account.custom_metadata,
    errors = problems.account_errors(account), warnings = problems.account_warnings(account),
  }
end

function M.action_attempt(_, attempt)
  return {
    action_attempt_id = attempt.id, action_type = attempt.action_type, status = attempt.status,
    result = or_null(attempt.result), error = or_null(attempt.error),
  }
end

function M.webhook(_, webhook)
  return {
    webhook_id = webhook.id, url = webhook.url, event_types = copy_list(webhook.event_types),
    secret = webhook.secret,
  }
end

function M.workspace(world)
  return {
    workspace_id = world.options.workspace_id, name = world.options.workspace_name,
    company_name = world.options.workspace_name, connect_partner_name = world.options.workspace_name,
    is_sandbox = true, is_suspended = false, is_publishable_key_auth_enabled = false,
    organization_id = json.null, connect_webview_customization = { logo_shape = "square" },
  }
end

return M

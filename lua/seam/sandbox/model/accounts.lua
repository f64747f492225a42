-- SPDX-License-Identifier: MIT
-- Logging in to Salto KS through a Connect Webview, and what follows: an account, its site, its locks.

local devices = require "seam.sandbox.model.devices"
local events = require "seam.sandbox.model.events"
local marks = require "seam.sandbox.model.marks"
local problems = require "seam.sandbox.model.problems"
local seed = require "seam.sandbox.data.seed"
local time = require "seam.time"

local M = {}

local function find(world, email)
  return world.accounts:where(function(account) return account.email == email end)[1]
end

local function create(world, webview, email)
  local id = seed.FIRST_ACCOUNT
  if world.guide_ids.account or not world.options.guide_ids then id = world.ids:uuid() end
  local is_first = not world.guide_ids.account
  world.guide_ids.account = true
  return world.accounts:add(id, {
    id = id, email = email, created_at = world.clock:now(), is_first = is_first,
    customer_key = webview.customer_key, custom_metadata = webview.custom_metadata,
    automatically_manage = webview.automatically_manage,
    accepted_capabilities = { "lock" },
    site = {
      id = world.ids:uuid(), name = seed.SITE_NAME, seats = 0, seat_limit = world.options.seat_limit,
    },
  })
end

local function install(world, account, lock)
  local options = world.options
  local guide = account.is_first
  local id = guide and options.guide_ids and lock.device_id or world.ids:uuid()
  local made = guide and options.guide_timestamps and time.parse(lock.created_at) or world.clock:now()
  local device = {
    id = id, account = account, created_at = made, name = lock.name, lock_id = lock.lock_id,
    lock_type = lock.lock_type, model_name = lock.model_name, has_keypad = lock.has_keypad,
    remote = lock.remote, direct_power = lock.direct_power, battery_level = 1, locked = true,
    managed = account.automatically_manage, custom_metadata = {}, unreported = {},
    max_active_codes = options.max_active_codes, active_codes = 0,
  }
  world.devices:add(id, device)
  events.about_device(world, device, "device.added")
end

local function sync(world, account)
  if world.accounts:get(account.id) ~= account then return end
  if account.synced then
    if account.reconnecting then
      events.about_account(world, account, "connected_account.completed_first_sync_after_reconnection")
    end
    account.reconnecting = nil
    return
  end
  for _, lock in ipairs(seed.LOCKS) do install(world, account, lock) end
  account.synced = true
  events.about_account(world, account, "connected_account.completed_first_sync")
end

local function authorize(world, webview, account)
  webview.status, webview.login_successful = "authorized", true
  webview.account, webview.selected_provider = account, "salto_ks"
  webview.authorized_at = world.clock:now()
  events.about_account(world, account, "connect_webview.login_succeeded", {
    connect_webview_id = webview.id, customer_key = webview.customer_key,
  })
end

local function reconnect(world, account)
  if not account.disconnected_since then return end
  account.reconnecting = true
  devices.change(world, devices.of_account(world, account), function()
    account.disconnected_since = nil
  end)
end

local function enter(world, webview, account, is_new)
  local ids = { connect_webview_id = webview.id }
  if is_new then events.about_account(world, account, "connected_account.created", ids) end
  events.about_account(world, account, "connected_account.successful_login", ids)
  if is_new or account.disconnected_since then
    events.about_account(world, account, "connected_account.connected", ids)
  end
  reconnect(world, account)
end

local function log_in(world, webview, email)
  local account = find(world, email)
  local is_new = account == nil
  account = account or create(world, webview, email)
  local delay = world.options.sync_delay
  if webview.wait_for_devices and delay > 0 then
    webview.account_waiting = account
    enter(world, webview, account, is_new)
    world.clock:after(delay, function()
      sync(world, account)
      authorize(world, webview, account)
    end)
    return
  end
  authorize(world, webview, account)
  enter(world, webview, account, is_new)
  if delay > 0 then
    world.clock:after(delay, function() sync(world, account) end)
  else
    sync(world, account)
  end
end

local function refuse(world, webview, reason)
  webview.status = world.options.failed_login_status
  events.emit(world, "connect_webview.login_failed", { connect_webview_id = webview.id })
  return nil, reason
end

local function offers_salto(webview)
  for _, provider in ipairs(webview.accepted_providers) do
    if provider == "salto_ks" or provider == "salto" then return true end
  end
  return false
end

--- Someone logs in on the webview's page.
---@param webview table the record
---@return boolean|nil ok
---@return string|nil reason a sentence for the page
function M.login(world, webview, email, password)
  if webview.status == "authorized" or webview.account_waiting then
    return nil, "This login has already been completed."
  end
  if not offers_salto(webview) then
    return refuse(world, webview, "The sandbox simulates Salto KS only, and this Connect Webview does not offer it.")
  end
  email = tostring(email):lower()
  local domain = email:match("^[^@%s]+@([^@%s]+)$")
  if domain ~= seed.EMAIL_DOMAIN or password ~= world.options.login_password then
    return refuse(world, webview, "The e-mail address or the password is wrong.")
  end
  log_in(world, webview, email)
  return true
end

--- Seam loses the account: every device is unreachable, every code unknown.
function M.disconnect(world, account)
  if account.disconnected_since then return end
  local list = devices.of_account(world, account)
  devices.change(world, list, function(now)
    account.disconnected_since = now
    events.about_account(world, account, "connected_account.disconnected", problems.of_account(account))
  end)
end

--- Deletes an account with everything on it.
function M.delete(world, account)
  for _, device in ipairs(devices.of_account(world, account)) do
    for _, code in ipairs(world.codes:where(function(item) return item.device == device end)) do
      marks.cancel_all(code)
      world.codes:remove(code.id)
    end
    if device.relock then device.relock.cancelled = true end
    world.devices:remove(device.id)
    events.about_device(world, device, "device.deleted", { device_name = device.nickname or device.name })
  end
  world.accounts:remove(account.id)
  events.about_account(world, account, "connected_account.deleted", {
    connected_account_type = "salto_ks", customer_key = account.customer_key,
  })
end

return M

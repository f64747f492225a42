-- SPDX-License-Identifier: MIT
local world_of = require "support.sandbox_world"

local function names_of(list)
  local names = {}
  for place, device in ipairs(list) do names[place] = device.display_name end
  return names
end

describe("the sandbox's own calls", function()
  local seam_sandbox = require "seam.sandbox"

  local function refused(pattern, f, ...)
    local ok, err = pcall(f, ...)
    assert.is_false(ok, "a refusal was expected")
    assert.matches(pattern, tostring(err))
  end

  it("connect an account in one step", function()
    local box = seam_sandbox.new()
    assert.is_true(box:connect())
    assert.equal("BACK DOOR", box:device("BACK DOOR").display_name)
  end)

  it("take no nil for a device, no guess for a side, and no field nobody knows", function()
    local box = seam_sandbox.new()
    box:connect()
    refused("a device is wanted", box.device, box)
    refused("a device is wanted", box.set_battery, box, nil, 0.5)
    refused("true %(locked%) or false", box.turn_by_hand, box, "BACK DOOR")
    refused("did you mean 'times'", box.fault, box, { kind = "outage", tmes = 1 })
    refused("did you mean 'email'", box.connect, box, { emial = "x@example.com" })
  end)
end)

describe("a Connect Webview", function()
  local world

  before_each(function() world = world_of.empty() end)

  it("starts pending, with an address of its own", function()
    local webview = world:call("/connect_webviews/create", { accepted_providers = { "salto_ks" } }).connect_webview
    assert.are.equal("pending", webview.status)
    assert.is_false(webview.login_successful)
    assert.are.equal(world_of.null, webview.connected_account_id)
    local base, id, token = webview.url:match("^(.*)/connect_webviews/view%?connect_webview_id=(.-)&auth_token=(.*)$")
    assert.are.equal("https://connect.getseam.com", base)
    assert.are.equal(webview.connect_webview_id, id)
    assert.truthy(token:find("^[%w_-]+$") and #token == 33, token)
  end)

  it("is authorized by the login of jane@example.com", function()
    local webview = world:login()
    local got = world:call("/connect_webviews/get", { connect_webview_id = webview.connect_webview_id }).connect_webview
    assert.are.equal("authorized", got.status)
    assert.is_true(got.login_successful)
    assert.are.equal(world_of.ACCOUNT, got.connected_account_id)
    assert.are.equal("salto_ks", got.selected_provider)
    assert.are.equal("2026-01-01T00:00:00.000Z", got.authorized_at)
  end)

  it("takes salto for salto_ks, categories, exclusions, and refuses providers that do not exist", function()
    local function offered(params)
      return world:call("/connect_webviews/create", params).connect_webview.accepted_providers
    end
    assert.are.same({ "salto" }, offered{ accepted_providers = { "salto" } })
    assert.are.same({ "salto_ks" }, offered{})
    assert.are.same({ "salto_ks" }, offered{ provider_category = "stable" })
    assert.are.same({}, offered{ provider_category = "thermostats" })
    assert.are.same({}, offered{ excluded_providers = { "salto_ks" } })
    assert.are.equal(400, (world:try("/connect_webviews/create", { provider_category = "locks" })))
  end)

  it("checks custom metadata", function()
    local long = ("k"):rep(41)
    assert.are.equal(400, (world:try("/connect_webviews/create", { custom_metadata = { [long] = "v" } })))
    assert.are.equal(400, (world:try("/connect_webviews/create", { custom_metadata = { k = 7 } })))
    assert.are.equal(400, (world:try("/connect_webviews/create", { custom_metadata = { k = ("v"):rep(501) } })))
    local kept = world:call("/connect_webviews/create", { custom_metadata = { k = "v", ok = false } }).connect_webview
    assert.are.same({ k = "v", ok = false }, kept.custom_metadata)
  end)

  it("takes names of capabilities that exist", function()
    local path = "/connect_webviews/create"
    assert.are.equal(400, (world:try(path, { accepted_capabilities = { "lock", "door" } })))
    local webview = world:call(path, { accepted_capabilities = { "lock" } }).connect_webview
    assert.are.same({ "lock" }, webview.accepted_capabilities)
  end)

  it("is listed newest first, found by metadata and customer, and deleted", function()
    local first = world:call("/connect_webviews/create", { customer_key = "c1" }).connect_webview
    local second = world:call("/connect_webviews/create", { custom_metadata = { room = "7" } }).connect_webview
    local function ids(params)
      local list = {}
      for place, item in ipairs(world:call("/connect_webviews/list", params).connect_webviews) do
        list[place] = item.connect_webview_id
      end
      return list
    end
    assert.are.same({ second.connect_webview_id, first.connect_webview_id }, ids())
    assert.are.same({ first.connect_webview_id }, ids{ customer_key = "c1" })
    assert.are.same({ second.connect_webview_id }, ids{ custom_metadata_has = { room = "7" } })
    world:call("/connect_webviews/delete", { connect_webview_id = first.connect_webview_id })
    assert.are.same({ second.connect_webview_id }, ids())
    assert.are.equal(404, (world:try("/connect_webviews/get", { connect_webview_id = first.connect_webview_id })))
  end)
end)

describe("a login", function()
  it("tells its story in this order", function()
    local world = world_of.empty()
    assert.are.same({
      "connect_webview.login_succeeded", "connected_account.created", "connected_account.successful_login",
      "connected_account.connected", "device.added", "device.added", "device.added",
      "connected_account.completed_first_sync",
    }, world:happened(function() world:login() end))
  end)

  it("brings the guide's three locks, by name", function()
    local world = world_of.empty()
    assert.are.equal(0, #world:call("/locks/list").locks)
    world:login()
    local body = world:call("/locks/list")
    assert.are.same({ "BACK DOOR", "EXTRA DOOR", "FRONT_DOOR" }, names_of(body.locks))
    assert.are.same(body.locks, body.devices)
    assert.are.same({ world_of.BACK_DOOR, world_of.EXTRA_DOOR, world_of.FRONT_DOOR },
      { body.locks[1].device_id, body.locks[2].device_id, body.locks[3].device_id })
    assert.are.equal("2023-02-08T22:14:09.921Z", body.locks[1].created_at)
  end)

  it("with a wrong password or address fails, and the webview stays pending", function()
    local world = world_of.empty()
    local webview = world:call("/connect_webviews/create").connect_webview
    for _, wrong in ipairs({ { password = "4321" }, { email = "jane@example.org" }, { email = "jane" } }) do
      local ok, reason
      assert.are.same({ "connect_webview.login_failed" }, world:happened(function()
        ok, reason = world.sandbox:login(webview, wrong)
      end))
      assert.is_nil(ok)
      assert.are.equal("The e-mail address or the password is wrong.", reason)
    end
    local got = world:call("/connect_webviews/get", { connect_webview_id = webview.connect_webview_id }).connect_webview
    assert.are.equal("pending", got.status)
    assert.truthy(world.sandbox:login(webview))
  end)

  it("fails for good where failed_login_status says so", function()
    local world = world_of.empty{ failed_login_status = "failed" }
    local webview = world:call("/connect_webviews/create").connect_webview
    world.sandbox:login(webview, { password = "x" })
    assert.are.equal("failed",
      world:call("/connect_webviews/get", { connect_webview_id = webview.connect_webview_id }).connect_webview.status)
  end)

  it("fails on a webview that does not offer Salto KS, and on one that is done", function()
    local world = world_of.empty()
    local other = world:call("/connect_webviews/create", { accepted_providers = { "august" } }).connect_webview
    assert.is_nil((world.sandbox:login(other)))
    local webview = world:login()
    assert.is_nil((world.sandbox:login(webview)))
  end)

  it("with the address of before leads to the same account", function()
    local world = world_of.new()
    local story = world:happened(function() world:login(nil, { email = "Jane@Example.com" }) end)
    assert.are.same({ "connect_webview.login_succeeded", "connected_account.successful_login" }, story)
    assert.are.equal(3, #world:call("/locks/list").locks)
    assert.are.equal(1, #world:call("/connected_accounts/list").connected_accounts)
  end)

  it("with another address brings an account and locks of its own", function()
    local world = world_of.new()
    local webview = world:login(nil, { email = "john@example.com" })
    local locks = world:call("/locks/list", { connect_webview_id = webview.connect_webview_id }).locks
    assert.are.same({ "BACK DOOR", "EXTRA DOOR", "FRONT_DOOR" }, names_of(locks))
    assert.are_not.equal(world_of.BACK_DOOR, locks[1].device_id)
    assert.are.equal(6, #world:call("/devices/list").devices)
  end)

  it("has ids of its own where guide_ids is off", function()
    local world = world_of.new{ guide_ids = false, guide_timestamps = false }
    local lock = world:call("/locks/list").locks[1]
    assert.are_not.equal(world_of.BACK_DOOR, lock.device_id)
    assert.are_not.equal(world_of.ACCOUNT, lock.connected_account_id)
    assert.are.equal("2026-01-01T00:00:00.000Z", lock.created_at)
  end)

  it("leaves the locks for later where sync_delay says so", function()
    local world = world_of.empty{ sync_delay = 30 }
    world:login()
    assert.are.equal(0, #world:call("/locks/list").locks)
    assert.are.same({ "device.added +30", "device.added +30", "device.added +30",
      "connected_account.completed_first_sync +30" }, world:happened(function() world.sandbox:advance(31) end))
    assert.are.equal(3, #world:call("/locks/list").locks)
  end)

  it("completes only with its locks where wait_for_device_creation says so", function()
    local world = world_of.empty{ sync_delay = 30 }
    local webview = world:login{ wait_for_device_creation = true }
    local function status()
      return world:call("/connect_webviews/get", { connect_webview_id = webview.connect_webview_id })
        .connect_webview.status
    end
    assert.are.equal("pending", status())
    world.sandbox:advance(30)
    assert.are.equal("authorized", status())
    assert.are.equal(3, #world:call("/locks/list").locks)
  end)

  it("brings unmanaged devices where automatically_manage_new_devices is false", function()
    local world = world_of.empty()
    world:login{ automatically_manage_new_devices = false }
    assert.are.equal(0, #world:call("/devices/list").devices)
    assert.are.equal(404, (world:try("/devices/get", { device_id = world_of.BACK_DOOR })))
    assert.are.equal(3, #world:call("/devices/unmanaged/list").devices)
    assert.are.same({ "device.unmanaged.converted_to_managed" }, world:happened(function()
      world:call("/devices/unmanaged/update", { device_id = world_of.BACK_DOOR, is_managed = true })
    end))
    assert.are.equal(200, (world:try("/devices/get", { device_id = world_of.BACK_DOOR })))
  end)
end)

describe("a connected account", function()
  local world

  before_each(function() world = world_of.new() end)

  it("is found by id and by address", function()
    local by_id = world:call("/connected_accounts/get", { connected_account_id = world_of.ACCOUNT }).connected_account
    local by_email = world:call("/connected_accounts/get", { email = "jane@example.com" }).connected_account
    assert.are.same(by_id, by_email)
    assert.are.equal("Salto KS", by_id.account_type_display_name)
    assert.are.equal(404, (world:try("/connected_accounts/get", { email = "john@example.com" })))
  end)

  it("that is lost makes devices unreachable and codes unknown until the next login", function()
    world:call("/access_codes/create", { device_id = world_of.BACK_DOOR, name = "a" })
    local story = world:happened(function()
      world:call("/connected_accounts/simulate/disconnect", { connected_account_id = world_of.ACCOUNT })
    end)
    assert.are.same({ "connected_account.disconnected", "device.disconnected", "device.disconnected",
      "device.disconnected" }, story)
    local code = world:call("/access_codes/list", { device_id = world_of.BACK_DOOR }).access_codes[1]
    assert.are.equal("unknown", code.status)
    assert.are.equal("account_disconnected", code.errors[1].error_code)
    assert.is_false(world.sandbox:device("BACK DOOR").properties.online)
    assert.are.same({ "connect_webview.login_succeeded", "connected_account.successful_login",
      "connected_account.connected", "device.connected", "device.connected", "device.connected",
      "connected_account.completed_first_sync_after_reconnection" },
      world:happened(function() world:login() end))
    assert.are.equal("set", world:code(code.access_code_id).status)
  end)

  it("can be changed and searched", function()
    world:call("/connected_accounts/update", {
      connected_account_id = world_of.ACCOUNT, display_name = "Front desk", customer_key = "c9",
      custom_metadata = { floor = "1" },
    })
    local function found(params) return #world:call("/connected_accounts/list", params).connected_accounts end
    assert.are.same({ 1, 0, 1, 0, 1 }, {
      found{ search = "desk" }, found{ search = "jane" }, found{ customer_key = "c9" }, found{ customer_key = "c1" },
      found{ custom_metadata_has = { floor = "1" } },
    })
    world:call("/connected_accounts/update", { connected_account_id = world_of.ACCOUNT, customer_key = "c8" })
    assert.are.equal("Front desk", world:call("/connected_accounts/get", { email = "jane@example.com" })
      .connected_account.display_name)
    assert.are.equal(3, #world:call("/devices/list", { customer_key = "c8" }).devices)
  end)

  it("takes everything with it when it is deleted", function()
    world:call("/access_codes/create", { device_id = world_of.BACK_DOOR, name = "a" })
    assert.are.same({ "device.deleted", "device.deleted", "device.deleted", "connected_account.deleted" },
      world:happened(function()
        world:call("/connected_accounts/delete", { connected_account_id = world_of.ACCOUNT })
        world.sandbox:advance(86400 * 30)
      end))
    assert.are.equal(0, #world:call("/devices/list").devices)
    assert.are.equal(404, (world:try("/access_codes/list", { device_id = world_of.BACK_DOOR })))
  end)
end)

describe("the workspace", function()
  it("is a sandbox and can be emptied; the key stays, and the next login brings the guide's ids again", function()
    local world = world_of.new()
    assert.is_true(world:call("/workspaces/get").workspace.is_sandbox)
    local attempt = world:call("/workspaces/reset_sandbox").action_attempt
    assert.are.equal("success", attempt.status)
    assert.are.equal(0, #world:call("/devices/list").devices)
    assert.are.equal(0, #world:call("/connect_webviews/list").connect_webviews)
    assert.are.equal("success",
      world:call("/action_attempts/get", { action_attempt_id = attempt.action_attempt_id }).action_attempt.status)
    world:login()
    assert.are.equal(world_of.BACK_DOOR, world:call("/locks/list").locks[1].device_id)
  end)
end)

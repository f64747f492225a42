-- SPDX-License-Identifier: MIT
local world_of = require "support.sandbox_world"

local BACK_DOOR = world_of.BACK_DOOR

local world

local function device()
  return world:call("/devices/get", { device_id = BACK_DOOR }).device
end

before_each(function() world = world_of.new() end)

describe("a lock", function()
  it("is what the guide prints", function()
    local got = device()
    assert.are.equal("salto_lock", got.device_type)
    assert.are.same({ "access_code", "lock" }, got.capabilities_supported)
    assert.are.same({ 6 }, got.properties.supported_code_lengths)
    assert.are.equal(100, got.properties.max_active_codes_supported)
    assert.are.equal("lock_2", got.properties.salto_metadata.lock_id)
    assert.are.equal("wall_reader_pin", got.properties.salto_ks_metadata.lock_type)
    assert.are.equal("fresh", got.properties.salto_ks_metadata.battery_level)
    assert.is_nil(got.properties.salto_metadata.has_custom_pin_subscription)
    assert.is_true(got.properties.has_direct_power)
    assert.is_true(got.can_remotely_unlock and got.can_unlock_with_code)
  end)

  it("without remote control and keypad has no flags for them", function()
    local got = world:call("/devices/get", { name = "EXTRA DOOR" }).device
    assert.are.equal(0, #got.capabilities_supported)
    for _, flag in ipairs({ "can_remotely_lock", "can_remotely_unlock", "can_program_online_access_codes",
      "can_unlock_with_code" }) do assert.is_nil(got[flag], flag) end
    assert.is_nil(got.properties.supported_code_lengths)
  end)

  it("is the same at every endpoint, and a fresh copy in Lua", function()
    assert.are.same(device(), world:call("/locks/get", { device_id = BACK_DOOR }).lock)
    local copy = world.sandbox:device("BACK DOOR")
    copy.properties.locked = "changed"
    assert.is_true(world.sandbox:device(BACK_DOOR).properties.locked)
    assert.has_error(function() world.sandbox:device("CELLAR") end)
  end)

  it("can be renamed, and named as before", function()
    assert.are.same({ "device.name_changed" }, world:happened(function()
      world:call("/devices/update", { device_id = BACK_DOOR, name = "Kitchen" })
    end))
    assert.are.equal("Kitchen", world.sandbox:events("device.name_changed")[1].device_name)
    assert.are.equal("Kitchen", device().display_name)
    assert.are.equal("BACK DOOR", device().properties.appearance.name)
    assert.are.equal(200, (world:try("/locks/get", { name = "Kitchen" })))
    world:call("/devices/update", { device_id = BACK_DOOR, name = world_of.null })
    assert.are.equal("BACK DOOR", device().display_name)
  end)

  it("keeps custom metadata, merged, null taking away", function()
    world:call("/devices/update", { device_id = BACK_DOOR, custom_metadata = { a = "1", b = true } })
    world:call("/devices/update", { device_id = BACK_DOOR, custom_metadata = { a = world_of.null, c = "3" } })
    assert.are.same({ b = true, c = "3" }, device().custom_metadata)
    local many = {}
    for place = 1, 49 do many["k" .. place] = "v" end
    assert.are.equal(400, (world:try("/devices/update", { device_id = BACK_DOOR, custom_metadata = many })))
    assert.are.same({ b = true, c = "3" }, device().custom_metadata)
    local found = world:call("/devices/list", { custom_metadata_has = { c = "3" } }).devices
    assert.are.equal(1, #found)
    world:call("/locks/unlock_door", { device_id = BACK_DOOR })
    assert.are.same({ b = true, c = "3" }, world.sandbox:events("lock.unlocked")[1].device_custom_metadata)
  end)
end)

describe("lists of devices", function()
  for name, case in pairs({
    ["type"] = { { device_type = "salto_lock" }, 3 },
    ["another type"] = { { device_type = "august_lock" }, 0 },
    ["types"] = { { device_types = { "august_lock", "salto_lock" } }, 3 },
    ["other types"] = { { device_types = { "august_lock" } }, 0 },
    ["a space"] = { { space_id = world_of.NOBODY }, 0 },
    ["a webview nobody has"] = { { connect_webview_id = world_of.NOBODY }, 0 },
    ["manufacturer"] = { { manufacturer = "august" }, 0 },
    ["account"] = { { connected_account_id = world_of.ACCOUNT }, 3 },
    ["an account nobody has"] = { { connected_account_ids = { world_of.NOBODY } }, 0 },
    ["ids"] = { { device_ids = { BACK_DOOR, world_of.NOBODY } }, 1 },
    ["a word"] = { { search = "door" }, 3 },
    ["a rarer word"] = { { search = "front" }, 1 },
    ["age"] = { { created_before = "2023-02-08T22:14:09.900Z" }, 1 },
    ["customer"] = { { customer_key = "c" }, 0 },
  }) do
    it("can be narrowed by " .. name, function()
      assert.are.equal(case[2], #world:call("/devices/list", case[1]).devices)
    end)
  end

  it("that nobody manages can be asked for by name", function()
    world:call("/devices/update", { device_id = BACK_DOOR, is_managed = false })
    assert.are.equal(BACK_DOOR, world:call("/devices/unmanaged/get", { name = "BACK DOOR" }).device.device_id)
    assert.are.equal(404, (world:try("/devices/unmanaged/get", { name = "FRONT_DOOR" })))
    assert.are.equal(1, #world.sandbox:events("device.converted_to_unmanaged"))
  end)

  it("name the one provider there is", function()
    assert.are.equal("salto_ks", world:call("/devices/list_device_providers").device_providers[1].device_provider_name)
    assert.are.equal(0, #world:call("/devices/list_device_providers", { provider_category = "thermostats" })
      .device_providers)
  end)
end)

describe("a lock that is lost", function()
  for name, case in pairs({
    disconnect = { "connect", "device_disconnected", { "device.disconnected" }, { "device.connected" } },
    disconnect_from_hub = { "connect_to_hub", "hub_disconnected",
      { "device.disconnected", "device.disconnected", "device.disconnected" },
      { "device.connected", "device.connected", "device.connected" } },
  }) do
    it("by " .. name .. " is offline until it comes back", function()
      local function simulate(what)
        return function() world:call("/devices/simulate/" .. what, { device_id = BACK_DOOR }) end
      end
      assert.are.same(case[3], world:happened(simulate(name)))
      local got = device()
      assert.is_false(got.properties.online)
      assert.is_nil(got.properties.locked)
      assert.is_nil(got.properties.battery)
      assert.are.equal(case[2], got.errors[1].error_code)
      assert.is_false(got.can_remotely_unlock)
      assert.is_true(got.can_program_online_access_codes)
      local is_hub = name == "disconnect_from_hub"
      assert.are.same({ is_hub, not is_hub, not is_hub, is_hub }, {
        got.can_simulate_hub_connection, got.can_simulate_hub_disconnection,
        got.can_simulate_connection, got.can_simulate_disconnection,
      })
      assert.are.same({}, world:happened(simulate(name)))
      assert.are.equal(case[2], world.sandbox:events("device.disconnected")[1].error_code)
      assert.are.same(case[4], world:happened(simulate(case[1])))
      assert.is_true(device().properties.online)
      assert.are.equal(0, #device().errors)
    end)
  end

  it("needs both its hub and itself to come back", function()
    local hub = world.sandbox:fault{ kind = "hub_offline", device = "BACK DOOR" }
    local lock = world.sandbox:fault{ kind = "device_offline", device = "BACK DOOR" }
    assert.are.same({ "device.connected", "device.connected" }, world:happened(function() hub:clear() end))
    assert.are.same({ "device.connected" }, world:happened(function() lock:clear() end))
  end)

  it("by removal says so", function()
    assert.are.same({ "device.removed" }, world:happened(function()
      world:call("/devices/simulate/remove", { device_id = BACK_DOOR })
    end))
    assert.are.equal("device_removed", device().errors[1].error_code)
    assert.is_false(device().can_program_online_access_codes)
    assert.is_false(device().can_simulate_removal)
  end)

  it("has no subscription to lose", function()
    local status, body = world:try("/devices/simulate/paid_subscription", { device_id = BACK_DOOR, is_expired = true })
    assert.are.equal(400, status)
    assert.are.equal("device_type_not_supported", body.error.type)
  end)
end)

describe("a battery", function()
  it("tells when its status changes, and when it gets low", function()
    local function to(level)
      return world:happened(function() world.sandbox:set_battery("BACK DOOR", level) end)
    end
    assert.are.same({}, to(0.9))
    assert.are.same({ "device.battery_status_changed" }, to(0.48))
    assert.are.same({ "device.battery_status_changed", "device.low_battery" }, to(0.15))
    assert.are.same({ "device.battery_status_changed" }, to(0.03))
    assert.are.same({ status = "critical", level = 0.03 }, device().properties.battery)
    assert.are.same({ "device.battery_status_changed" }, to(1))
    for level, status in pairs({ [0.05] = "critical", [0.2] = "low", [0.8] = "good" }) do
      to(level)
      assert.are.equal(status, device().properties.battery.status)
    end
    assert.has_error(function() world.sandbox:set_battery("BACK DOOR", 1.1) end)
    assert.has_error(function() world.sandbox:set_battery("BACK DOOR", "full") end)
  end)
end)

describe("privacy mode", function()
  it("is a warning, two events and two flags", function()
    local fault
    assert.are.same({ "device.salto.privacy_mode_activated" }, world:happened(function()
      fault = world.sandbox:fault{ kind = "privacy_mode", device = "BACK DOOR" }
    end))
    local codes = {}
    for place, item in ipairs(device().warnings) do codes[place] = item.warning_code end
    assert.are.same({ "salto_ks_privacy_mode", "privacy_mode" }, codes)
    assert.is_false(device().can_remotely_unlock)
    assert.is_true(device().can_remotely_lock)
    assert.are.same({ "device.salto.privacy_mode_deactivated" }, world:happened(function() fault:clear() end))
    assert.are.equal(0, #device().warnings)
  end)
end)

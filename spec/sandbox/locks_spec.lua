-- SPDX-License-Identifier: MIT
local world_of = require "support.sandbox_world"

local BACK_DOOR, EXTRA_DOOR = world_of.BACK_DOOR, world_of.EXTRA_DOOR

local world

local function attempt_of(body)
  return world:call("/action_attempts/get", { action_attempt_id = body.action_attempt.action_attempt_id })
    .action_attempt
end

local function is_locked()
  return world.sandbox:device("BACK DOOR").properties.locked
end

local function unlock()
  return world:call("/locks/unlock_door", { device_id = BACK_DOOR })
end

before_each(function() world = world_of.new() end)

describe("unlocking from afar", function()
  it("answers pending, then succeeds and moves the bolt", function()
    local body
    assert.are.same({ "action_attempt.unlock_door.succeeded", "lock.unlocked" },
      world:happened(function() body = unlock() end))
    assert.are.equal("pending", body.action_attempt.status)
    assert.are.equal(world_of.null, body.action_attempt.result)
    local attempt = attempt_of(body)
    assert.are.equal("success", attempt.status)
    assert.are.same({ was_confirmed_by_device = true }, attempt.result)
    assert.is_false(is_locked())
    assert.are.equal("unlocked", world.sandbox:device("BACK DOOR").properties.salto_ks_metadata.locked_state)
    local event = world.sandbox:events("lock.unlocked")[1]
    assert.are.equal("remote", event.method)
    assert.are.equal(attempt.action_attempt_id, event.action_attempt_id)
  end)

  it("and locking again ends where it began", function()
    unlock()
    assert.are.same({ "action_attempt.lock_door.succeeded", "lock.locked" }, world:happened(function()
      world:call("/locks/lock_door", { device_id = BACK_DOOR })
    end))
    assert.is_true(is_locked())
  end)

  it("takes action_delay", function()
    world.sandbox:set("action_delay", 4)
    local body = unlock()
    world.sandbox:advance(3.9)
    assert.are.equal("pending", attempt_of(body).status)
    assert.is_true(is_locked())
    world.sandbox:advance(0.2)
    assert.are.equal("success", attempt_of(body).status)
    assert.is_false(is_locked())
  end)

  it("is over in the answer where sync is asked for", function()
    local body = world:call("/locks/unlock_door", { device_id = BACK_DOOR, sync = true })
    assert.are.equal("success", body.action_attempt.status)
  end)

  it("is not possible where the lock cannot do it", function()
    local status, body = world:try("/locks/unlock_door", { device_id = EXTRA_DOOR })
    assert.are.equal(400, status)
    assert.are.equal("unsupported_device", body.error.type)
    world.sandbox:set("remote_unlock", false)
    assert.are.equal(400, (world:try("/locks/unlock_door", { device_id = BACK_DOOR })))
    assert.is_false(world.sandbox:device("BACK DOOR").can_remotely_unlock)
  end)

  it("locks again by itself where auto_relock_seconds says so", function()
    world.sandbox:set("auto_relock_seconds", 5)
    assert.are.same({ "action_attempt.unlock_door.succeeded", "lock.unlocked", "lock.locked +5" },
      world:happened(function() unlock() world.sandbox:advance(60) end))
    assert.are.equal("automatic", world.sandbox:events("lock.locked")[1].method)
    assert.is_true(is_locked())
  end)

  for name, case in pairs({
    ["an offline lock"] = { { kind = "device_offline" }, "device_disconnected" },
    ["an offline hub"] = { { kind = "hub_offline" }, "hub_disconnected" },
    ["privacy mode"] = { { kind = "privacy_mode" }, "privacy_mode" },
    ["a lock that does not obey"] = { { kind = "failing_action" }, "uncategorized_error" },
    ["a lock with an error of its own"] = { { kind = "failing_action", error_type = "jammed" }, "jammed" },
  }) do
    it("fails with " .. name .. " and leaves the bolt alone", function()
      case[1].device = "BACK DOOR"
      local fault = world.sandbox:fault(case[1])
      local body
      assert.are.same({ "action_attempt.unlock_door.failed" }, world:happened(function() body = unlock() end))
      assert.are.equal(case[2], attempt_of(body).error.type)
      fault:clear()
      assert.is_true(is_locked())
      assert.are.equal("success", attempt_of(unlock()).status)
    end)
  end

  it("fails as often as asked", function()
    world.sandbox:fault{ kind = "failing_action", device = "BACK DOOR", times = 2 }
    local seen = {}
    for place = 1, 3 do seen[place] = attempt_of(unlock()).status end
    assert.are.same({ "error", "error", "success" }, seen)
  end)

  it("may be slow on one lock only", function()
    world.sandbox:fault{ kind = "slow_action", device = "BACK DOOR", seconds = 9 }
    local slow = unlock()
    local quick = world:call("/locks/unlock_door", { device_id = world_of.FRONT_DOOR })
    assert.are.equal("pending", attempt_of(slow).status)
    assert.are.equal("success", attempt_of(quick).status)
    world.sandbox:advance(9)
    assert.are.equal("success", attempt_of(slow).status)
  end)
end)

describe("turning a lock by hand", function()
  it("moves the bolt and says so", function()
    assert.are.same({ "lock.unlocked", "lock.locked" }, world:happened(function()
      world.sandbox:turn_by_hand("BACK DOOR", false)
      assert.is_false(is_locked())
      world.sandbox:turn_by_hand("BACK DOOR", true)
      assert.is_true(is_locked())
    end))
    assert.are.equal("manual", world.sandbox:events("lock.locked")[1].method)
  end)
end)

describe("action attempts", function()
  it("are listed newest first, by device and by id", function()
    local first, second = unlock(), world:call("/locks/lock_door", { device_id = world_of.FRONT_DOOR })
    local ids = {}
    for place, item in ipairs(world:call("/action_attempts/list", { device_id = BACK_DOOR }).action_attempts) do
      ids[place] = item.action_attempt_id
    end
    assert.are.same({ first.action_attempt.action_attempt_id }, ids)
    local list = world:call("/action_attempts/list", { action_attempt_ids = {
      first.action_attempt.action_attempt_id, second.action_attempt.action_attempt_id,
    } }).action_attempts
    assert.are.equal("LOCK_DOOR", list[1].action_type)
    assert.are.equal("UNLOCK_DOOR", list[2].action_type)
    assert.are.equal(404, (world:try("/action_attempts/get", { action_attempt_id = world_of.NOBODY })))
  end)
end)

describe("the keypad", function()
  local pin, code_id

  before_each(function()
    code_id = world:call("/access_codes/create", { device_id = BACK_DOOR, name = "guest" }).access_code.access_code_id
    pin = world:code(code_id).code
  end)

  it("opens to the PIN of a code that is set, and says whose it was", function()
    local opened
    assert.are.same({ "lock.unlocked" }, world:happened(function()
      opened = world.sandbox:enter_code("BACK DOOR", pin)
    end))
    assert.is_true(opened)
    assert.is_false(is_locked())
    local event = world.sandbox:events("lock.unlocked")[1]
    assert.are.equal("keycode", event.method)
    assert.are.equal(code_id, event.access_code_id)
  end)

  it("denies a PIN nobody has, another lock's PIN, and every PIN in privacy or office mode", function()
    local function denied(device, typed)
      local opened, reason = world.sandbox:enter_code(device, typed)
      assert.is_false(opened)
      return reason
    end
    assert.are.equal("unknown_code", denied("BACK DOOR", "000000"))
    assert.are.equal("unknown_code", denied("FRONT_DOOR", pin))
    assert.are.equal("no_keypad", denied("EXTRA DOOR", pin))
    for _, mode in ipairs({ "privacy_mode", "office_mode" }) do
      local fault = world.sandbox:fault{ kind = mode, device = "BACK DOOR" }
      assert.are.equal("blocked_by_privacy_mode", denied("BACK DOOR", pin))
      assert.is_false(world.sandbox:device("BACK DOOR").can_unlock_with_code)
      fault:clear()
    end
    assert.are.equal("blocked_by_privacy_mode", world.sandbox:events("lock.access_denied")[4].reason.reason_code)
    assert.is_true(is_locked())
  end)

  it("works offline, and tells later when it happened", function()
    local fault = world.sandbox:fault{ kind = "device_offline", device = "BACK DOOR" }
    assert.are.same({}, world:happened(function() assert.is_true(world.sandbox:enter_code("BACK DOOR", pin)) end))
    world.sandbox:advance(60)
    assert.are.same({ "device.connected", "lock.unlocked" }, world:happened(function() fault:clear() end))
    local event = world.sandbox:events("lock.unlocked")[1]
    assert.are.equal("2026-01-01T00:00:00.000Z", event.occurred_at)
    assert.are.equal("2026-01-01T00:01:00.000Z", event.created_at)
  end)

  it("can be simulated over the API", function()
    local body
    assert.are.same({ "lock.unlocked", "action_attempt.simulate_keypad_code_entry.succeeded" },
      world:happened(function()
        body = world:call("/locks/simulate/keypad_code_entry", { device_id = BACK_DOOR, code = pin })
      end))
    assert.are.equal("pending", body.action_attempt.status)
    assert.are.same({ "lock.access_denied", "action_attempt.simulate_keypad_code_entry.succeeded" },
      world:happened(function()
        world:call("/locks/simulate/keypad_code_entry", { device_id = BACK_DOOR, code = "000000" })
      end))
    assert.are.same({ "lock.locked", "action_attempt.simulate_manual_lock_via_keypad.succeeded" },
      world:happened(function()
        world:call("/locks/simulate/manual_lock_via_keypad", { device_id = BACK_DOOR })
      end))
    assert.are.equal("manual", world.sandbox:events("lock.locked")[1].method)
    assert.are.equal(400, (world:try("/locks/simulate/manual_lock_via_keypad", { device_id = EXTRA_DOOR })))
  end)
end)

describe("the rate limits", function()
  local function times_until_429(path, params)
    for count = 1, 40 do
      local status, body, response = world:try(path, type(params) == "function" and params(count) or params)
      if status == 429 then return count - 1, body, response end
      assert.are.equal(200, status)
    end
  end

  it("allow 15 unlocks and 15 locks of a device in a minute", function()
    local count, body, response = times_until_429("/locks/unlock_door", { device_id = BACK_DOOR })
    assert.are.equal(15, count)
    assert.are.equal("rate_limited", body.error.type)
    assert.are.equal("60", response.headers["retry-after"])
    assert.are.equal(15, (times_until_429("/locks/lock_door", { device_id = BACK_DOOR })))
    assert.are.equal(15, (times_until_429("/locks/unlock_door", { device_id = world_of.FRONT_DOOR })))
  end)

  it("allow 10 creates and updates and 20 deletes", function()
    local ids = {}
    local function create()
      return function(count) return { device_id = BACK_DOOR, name = "n" .. count } end
    end
    assert.are.equal(10, (times_until_429("/access_codes/create", create())))
    world.sandbox:advance(60)
    for round = 1, 2 do
      for _ = 1, 10 do
        ids[#ids + 1] = world:call("/access_codes/create", { device_id = BACK_DOOR }).access_code.access_code_id
      end
      world.sandbox:advance(round == 1 and 60 or 0)
    end
    assert.are.equal(10, (times_until_429("/access_codes/update", function(count)
      return { access_code_id = ids[1], name = "m" .. count }
    end)))
    for place = 1, 20 do world:call("/access_codes/delete", { access_code_id = ids[place] }) end
    local eleventh = world:call("/access_codes/list", { device_id = BACK_DOOR }).access_codes[1].access_code_id
    assert.are.equal(429, (world:try("/access_codes/delete", { access_code_id = eleventh })))
  end)

  it("slide: a call is free again a minute after it was made", function()
    unlock()
    world.sandbox:advance(30)
    for _ = 1, 14 do unlock() end
    local _, _, response = world:try("/locks/unlock_door", { device_id = BACK_DOOR })
    assert.are.equal("30", response.headers["retry-after"])
    world.sandbox:advance(30)
    unlock()
    assert.are.equal(429, (world:try("/locks/unlock_door", { device_id = BACK_DOOR })))
  end)

  it("can be switched off", function()
    world.sandbox:set("rate_limits", false)
    for _ = 1, 50 do unlock() end
  end)
end)

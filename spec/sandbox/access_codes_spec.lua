-- SPDX-License-Identifier: MIT
local world_of = require "support.sandbox_world"

local BACK_DOOR, HOUR, DAY = world_of.BACK_DOOR, 3600, 86400

local world

local function create(params)
  local all = { device_id = BACK_DOOR, name = "guest" }
  for name, value in pairs(params or {}) do all[name] = value end
  return world:call("/access_codes/create", all).access_code
end

local function from_to(starts_in, ends_in, more)
  local params = { starts_at = world:moment(starts_in), ends_at = world:moment(ends_in) }
  for name, value in pairs(more or {}) do params[name] = value end
  return params
end

local function again(code)
  return world:code(code.access_code_id)
end

local function is_gone(code)
  return world:try("/access_codes/get", { access_code_id = code.access_code_id }) == 404
end

local function passing(seconds)
  return world:happened(function() world.sandbox:advance(seconds) end)
end

local function refused(params, status)
  local all = { device_id = BACK_DOOR }
  for name, value in pairs(params) do all[name] = value end
  local got, body = world:try("/access_codes/create", all)
  assert.are.equal(status or 400, got)
  return body.error
end

before_each(function() world = world_of.new() end)

describe("an ongoing access code", function()
  it("is setting without a PIN, then set with six digits", function()
    local code
    assert.are.same({ "access_code.created", "access_code.set_on_device" },
      world:happened(function() code = create() end))
    assert.are.equal("774986f8-5fad-4911-a4fb-e5a2ef9f15bd", code.access_code_id)
    assert.are.equal("setting", code.status)
    assert.are.equal(world_of.null, code.code)
    assert.is_true(code.is_waiting_for_code_assignment)
    assert.are.equal("creating", code.pending_mutations[1].mutation_code)
    code = again(code)
    assert.are.equal("set", code.status)
    assert.truthy(code.code:find("^%d%d%d%d%d%d$"), code.code)
    assert.is_nil(code.is_waiting_for_code_assignment)
    assert.are.same({}, code.pending_mutations)
    assert.are.equal(code.code, world.sandbox:events("access_code.set_on_device")[1].code)
  end)

  it("takes program_delay", function()
    world.sandbox:set("program_delay", 45)
    local code = create()
    assert.are.equal("setting", again(code).status)
    assert.are.same({ "access_code.set_on_device +45" }, passing(60))
  end)

  it("ends its attempt when it is on the lock", function()
    world.sandbox:set("program_delay", 45)
    local body = world:call("/access_codes/create", { device_id = BACK_DOOR })
    local function attempt()
      return world:call("/action_attempts/get",
        { action_attempt_id = body.action_attempt.action_attempt_id }).action_attempt
    end
    assert.are.equal("CREATE_ACCESS_CODE", attempt().action_type)
    assert.are.equal("pending", attempt().status)
    world.sandbox:advance(45)
    assert.are.equal("success", attempt().status)
    assert.are.equal(body.access_code.access_code_id, attempt().result.access_code.access_code_id)
  end)
end)

describe("a time-bound access code", function()
  it("more than 72 hours ahead waits, is scheduled, set, removed and gone, each in its time", function()
    local code
    assert.are.same({ "access_code.created" }, world:happened(function()
      code = create(from_to(10 * DAY, 11 * DAY))
    end))
    assert.are.equal("631a3a30-3fa7-462a-b3bc-65528ccf8765", code.access_code_id)
    assert.are.equal("unset", code.status)
    assert.are.equal(world_of.null, code.code)
    assert.are.equal("deferring_creation", code.pending_mutations[1].mutation_code)
    assert.are.equal(world:moment(7 * DAY), code.pending_mutations[1].scheduled_at)
    assert.are.same({
      ("access_code.scheduled_on_device +%d"):format(7 * DAY), ("access_code.set_on_device +%d"):format(10 * DAY),
      ("access_code.removed_from_device +%d"):format(11 * DAY), ("access_code.deleted +%d"):format(11 * DAY),
    }, passing(12 * DAY))
    assert.is_true(is_gone(code))
  end)

  it("shows at each stage what it is", function()
    local code = create(from_to(10 * DAY, 11 * DAY))
    world.sandbox:advance(7 * DAY)
    local scheduled = again(code)
    assert.are.same({ "unset", true }, { scheduled.status, scheduled.is_scheduled_on_device })
    assert.truthy(scheduled.code:find("^%d+$"))
    assert.is_false((world.sandbox:enter_code("BACK DOOR", scheduled.code)))
    world.sandbox:advance(3 * DAY)
    assert.are.same({ "set", scheduled.code }, { again(code).status, again(code).code })
    assert.is_true((world.sandbox:enter_code("BACK DOOR", scheduled.code)))
    world.sandbox:set("program_delay", 20)
    world.sandbox:advance(DAY)
    assert.are.equal("removing", again(code).status)
    assert.are.same({ false, "expired_code" }, { world.sandbox:enter_code("BACK DOOR", scheduled.code) })
    world.sandbox:advance(20)
    assert.is_true(is_gone(code))
  end)

  it("without native scheduling is set an hour before", function()
    local code = create(from_to(2 * DAY, 3 * DAY, { prefer_native_scheduling = false }))
    assert.are.equal("unset", code.status)
    assert.are.same({ ("access_code.set_on_device +%d"):format(2 * DAY - HOUR) }, passing(2 * DAY + HOUR))
    assert.are.equal("set", again(code).status)
    assert.is_false(again(code).is_scheduled_on_device)
  end)

  it("that has begun is set at once", function()
    assert.are.same({ "access_code.created", "access_code.set_on_device" }, world:happened(function()
      create(from_to(-HOUR, HOUR))
    end))
  end)

  it("stays readable after its end where keep_expired says so", function()
    world.sandbox:set("keep_expired", true)
    local code = create(from_to(0, HOUR))
    local pin = again(code).code
    assert.are.same({ ("access_code.removed_from_device +%d"):format(HOUR) }, passing(2 * HOUR))
    assert.are.equal("unset", again(code).status)
    assert.are.same({ false, "expired_code" }, { world.sandbox:enter_code("BACK DOOR", pin) })
  end)

  it("gives its place on the lock back when it ends, kept or not", function()
    for _, keep in ipairs({ false, true }) do
      world = world_of.new{ max_active_codes = 1, keep_expired = keep }
      create(from_to(0, HOUR))
      world.sandbox:advance(HOUR)
      local second = create()
      assert.are.same({ "set", 0 }, { again(second).status, #again(second).errors })
    end
  end)

  it("that waits has an attempt that is over: the order was accepted", function()
    local body = world:call("/access_codes/create", from_to(10 * DAY, 11 * DAY, { device_id = BACK_DOOR }))
    assert.are.equal("pending", body.action_attempt.status)
    assert.are.equal("success", world:call("/action_attempts/get",
      { action_attempt_id = body.action_attempt.action_attempt_id }).action_attempt.status)
  end)

  it("without native scheduling is setting, not unset, once its hour has come", function()
    world.sandbox:set("program_delay", 60)
    local code = create(from_to(DAY, 2 * DAY, { prefer_native_scheduling = false }))
    world.sandbox:advance(DAY - HOUR)
    assert.are.equal("setting", again(code).status)
  end)

  it("may be given the outside world to change, and be given away", function()
    local code = create{ is_external_modification_allowed = true }
    assert.is_true(code.is_external_modification_allowed)
    assert.is_false(create().is_external_modification_allowed)
    assert.is_true(create{ allow_external_modification = true }.is_external_modification_allowed)
    world:call("/access_codes/update", { access_code_id = code.access_code_id, is_managed = false,
      allow_external_modification = false })
    assert.are.equal(404, (world:try("/access_codes/get", { access_code_id = code.access_code_id })))
    assert.are.equal(200, (world:try("/access_codes/unmanaged/get", { access_code_id = code.access_code_id })))
  end)

  it("has its times rounded to the minute, half up, unless told otherwise", function()
    local code = create{ starts_at = "2028-08-12T19:23:42+0000", ends_at = "2028-08-13T19:23:30.000Z" }
    assert.are.equal("2028-08-12T19:24:00.000Z", code.starts_at)
    assert.are.equal("2028-08-13T19:24:00.000Z", code.ends_at)
    assert.are.equal("2028-08-12T19:23:00.000Z",
      create{ starts_at = "2028-08-12T19:23:29Z", ends_at = "2028-08-13T19:24:00Z" }.starts_at)
    world.sandbox:set("round_times", false)
    assert.are.equal("2028-08-12T19:23:42.000Z",
      create{ starts_at = "2028-08-12T21:23:42+02:00", ends_at = "2028-08-13T19:23:30Z" }.starts_at)
  end)
end)

describe("creating is refused", function()
  it("with one end of the time frame", function()
    assert.are.equal("Both starts_at and ends_at must be provided if one is",
      refused{ starts_at = world:moment(DAY) }.message)
    refused{ ends_at = world:moment(DAY) }
  end)

  it("with a time frame that is over or reversed", function()
    assert.truthy(refused(from_to(-DAY, -HOUR)).validation_errors.ends_at)
    assert.truthy(refused(from_to(DAY, HOUR)).validation_errors.ends_at)
    assert.truthy(refused(from_to(DAY, DAY)).validation_errors.ends_at)
    assert.truthy(refused(from_to(-DAY, 0)).validation_errors.ends_at)
  end)

  it("with a PIN of one's own, which Salto would not take", function()
    assert.truthy(refused{ code = "123456" }.validation_errors.code)
    assert.truthy(refused{ code = "12ab" }.validation_errors.code)
    world.sandbox:set("given_code", "generate")
    assert.are_not.equal("123456", again(create{ code = "123456" }).code)
  end)

  it("on a lock without a keypad, and on one that does not exist", function()
    assert.are.equal("unsupported_device", refused({ device_id = world_of.EXTRA_DOOR }).type)
    assert.are.equal("device_not_found", refused({ device_id = world_of.NOBODY }, 404).type)
  end)

  for _, name in ipairs({ "use_backup_access_code_pool", "is_offline_access_code", "is_one_time_use" }) do
    it("with " .. name .. ", which Salto does not have", function()
      assert.truthy(refused{ [name] = true }.validation_errors[name])
      create{ [name] = false }
    end)
  end

  it("offline where attempt_for_offline_device is false", function()
    world.sandbox:fault{ kind = "device_offline", device = "BACK DOOR" }
    assert.are.equal("device_offline", refused{ attempt_for_offline_device = false }.type)
  end)

  it("for nothing: a refusal leaves no trace", function()
    assert.are.same({}, world:happened(function() refused{ code = "12ab" } end))
    assert.are.equal(0, #world:call("/access_codes/list", { device_id = BACK_DOOR }).access_codes)
  end)
end)

describe("a PIN of one's own", function()
  it("is taken when the site uses it already, but not twice on one lock", function()
    local pin = again(create()).code
    local code = world:call("/access_codes/create", { device_id = world_of.FRONT_DOOR, code = pin }).access_code
    assert.are.equal(pin, again(code).code)
    local err = refused({ code = pin, name = "twin" }, 409)
    assert.are.equal("duplicate_access_code", err.type)
    assert.are.equal("Cannot set duplicate access code " .. pin .. " named twin", err.message)
  end)

  it("is taken on a site with custom PINs, when it has 4 to 6 digits", function()
    world.sandbox:set("custom_pin", true)
    assert.are.equal("4711", again(create{ code = "4711" }).code)
    assert.are.equal("471112", again(create{ code = "471112" }).code)
    refused{ code = "1234567" }
    refused{ code = "123" }
    assert.are.equal(0, #world.sandbox:device("BACK DOOR").properties.code_constraints)
  end)
end)

describe("access codes in number", function()
  it("are listed newest first, and found", function()
    local first, second = create{ name = "Ann" }, create{ name = "Bob" }
    local function ids(params)
      local list = {}
      for place, code in ipairs(world:call("/access_codes/list", params).access_codes) do
        list[place] = code.access_code_id
      end
      return list
    end
    assert.are.same({ second.access_code_id, first.access_code_id }, ids{ device_id = BACK_DOOR })
    assert.are.same({ first.access_code_id }, ids{ search = "ann" })
    assert.are.same({ first.access_code_id }, ids{ access_code_ids = { first.access_code_id } })
    assert.are.same({}, ids{ device_id = world_of.FRONT_DOOR })
    for _, filter in ipairs({ "access_grant_id", "access_method_id", "access_grant_key", "customer_key" }) do
      assert.are.same({}, ids{ [filter] = world_of.NOBODY })
    end
    world:call("/connected_accounts/update", { connected_account_id = world_of.ACCOUNT, customer_key = "c" })
    assert.are.equal(2, #ids{ customer_key = "c" })
    assert.are.equal(404, (world:try("/access_codes/list", { device_id = world_of.NOBODY })))
    assert.are.equal(404, (world:try("/access_codes/unmanaged/list", { device_id = world_of.NOBODY })))
    assert.are.equal(first.access_code_id, world:call("/access_codes/get",
      { device_id = BACK_DOOR, code = again(first).code }).access_code.access_code_id)
  end)

  it("made together share a PIN and a key, and are changed together", function()
    local body = world:call("/access_codes/create_multiple", {
      device_ids = { BACK_DOOR, world_of.FRONT_DOOR }, name = "crew",
    })
    local one, two = body.access_codes[1], body.access_codes[2]
    assert.are.equal(again(one).code, again(two).code)
    assert.are.equal(one.common_code_key, two.common_code_key)
    assert.truthy(one.common_code_key:find("^auto_set_by_create_multiple_"))
    world:call("/access_codes/update_multiple", { common_code_key = one.common_code_key, name = "team" })
    assert.are.same({ "team", "team" }, { again(one).name, again(two).name })
    assert.are.equal(404, (world:try("/access_codes/update_multiple", { common_code_key = "none" })))
  end)

  it("have free PINs to suggest", function()
    local got = world:call("/access_codes/generate_code", { device_id = BACK_DOOR }).generated_code
    assert.are.equal(BACK_DOOR, got.device_id)
    assert.truthy(got.code:find("^%d%d%d%d%d%d$"))
    assert.are.equal(400, (world:try("/access_codes/generate_code", { device_id = world_of.EXTRA_DOOR })))
  end)

  it("have no backups on Salto", function()
    local ongoing, bound = create(), create(from_to(DAY, 2 * DAY))
    local function refusal(code)
      local status, body = world:try("/access_codes/pull_backup_access_code", { access_code_id = code.access_code_id })
      assert.are.equal(400, status)
      return body.error.type
    end
    assert.are.equal("access_code_not_time_bound", refusal(ongoing))
    assert.are.equal("device_type_not_supported", refusal(bound))
  end)
end)

describe("changing an access code", function()
  local code

  local function update(params)
    params.access_code_id = code.access_code_id
    return world:try("/access_codes/update", params)
  end

  local function types_of(list)
    local types = {}
    for place, item in ipairs(list) do types[place] = item.mutation_code end
    return types
  end

  before_each(function() code = create() end)

  it("is pending until the lock knows, then tells what changed", function()
    world.sandbox:set("program_delay", 30)
    assert.are.same({ "access_code.mutations_requested" }, world:happened(function() update{ name = "host" } end))
    local pending = again(code)
    assert.are.equal("guest", pending.name)
    assert.are.same({ "updating_name" }, types_of(pending.pending_mutations))
    assert.are.same({ name = "host" }, pending.pending_mutations[1].to)
    assert.are.same({ "access_code.changed +30", "access_code.name_changed +30" }, passing(40))
    assert.are.equal("host", again(code).name)
    assert.are.same({}, again(code).pending_mutations)
    assert.are.same({ { property = "name", from = "guest", to = "host" } },
      world.sandbox:events("access_code.changed")[1].changed_properties)
  end)

  it("answers with an attempt that ends with it", function()
    local _, body = update{ name = "host" }
    assert.are.equal("UPDATE_ACCESS_CODE", body.action_attempt.action_type)
    assert.are.equal("success", world:call("/action_attempts/get",
      { action_attempt_id = body.action_attempt.action_attempt_id }).action_attempt.status)
  end)

  it("that changes nothing happens without a word", function()
    local body
    assert.are.same({}, world:happened(function() body = select(2, update{ name = "guest" }) end))
    assert.are.equal("success", body.action_attempt.status)
  end)

  it("makes an ongoing code time-bound, and back", function()
    assert.are.equal(400, (update{ starts_at = world:moment(DAY) }))
    assert.are.same({ "access_code.mutations_requested", "access_code.changed", "access_code.time_frame_changed",
      "access_code.scheduled_on_device" },
      world:happened(function() update(from_to(DAY, 2 * DAY)) end))
    assert.are.same({ "time_bound", "unset" }, { again(code).type, again(code).status })
    update{ type = "ongoing" }
    assert.are.same({ "ongoing", "set" }, { again(code).type, again(code).status })
    assert.are.same({}, passing(10 * DAY))
    assert.is_false(is_gone(code))
  end)

  it("moves an end with everything that hangs on it", function()
    code = create(from_to(0, DAY))
    update{ ends_at = world:moment(3 * DAY) }
    assert.are.same({}, passing(2 * DAY))
    assert.are.same({ ("access_code.removed_from_device +%d"):format(DAY),
      ("access_code.deleted +%d"):format(DAY) }, passing(2 * DAY))
  end)

  it("moves a start that is far away", function()
    code = create(from_to(10 * DAY, 11 * DAY))
    update(from_to(20 * DAY, 21 * DAY))
    assert.are.equal(world:moment(17 * DAY), again(code).pending_mutations[1].scheduled_at)
    assert.are.same({}, passing(12 * DAY))
  end)

  it("is refused for what creating would refuse", function()
    assert.are.equal(400, (update(from_to(-2 * DAY, -DAY))))
    assert.are.equal(400, (update{ code = "123456" }))
    assert.are.equal(400, (update{ type = "sometimes" }))
    assert.are.equal(400, (update{ type = "time_bound" }))
    assert.are.equal(404, (update{ name = "x", device_id = world_of.FRONT_DOOR }))
  end)

  it("is forgotten when the code is deleted meanwhile", function()
    world.sandbox:set("program_delay", 30)
    update{ name = "host" }
    assert.are.same({ "access_code.removed_from_device +30", "access_code.deleted +30" },
      world:happened(function()
        world:call("/access_codes/delete", { access_code_id = code.access_code_id })
        assert.are.equal(400, (update{ name = "other" }))
        world.sandbox:advance(DAY)
      end))
  end)

  it("adds to a change that is still pending", function()
    world.sandbox:set("program_delay", 30)
    update{ name = "host" }
    update{ starts_at = world:moment(0), ends_at = world:moment(DAY) }
    assert.are.same({ "updating_name", "updating_time_frame" }, types_of(again(code).pending_mutations))
    world.sandbox:advance(30)
    assert.are.same({ "host", "time_bound", 0 },
      { again(code).name, again(code).type, #again(code).pending_mutations })
  end)

  it("can let the outside world in, and leaves that alone otherwise", function()
    update{ allow_external_modification = true }
    update{ name = "x" }
    assert.is_true(again(code).is_external_modification_allowed)
  end)

  it("is refused offline where attempt_for_offline_device is false", function()
    world.sandbox:fault{ kind = "device_offline", device = "BACK DOOR" }
    assert.are.equal(400, (update{ name = "x", attempt_for_offline_device = false }))
    assert.are.equal(200, (update{ name = "x" }))
  end)

  it("to another PIN works where custom PINs do", function()
    world.sandbox:set("custom_pin", true)
    local old = again(code).code
    assert.are.same({ "access_code.mutations_requested", "access_code.changed", "access_code.code_changed" },
      world:happened(function() update{ code = "4711" } end))
    assert.is_false((world.sandbox:enter_code("BACK DOOR", old)))
    assert.is_true((world.sandbox:enter_code("BACK DOOR", "4711")))
  end)

  it("waits for a lock that is offline", function()
    local fault = world.sandbox:fault{ kind = "device_offline", device = "BACK DOOR" }
    update{ name = "host" }
    assert.are.same({}, passing(DAY))
    assert.are.equal("guest", again(code).name)
    assert.are.same({ "device.connected", "access_code.changed", "access_code.name_changed" },
      world:happened(function() fault:clear() end))
    assert.are.equal("host", again(code).name)
  end)
end)

describe("deleting an access code", function()
  local function delete(code)
    return world:call("/access_codes/delete", { access_code_id = code.access_code_id })
  end

  it("takes it off the lock first", function()
    local code = create()
    local pin = again(code).code
    world.sandbox:set("program_delay", 10)
    local body = delete(code)
    assert.are.equal("DELETE_ACCESS_CODE", body.action_attempt.action_type)
    local removing = again(code)
    assert.are.equal("removing", removing.status)
    assert.are.equal("being_deleted", removing.warnings[1].warning_code)
    assert.are.equal("deleting", removing.pending_mutations[1].mutation_code)
    assert.are.same({ "access_code.removed_from_device +10", "access_code.deleted +10" }, passing(10))
    assert.is_true(is_gone(code))
    assert.are.equal("unknown_code", select(2, world.sandbox:enter_code("BACK DOOR", pin)))
    assert.are.equal("success", world:call("/action_attempts/get",
      { action_attempt_id = body.action_attempt.action_attempt_id }).action_attempt.status)
  end)

  it("that never reached the lock says only that it is deleted", function()
    local code = create(from_to(10 * DAY, 11 * DAY))
    assert.are.same({ "access_code.deleted" }, world:happened(function() delete(code) end))
    assert.are.same({}, passing(20 * DAY))
    assert.are.equal(404, (world:try("/access_codes/delete", { access_code_id = code.access_code_id })))
  end)

  it("waits for a lock that is offline, and complains", function()
    local code = create()
    local fault = world.sandbox:fault{ kind = "device_offline", device = "BACK DOOR" }
    assert.are.same({ "access_code.failed_to_remove_from_device +300" }, world:happened(function()
      delete(code)
      world.sandbox:advance(DAY)
    end))
    assert.are.equal("failed_to_remove_from_device", again(code).errors[1].error_code)
    assert.are.same({ "device.connected", "access_code.removed_from_device", "access_code.deleted" },
      world:happened(function() fault:clear() end))
  end)
end)

describe("a code that cannot get onto the lock", function()
  it("offline stays setting with the lock's error, warns, fails, and recovers", function()
    local fault = world.sandbox:fault{ kind = "device_offline", device = "BACK DOOR" }
    local code
    assert.are.same({ "access_code.created", "access_code.delay_in_setting_on_device",
      "access_code.failed_to_set_on_device +300" },
      world:happened(function() code = create() world.sandbox:advance(DAY) end))
    local stuck = again(code)
    assert.are.equal("setting", stuck.status)
    assert.are.same({ "failed_to_set_on_device", "device_disconnected" },
      { stuck.errors[1].error_code, stuck.errors[2].error_code })
    assert.are.same({ "device.connected", "access_code.set_on_device" },
      world:happened(function() fault:clear() end))
    assert.are.same({ "set", 0, 0 }, { again(code).status, #again(code).errors, #again(code).warnings })
  end)

  it("and then can, does not fail afterwards", function()
    local fault = world.sandbox:fault{ kind = "device_offline", device = "BACK DOOR" }
    local code = create()
    world.sandbox:advance(100)
    fault:clear()
    assert.are.same({}, passing(DAY))
    assert.are.same({ "set", 0 }, { again(code).status, #again(code).errors })
    world.sandbox:fault{ kind = "device_offline", device = "BACK DOOR" }:clear()
    local site = world.sandbox.world.accounts:get(world_of.ACCOUNT).site
    assert.are.equal(1, site.seats)
  end)

  it("ahead of its time keeps quiet until it should begin", function()
    local fault = world.sandbox:fault{ kind = "device_offline", device = "BACK DOOR" }
    local code = create(from_to(2 * DAY, 5 * DAY))
    assert.are.same({}, passing(DAY))
    assert.are.equal("unset", again(code).status)
    assert.are.same({ ("access_code.delay_in_setting_on_device +%d"):format(DAY) }, passing(DAY + 10))
    assert.are.equal("setting", again(code).status)
    assert.are.equal("delay_in_setting_on_device", again(code).warnings[1].warning_code)
    local event = world.sandbox:events("access_code.delay_in_setting_on_device")[1]
    assert.are.equal("device_disconnected", event.device_errors[1].error_code)
    world.sandbox:advance(300)
    assert.are.equal("failed_to_set_on_device", again(code).errors[1].error_code)
    assert.are.equal(0, #again(code).warnings)
    fault:clear()
    assert.are.equal("set", again(code).status)
  end)

  it("is tried again where programming fails some times", function()
    world.sandbox:fault{ kind = "failing_programming", device = "BACK DOOR", times = 2 }
    assert.are.same({ "access_code.created", "access_code.delay_in_setting_on_device",
      "access_code.set_on_device +120" },
      world:happened(function() create() world.sandbox:advance(200) end))
  end)

  it("can neither be changed nor removed where programming fails, until it works again", function()
    local code = create()
    world.sandbox:fault{ kind = "failing_programming", device = "BACK DOOR", times = 2 }
    assert.are.same({ "access_code.mutations_requested", "access_code.changed +120", "access_code.name_changed +120" },
      world:happened(function()
        world:call("/access_codes/update", { access_code_id = code.access_code_id, name = "late" })
        world.sandbox:advance(200)
      end))
    world.sandbox:fault{ kind = "failing_programming", device = "BACK DOOR", times = 2 }
    assert.are.same({ "access_code.removed_from_device +120", "access_code.deleted +120" },
      world:happened(function()
        world:call("/access_codes/delete", { access_code_id = code.access_code_id })
        world.sandbox:advance(200)
      end))
  end)

  it("is set when failing programming ends", function()
    local fault = world.sandbox:fault{ kind = "failing_programming", device = "BACK DOOR" }
    local code = create()
    world.sandbox:advance(DAY)
    assert.are.equal("failed_to_set_on_device", again(code).errors[1].error_code)
    assert.are.same({ "access_code.set_on_device" }, world:happened(function() fault:clear() end))
  end)

  it("for want of a seat has a PIN that does not open, until a seat is free", function()
    world.sandbox:set_seat_limit("BACK DOOR", 2)
    local first = create()
    create()
    local third
    assert.are.same({ "access_code.created", "access_code.failed_to_set_on_device" },
      world:happened(function() third = create() end))
    assert.are.equal("access_code_inactive", again(third).errors[1].error_code)
    assert.are.equal("salto_ks_subscription_limit_exceeded", again(third).errors[2].error_code)
    assert.are.same({ false, "credential_error" }, { world.sandbox:enter_code("BACK DOOR", again(third).code) })
    local account = world:call("/connected_accounts/get", { connected_account_id = world_of.ACCOUNT }).connected_account
    assert.are.equal(2, account.errors[1].salto_ks_metadata.sites[1].subscribed_site_user_count)
    assert.are.same({ "access_code.removed_from_device", "access_code.deleted", "access_code.set_on_device" },
      world:happened(function()
        world:call("/access_codes/delete", { access_code_id = first.access_code_id })
      end))
    assert.is_true((world.sandbox:enter_code("BACK DOOR", again(third).code)))
  end)

  it("for want of a seat gets one when the site buys more", function()
    world.sandbox:set_seat_limit("BACK DOOR", 0)
    local code = create()
    assert.are.equal("setting", again(code).status)
    assert.are.same({ "access_code.set_on_device" }, world:happened(function()
      world.sandbox:set_seat_limit("BACK DOOR", 1)
    end))
  end)

  it("is announced above 80 % of the seats", function()
    world.sandbox:set_seat_limit("BACK DOOR", 5)
    for _ = 1, 4 do create() end
    assert.are.equal(0, #world.sandbox:device("BACK DOOR").warnings)
    create()
    assert.are.equal("salto_ks_subscription_limit_almost_reached",
      world.sandbox:device("BACK DOOR").warnings[1].warning_code)
    world.sandbox:set_seat_limit("BACK DOOR", 50)
    assert.are.equal(0, #world.sandbox:device("BACK DOOR").warnings)
  end)

  it("for want of room on the lock says so", function()
    world = world_of.new{ max_active_codes = 1 }
    local first, second = create(), create()
    assert.are.equal("no_space_for_access_code_on_device", again(second).errors[1].error_code)
    local warning = world.sandbox:device("BACK DOOR").warnings[1]
    assert.are.same({ "max_access_codes_reached", 1, 1 },
      { warning.warning_code, warning.active_access_code_count, warning.max_active_access_code_count })
    world:call("/access_codes/delete", { access_code_id = first.access_code_id })
    assert.are.equal("set", again(second).status)
    world:call("/access_codes/delete", { access_code_id = second.access_code_id })
    assert.are.equal(0, #world.sandbox:device("BACK DOOR").warnings)
  end)
end)

describe("an unmanaged access code", function()
  local code

  before_each(function()
    code = world:call("/access_codes/simulate/create_unmanaged_access_code",
      { device_id = BACK_DOOR, name = "cleaner", code = "2468" }).access_code
  end)

  it("works at the door, and stands in its own list", function()
    assert.are.same({ false, "set", "2468" }, { code.is_managed, code.status, code.code })
    assert.is_true((world.sandbox:enter_code("BACK DOOR", "2468")))
    assert.is_false(world.sandbox:events("lock.unlocked")[1].access_code_is_managed)
    assert.are.equal(0, #world:call("/access_codes/list", { device_id = BACK_DOOR }).access_codes)
    assert.are.equal(1, #world:call("/access_codes/unmanaged/list", { device_id = BACK_DOOR }).access_codes)
    assert.are.equal(404, (world:try("/access_codes/get", { access_code_id = code.access_code_id })))
    assert.are.equal(200, (world:try("/access_codes/unmanaged/get", { access_code_id = code.access_code_id })))
  end)

  it("can be taken over", function()
    assert.are.same({ "access_code.unmanaged.converted_to_managed" }, world:happened(function()
      world:call("/access_codes/unmanaged/convert_to_managed", { access_code_id = code.access_code_id })
    end))
    assert.are.equal("set", again(code).status)
  end)

  it("gives its seat and its PIN back when it is removed", function()
    world.sandbox:set_seat_limit("BACK DOOR", 1)
    local waiting = create()
    assert.are.equal("setting", again(waiting).status)
    world:call("/access_codes/unmanaged/delete", { access_code_id = code.access_code_id })
    assert.are.equal("set", again(waiting).status)
    assert.are.equal(404, (world:try("/access_codes/unmanaged/get", { access_code_id = code.access_code_id })))
    assert.are.equal(1, #world.sandbox:access_codes("BACK DOOR"))
  end)

  it("can be removed", function()
    assert.are.same({ "access_code.unmanaged.removed" }, world:happened(function()
      world:call("/access_codes/unmanaged/delete", { access_code_id = code.access_code_id })
    end))
    assert.is_false((world.sandbox:enter_code("BACK DOOR", "2468")))
  end)

  it("is announced, and is among the lock's codes", function()
    assert.are.equal(code.access_code_id, world.sandbox:events("access_code.unmanaged.created")[1].access_code_id)
    create()
    local all = world.sandbox:access_codes("BACK DOOR")
    assert.are.same({ false, true }, { all[1].is_managed, all[2].is_managed })
    assert.is_nil(all[1].pending_mutations)
    assert.are.same({}, world.sandbox:access_codes("FRONT_DOOR"))
  end)

  it("needs 4 to 8 digits and a keypad", function()
    local path = "/access_codes/simulate/create_unmanaged_access_code"
    for _, fine in ipairs({ "1234", "12345678" }) do
      assert.are.equal(200, (world:try(path, { device_id = BACK_DOOR, name = "x", code = fine })))
    end
    assert.are.equal(400, (world:try(path, { device_id = BACK_DOOR, name = "x", code = "123456789" })))
    assert.are.equal(400, (world:try(path, { device_id = BACK_DOOR, name = "x", code = "123" })))
    assert.are.equal(400, (world:try(path, { device_id = world_of.EXTRA_DOOR, name = "x", code = "1234" })))
  end)
end)

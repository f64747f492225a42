-- SPDX-License-Identifier: MIT
-- seam.codes in the sandbox's time: what a plan says, what carrying it out does, and what goes wrong.

local codes = require "seam.codes"
local errors = require "seam.errors"
local safe = require "seam.safe"
local safe_codes = require "seam.codes.safe"
local sandbox_of = require "seam.sandbox"
local time = require "seam.time"

local START = time.parse "2028-08-10T12:00:00Z"
local HOUR, DAY = 3600, 86400

local sandbox, client, door

local function stay(key, first, last, more)
  local entry = { key = key, name = "Guest " .. key, starts_at = START + first * DAY, ends_at = START + last * DAY }
  for name, value in pairs(more or {}) do entry[name] = value end
  return entry
end

local function start(options)
  local filled = { freeze = START }
  for name, value in pairs(options or {}) do filled[name] = value end
  sandbox = sandbox_of.new(filled)
  sandbox:connect()
  client = sandbox:client()
  door = client.locks.get { name = "BACK DOOR" }
end

local function sync(wanted, options)
  return codes.sync(client, door, wanted, options)
end

--- "action key" of each step.
local function steps_of(plan)
  local list = {}
  for place, step in ipairs(plan.steps) do list[place] = step.action .. " " .. step.key end
  return list
end

local function outcomes_of(report)
  local list = {}
  for place, step in ipairs(report.steps) do list[place] = step.key .. " " .. step.outcome end
  return list
end

local function names_on_door()
  local list = {}
  for place, code in ipairs(sandbox:access_codes(door)) do list[place] = code.name end
  table.sort(list)
  return list
end

local function step_of(report, key)
  for _, step in ipairs(report.steps) do
    if step.key == key then return step end
  end
  error("no step for " .. key .. " in\n" .. tostring(report))
end

local function error_of(f, ...)
  local ok, err = pcall(f, ...)
  assert.is_false(ok, "an error was expected")
  assert.is_true(errors.is_error(err), "an error object was expected, got " .. tostring(err))
  return err
end

before_each(function() start() end)

describe("codes.plan", function()
  it("changes nothing", function()
    local plan = codes.plan(client, door, { stay("a", 1, 2) })
    assert.same({ "create a" }, steps_of(plan))
    assert.same({}, names_on_door())
  end)

  it("says what would be done, in the order in which it would be, and why", function()
    sync { stay("gone", 1, 2), stay("later", 2, 3), stay("named", 3, 4), stay("same", 4, 5) }
    client.access_codes.create { device = door, name = "Cleaner" }
    local plan = codes.plan(client, door, {
      stay("same", 4, 5), stay("new", 6, 7), stay("named", 3, 4, { name = "Ada" }), stay("later", 2, 4),
    })
    assert.same({ "delete gone", "update later", "update named", "create new", "nothing same" }, steps_of(plan))
    assert.equal(table.concat({
      "BACK DOOR: 1 to delete, 2 to update, 1 to create, 1 unchanged, 1 of others left alone",
      "  delete        gone                2028-08-11T12:00Z to 2028-08-12T12:00Z  nobody wants it any more",
      "  update times  later  Guest later  2028-08-12T12:00Z to 2028-08-14T12:00Z  its times differ",
      "  rename        named  Ada          2028-08-13T12:00Z to 2028-08-14T12:00Z  its name differs",
      "  create        new    Guest new    2028-08-16T12:00Z to 2028-08-17T12:00Z  it is not there yet",
      "  nothing       same   Guest same   2028-08-14T12:00Z to 2028-08-15T12:00Z  it is as wanted",
    }, "\n"), tostring(plan))
  end)

  it("shows no PIN and no control characters", function()
    start { custom_pin = true }
    local text = tostring(codes.plan(client, door, { stay("a\27[2J", 1, 2, { code = "4711" }) }))
    assert.is_nil(text:find("4711", 1, true))
    assert.is_nil(text:find("\27", 1, true))
  end)

  it("takes an id, and ISO 8601 times", function()
    local plan = codes.plan(client, door.device_id, {
      { key = "a", starts_at = "2028-08-11T12:00:00Z", ends_at = "2028-08-12T14:00:00+02:00" },
    })
    assert.equal(START + 2 * DAY, plan.steps[1].entry.ends_at)
    assert.equal(door.device_id, plan.device.device_id)
  end)

  it("takes less than a minute for what it is: the server's rounding", function()
    local function planned(seconds)
      return steps_of(codes.plan(client, door, { stay("a", 1, 2, { starts_at = START + DAY + seconds }) }))
    end
    sync { stay("a", 1, 2, { starts_at = START + DAY + 42 }) }
    assert.same({ "nothing a" }, planned(42))
    assert.same({ "update a" }, planned(120))
  end)

  it("lets stays that are over alone, and takes away what is left of them", function()
    start { keep_expired = true }
    sync { stay("short", 0, 1) }
    sandbox:advance(2 * DAY)
    assert.same({ "delete short" }, steps_of(codes.plan(client, door, { stay("short", 0, 1) })))
    assert.same({ "nothing never" }, steps_of(codes.plan(client, door, { stay("never", 0, 1) }, { prefix = "x:" })))
  end)

  it("wants a client, a lock and a list, and says which is missing", function()
    assert.matches("A client is wanted", error_of(codes.plan, {}, door, {}).message)
    assert.matches("A lock is wanted", error_of(codes.plan, client, 6, {}).message)
    assert.matches("wanted must be a list", error_of(codes.plan, client, door).message)
    assert.matches("wanted must be a list", error_of(codes.plan, client, door, { key = "a" }).message)
    assert.matches("wanted must be a list", error_of(codes.plan, client, door, { [2] = { key = "a" } }).message)
  end)

  local SLIPS = {
    { { nam = "x", key = "a" }, "wanted%[1%]: nam is unknown; did you mean 'name'%?" },
    { {}, "wanted%[1%]: key is missing" },
    { { key = "" }, "key must be text that is not empty" },
    { "a", "must be a table with a key" },
    { { key = "a", starts_at = START }, "ends_at is missing" },
    { { key = "a", ends_at = START }, "starts_at is missing" },
    { { key = "a", starts_at = START, ends_at = START }, "ends_at must be after starts_at" },
    { { key = "a", starts_at = "tomorrow", ends_at = START }, "starts_at is not an ISO 8601 moment" },
    { { key = "a", starts_at = "2028-08-11T15:00", ends_at = START }, "starts_at has no time zone" },
    { { key = "a", starts_at = START * 1000, ends_at = START * 1001 }, "epoch seconds are wanted" },
    { { key = "a", code = 4711 }, "code must be a string of digits" },
    { { key = "a", name = 6 }, "name must be text" },
  }
  for _, slip in ipairs(SLIPS) do
    it("refuses a slip before anything is read: " .. slip[2], function()
      local before = client:now()
      local err = error_of(codes.plan, client, door, { slip[1] })
      assert.equal("SeamInvalidParamsError", err.name)
      assert.matches(slip[2], err.message)
      assert.equal(before, client:now())
    end)
  end

  it("refuses one key twice", function()
    local err = error_of(codes.plan, client, door, { stay("a", 1, 2), stay("a", 3, 4) })
    assert.matches("wanted%[2%]: key 'a' is in wanted%[1%], too", err.message)
  end)

  it("refuses options it does not know or cannot take", function()
    local function said(options) return error_of(codes.plan, client, door, {}, options).message end
    assert.matches("no option 'prefx'; did you mean 'prefix'%?", said { prefx = "x" })
    assert.matches("prefix option .* without spaces", said { prefix = "a guest" })
    assert.matches("prefix option", said { prefix = "" })
    assert.matches("via option .* must be", said { via = "keys" })
    assert.matches("settle option", said { settle = -1 })
    assert.matches("max_deletes option", said { max_deletes = -1 })
    assert.matches("dry_run option", said { dry_run = "yes" })
    assert.matches("store option", said { store = {} })
    assert.matches("must be a table", said "guest:")
  end)
end)

describe("codes.sync", function()
  it("makes, changes, renames and takes away, and then has nothing to do", function()
    local report = sync { stay("a", 1, 2), stay("b", 2, 3) }
    assert.is_true(report.ok, tostring(report))
    assert.same({ "guest:a Guest a", "guest:b Guest b" }, names_on_door())
    assert.equal("scheduled", step_of(report, "a").state)
    assert.matches("^%d+$", step_of(report, "a").access_code.code)
    report = sync { stay("b", 2, 5, { name = "Ada  Lovelace\n" }) }
    assert.same({ "a done", "b done" }, outcomes_of(report))
    assert.same({ "guest:b Ada Lovelace" }, names_on_door())
    assert.equal(time.format(START + 5 * DAY), step_of(report, "b").access_code.ends_at)
    report = sync { stay("b", 2, 5, { name = "Ada Lovelace" }) }
    assert.same({ "b nothing" }, outcomes_of(report))
  end)

  it("only plans with dry_run", function()
    local plan = sync({ stay("a", 1, 2) }, { dry_run = true })
    assert.same({ "create a" }, steps_of(plan))
    assert.same({}, names_on_door())
    codes.apply(plan)
    assert.same({ "guest:a Guest a" }, names_on_door())
  end)

  it("touches nobody else's codes, managed here or not", function()
    client.access_codes.create { device = door, name = "guest" }
    client.access_codes.create { device = door, name = "guest: nobody" }
    client.access_codes.create { device = door, name = "staff:a" }
    client.access_codes.simulate.create_unmanaged_access_code { device = door, name = "guest:b", code = "123456" }
    local before = names_on_door()
    assert.equal(3, sync({}).foreign)
    assert.same(before, names_on_door())
    sync({ stay("a", 1, 2) }, { prefix = "other:" })
    sync({}, { prefix = "other:" })
    assert.same(before, names_on_door())
  end)

  it("keeps any key apart from the name", function()
    local keys = { "with space", "50%", "50%25", "a\nb", "Jörg@example.com", "x:y" }
    local wanted = {}
    for place, key in ipairs(keys) do wanted[place] = stay(key, place, place + 1) end
    assert.is_true(sync(wanted).ok)
    for _, step in ipairs(sync(wanted).steps) do assert.equal("nothing", step.action, step.key) end
    assert.equal(#keys, #names_on_door())
  end)

  it("turns an ongoing code into one with an end, and back", function()
    sync { { key = "a" } }
    assert.equal("ongoing", client.access_codes.list(door)[1].type)
    assert.is_true(step_of(sync { { key = "a", starts_at = START, ends_at = START + DAY } }, "a").changes.times)
    assert.equal("time_bound", client.access_codes.list(door)[1].type)
    sync { { key = "a" } }
    assert.equal("ongoing", client.access_codes.list(door)[1].type)
    assert.equal("nothing", sync({ { key = "a" } }).steps[1].action)
  end)

  it("counts what is pending as done: nothing is asked for twice", function()
    start { program_delay = 45 }
    sync { stay("a", 0, 2), stay("gone", 0, 1) }
    sandbox:advance(60)
    sync { stay("a", 0, 3, { name = "Ada" }) }
    local events = #sandbox:events()
    local report = sync { stay("a", 0, 3, { name = "Ada" }) }
    assert.same({ "a nothing" }, outcomes_of(report))
    assert.equal(events, #sandbox:events())
  end)

  it("takes no more away than max_deletes allows: all of it waits for a person then", function()
    sync { stay("a", 1, 2), stay("b", 1, 2), stay("c", 1, 2) }
    local report = sync({ stay("c", 1, 3) }, { max_deletes = 1 })
    assert.same({ "c done", "a blocked", "b blocked" }, outcomes_of(report))
    assert.equal("too_many_deletes", step_of(report, "a").problem.code)
    assert.equal(3, #names_on_door())
    assert.is_true(sync({ stay("c", 1, 3) }, { max_deletes = 2 }).ok)
    assert.equal(1, #names_on_door())
  end)

  it("makes a code anew while the old one of that key is on its way out", function()
    start { program_delay = 45 }
    sync { stay("a", 0, 2) }
    sandbox:advance(60)
    sync {}
    assert.same({ "a done" }, outcomes_of(sync { stay("a", 0, 2) }))
    sandbox:advance(60)
    assert.same({ "guest:a Guest a" }, names_on_door())
  end)

  it("keeps the older of two codes of one key, unless it failed", function()
    sync { stay("a", 1, 2) }
    local first = client.access_codes.list(door)[1].access_code_id
    sandbox:advance(60)
    client.access_codes.create { device = door, name = "guest:a Guest a", starts_at = START + DAY,
      ends_at = START + 2 * DAY }
    local report = sync { stay("a", 1, 2) }
    assert.same({ "a done", "a nothing" }, outcomes_of(report))
    assert.equal(first, client.access_codes.list(door)[1].access_code_id)
  end)
end)

describe("codes.apply", function()
  it("does of a plan what is still needed, and nothing that was not in it", function()
    sync { stay("old", 1, 2) }
    local plan = codes.plan(client, door, { stay("a", 1, 2), stay("b", 1, 2) })
    client.access_codes.create { device = door, name = "guest:a Guest a", starts_at = START + DAY,
      ends_at = START + 2 * DAY }
    client.access_codes.create { device = door, name = "guest:c" }
    local report = codes.apply(plan)
    assert.equal("done", step_of(report, "old").outcome)
    assert.equal("done", step_of(report, "b").outcome)
    assert.equal("nothing", step_of(report, "a").outcome)
    assert.equal("not_tried", step_of(report, "c").outcome)
    assert.is_false(report.ok)
    assert.same({ "guest:a Guest a", "guest:b Guest b", "guest:c" }, names_on_door())
  end)

  it("may be called again", function()
    local plan = codes.plan(client, door, { stay("a", 1, 2) })
    codes.apply(plan)
    assert.same({ "a nothing" }, outcomes_of(codes.apply(plan)))
    assert.same({ "guest:a Guest a" }, names_on_door())
  end)

  it("takes plans only", function()
    assert.matches("apply wants what codes.plan returned", error_of(codes.apply, { steps = {} }).message)
    assert.matches("apply wants", error_of(codes.apply).message)
  end)
end)

describe("What goes wrong with one code", function()
  it("is that code's alone: a PIN the lock does not take", function()
    local report = sync { stay("a", 1, 2, { code = "4711" }), stay("b", 1, 2) }
    assert.same({ "a failed", "b done" }, outcomes_of(report))
    local step = step_of(report, "a")
    assert.equal("invalid_input", step.problem.code)
    assert.equal("call", step.problem.of)
    assert.is_true(errors.is_error(step.error, "SeamHttpInvalidInputError"))
    assert.is_false(report.ok)
  end)

  it("is a PIN that somebody else's code has", function()
    start { custom_pin = true }
    client.access_codes.create { device = door, name = "Cleaner", code = "4711" }
    local report = sync { stay("a", 1, 2, { code = "4711" }), stay("b", 1, 2, { code = "4712" }) }
    assert.equal("duplicate_access_code", step_of(report, "a").problem.code)
    assert.equal("done", step_of(report, "b").outcome)
  end)

  it("is a PIN that two want at the same time: known before anything is sent", function()
    start { custom_pin = true }
    local wanted = {
      stay("a", 1, 3, { code = "4711" }), stay("b", 2, 4, { code = "4711" }), stay("c", 3, 4, { code = "4712" }),
    }
    assert.same({ "create a", "create c", "blocked b" }, steps_of(codes.plan(client, door, wanted)))
    local step = step_of(sync(wanted), "b")
    assert.equal("blocked", step.outcome)
    assert.equal("duplicate_access_code", step.problem.code)
    assert.matches("'a' wants the same PIN", step.why)
  end)

  it("is a PIN that changes", function()
    start { custom_pin = true }
    sync { stay("a", 0, 2, { code = "4711" }) }
    local report = sync { stay("a", 0, 2, { code = "4712" }) }
    assert.is_true(step_of(report, "a").changes.code)
    assert.equal("4712", client.access_codes.list(door)[1].code)
  end)

  it("is a lock that is full", function()
    start { max_active_codes = 1 }
    local report = sync { stay("a", 0, 2), stay("b", 0, 2) }
    assert.equal("set", step_of(report, "a").state)
    assert.is_nil(step_of(report, "a").problem)
    assert.equal("failed", step_of(report, "b").state)
    assert.equal("no_space_for_access_code_on_device", step_of(report, "b").problem.code)
    assert.is_false(report.ok)
  end)

  it("is a site without a seat left; those who have one are well", function()
    start { seat_limit = 1 }
    local report = sync { stay("a", 0, 2), stay("b", 0, 2) }
    assert.same({ "set", nil }, { step_of(report, "a").state, step_of(report, "a").problem })
    assert.equal("access_code_inactive", step_of(report, "b").problem.code)
    report = sync { stay("b", 0, 2) }
    assert.same({ "set", nil }, { step_of(report, "b").state, step_of(report, "b").problem })
    assert.is_true(report.ok)
  end)

  it("is a lock that is offline: made, and said to be waiting for it", function()
    local fault = sandbox:fault { kind = "device_offline", device = door }
    local report = sync { stay("a", 0, 2) }
    assert.equal("done", step_of(report, "a").outcome)
    assert.equal("setting", step_of(report, "a").state)
    assert.equal("device_disconnected", step_of(report, "a").problem.code)
    assert.equal("device", step_of(report, "a").problem.of)
    assert.matches("the lock is offline", tostring(report))
    fault:clear()
    report = sync { stay("a", 0, 2) }
    assert.same({ "set", true }, { step_of(report, "a").state, report.ok })
  end)

  it("is a lock that takes no codes", function()
    local report = codes.sync(client, sandbox:device("EXTRA DOOR"), { stay("a", 1, 2) })
    assert.equal("unsupported_device", step_of(report, "a").problem.code)
    assert.equal("blocked", step_of(report, "a").outcome)
  end)

  it("is that it could not be set, of a code that is there already, too", function()
    sandbox:fault { kind = "failing_programming", device = door }
    sync { stay("a", 0, 2) }
    sandbox:advance(HOUR)
    local report = sync { stay("a", 0, 2) }
    assert.same({ "nothing", "failed", "failed_to_set_on_device" },
      { step_of(report, "a").outcome, step_of(report, "a").state, step_of(report, "a").problem.code })
    assert.matches("failed_to_set_on_device: ", tostring(report))
  end)
end)

describe("The limits of a lock", function()
  local function many(count)
    local wanted = {}
    for i = 1, count do wanted[i] = stay(("%02d"):format(i), i, i + 1) end
    return wanted
  end

  --- How often the API said no.
  local function refusals(options)
    local count = 0
    local counting = { on_response = function(report) if report.status == 429 then count = count + 1 end end }
    for name, value in pairs(options or {}) do counting[name] = value end
    return sandbox:client(counting), function() return count end
  end

  it("are kept by waiting: ten creates a minute, no refusal", function()
    local count
    client, count = refusals()
    local before = client:now()
    assert.is_true(sync(many(25)).ok)
    assert.equal(0, count())
    local took = client:now() - before
    assert.is_true(took >= 120 and took < 130, "took " .. took .. " seconds")
  end)

  it("are kept from one sync to the next, and for updates on their own", function()
    local count
    client, count = refusals()
    sync(many(10))
    local wanted = many(12)
    for i = 1, 10 do wanted[i].ends_at = wanted[i].ends_at + HOUR end
    assert.is_true(sync(wanted).ok)
    for i = 1, 12 do wanted[i].ends_at = wanted[i].ends_at + HOUR end
    assert.is_true(sync(wanted).ok)
    assert.equal(0, count())
  end)

  it("of which somebody else used a part are waited out as Seam asks", function()
    local other = sandbox:client()
    for i = 1, 8 do other.access_codes.create { device = door, name = "other " .. i } end
    local count
    client, count = refusals { retries = 0 }
    local before = client:now()
    local report = sync(many(5))
    assert.is_true(report.ok, tostring(report))
    assert.is_true(count() >= 1, "a refusal was expected")
    assert.is_true(client:now() - before >= 60)
    assert.equal(13, #names_on_door())
  end)

  it("without a Retry-After are tried again later and later, and not for ever", function()
    sandbox:fault { kind = "rate_limit", path = "/access_codes/create" }
    local before = client:now()
    local report = sync { stay("a", 1, 2), stay("b", 1, 2) }
    assert.same({ "a failed", "b failed" }, outcomes_of(report))
    assert.equal(429, step_of(report, "a").error.status_code)
    assert.is_true(client:now() - before < 600)
  end)

  it("that ask for more patience than five minutes are reported", function()
    sandbox:fault { kind = "rate_limit", path = "/access_codes/create", seconds = 3600, times = 1 }
    local report = sync { stay("a", 1, 2), stay("b", 1, 2) }
    assert.same({ "a failed", "b done" }, outcomes_of(report))
    assert.equal(3600, step_of(report, "a").error.retry_after)
  end)
end)

describe("A network or a key that fails", function()
  it("ends the run: the rest is not tried", function()
    for kind, outcome in pairs { refused = "failed", expired_key = "failed" } do
      start()
      sandbox:fault { kind = kind, path = "/access_codes/create" }
      local report = sync { stay("a", 1, 2), stay("b", 2, 3) }
      assert.same({ "a " .. outcome, "b not_tried" }, outcomes_of(report), kind)
      assert.is_true(errors.is_error(report.error), kind)
      assert.matches("ended early", tostring(report))
      assert.is_false(report.ok)
    end
  end)

  it("where nothing can be read raises, as any call does", function()
    sandbox:fault { kind = "expired_key" }
    assert.equal("SeamHttpUnauthorizedError", error_of(sync, {}).name)
  end)

  it("leaves an unknown outcome unknown where it cannot be looked up", function()
    sandbox:fault { kind = "outage", skip = 2 }
    local report = sync { stay("a", 1, 2), stay("b", 2, 3) }
    assert.same({ "a unknown", "b not_tried" }, outcomes_of(report))
    sandbox:clear_faults()
    assert.is_true(sync({ stay("a", 1, 2), stay("b", 2, 3) }).ok)
    assert.equal(2, #names_on_door())
  end)

  it("looks a lost answer up before it asks again, and gives it time to arrive", function()
    sandbox:fault { kind = "lost_answer", path = "/access_codes/create", carried_out = false, times = 1 }
    local before = client:now()
    local report = sync({ stay("a", 1, 2), stay("b", 2, 3) }, { settle = 20 })
    assert.is_true(report.ok, tostring(report))
    assert.is_true(client:now() - before >= 20, "no time was given")
    assert.same({ "guest:a Guest a", "guest:b Guest b" }, names_on_door())
  end)

  it("that loses the answer twice is reported as unknown", function()
    sandbox:fault { kind = "lost_answer", path = "/access_codes/create", carried_out = false }
    local report = sync { stay("a", 1, 2) }
    assert.same({ "a unknown" }, outcomes_of(report))
    assert.equal("unknown", step_of(report, "a").error.outcome)
    assert.same({}, names_on_door())
  end)

  it("does not disturb the deletion of what is gone", function()
    sync { stay("a", 1, 2) }
    local plan = codes.plan(client, door, {})
    sandbox:fault { kind = "lost_answer", path = "/access_codes/delete", times = 1 }
    assert.same({ "a done" }, outcomes_of(codes.apply(plan)))
    assert.same({}, names_on_door())
  end)
end)

describe("A code that is gone when it is to be taken away", function()
  it("is as good as taken away", function()
    sync { stay("a", 1, 2) }
    sandbox:fault { kind = "status", status = 404, path = "/access_codes/delete" }
    assert.same({ "a done" }, outcomes_of(sync {}))
  end)
end)

describe("A store of ids", function()
  local kept, store

  before_each(function()
    kept = {}
    store = {
      read = function(device_id) return kept[device_id] end,
      write = function(device_id, records)
        local copy = {}
        for key, record in pairs(records) do copy[key] = record end
        kept[device_id] = copy
      end,
    }
  end)

  it("lets codes have their guests' names alone", function()
    assert.is_true(sync({ stay("a", 1, 2), { key = "b" } }, { store = store }).ok)
    assert.same({ "Guest a", "b" }, names_on_door())
    local report = sync({ stay("a", 1, 3, { name = "Ada" }) }, { store = store })
    assert.same({ "b done", "a done" }, outcomes_of(report))
    assert.same({ "Ada" }, names_on_door())
  end)

  it("makes only those ours that are in it", function()
    client.access_codes.create { device = door, name = "Guest a" }
    sync({ stay("a", 1, 2) }, { store = store })
    assert.same({ "Guest a", "Guest a" }, names_on_door())
    sync({}, { store = store })
    assert.same({ "Guest a" }, names_on_door())
  end)

  it("forgets what is gone", function()
    sync({ stay("a", 1, 2) }, { store = store })
    sync({}, { store = store })
    sync({}, { store = store })
    assert.same({}, kept[door.device_id])
  end)

  it("makes a code anew that somebody took away by hand", function()
    sync({ stay("a", 1, 2) }, { store = store })
    client.access_codes.delete(client.access_codes.list(door)[1])
    assert.same({ "a done" }, outcomes_of(sync({ stay("a", 1, 2) }, { store = store })))
    assert.equal(1, #names_on_door())
  end)
end)

describe("codes.sync_all", function()
  local front

  before_each(function() front = sandbox:device("FRONT_DOOR") end)

  it("brings many doors where they shall be, reports in order", function()
    local reports = codes.sync_all(client, {
      { door, { stay("a", 1, 2) } }, { device = front.device_id, wanted = { stay("a", 1, 2), stay("b", 2, 3) } },
    })
    assert.equal(2, #reports)
    assert.same({ "a done" }, outcomes_of(reports[1]))
    assert.same({ "a done", "b done" }, outcomes_of(reports[2]))
    assert.equal("FRONT_DOOR", reports[2].device.display_name)
  end)

  it("goes on where one door fails", function()
    local reports = codes.sync_all(client, {
      { "00000000-0000-4000-8000-000000000000", { stay("a", 1, 2) } }, { front, { stay("a", 1, 2) } },
      { door, { { key = "" } } },
    }, { concurrency = 2 })
    assert.equal("device_not_found", reports[1].error.code)
    assert.is_false(reports[1].ok)
    assert.matches("00000000%-0000%-4000%-8000%-000000000000: no codes of ours", tostring(reports[1]))
    assert.is_true(reports[2].ok)
    assert.equal("SeamInvalidParamsError", reports[3].error.name)
  end)

  it("tells how far it is", function()
    local seen = {}
    codes.sync_all(client, { { door, {} }, { front, {} } }, {
      on_progress = function(done, total) seen[#seen + 1] = done .. " of " .. total end,
    })
    assert.same({ "1 of 2", "2 of 2" }, seen)
  end)

  it("only plans with dry_run", function()
    local plans = codes.sync_all(client, { { door, { stay("a", 1, 2) } } }, { dry_run = true })
    assert.same({ "create a" }, steps_of(plans[1]))
    assert.same({}, names_on_door())
  end)

  it("refuses one door twice, doors that are none, and options it does not know", function()
    assert.matches("doors%[2%] is the same lock as doors%[1%]",
      error_of(codes.sync_all, client, { { door, {} }, { door.device_id, {} } }).message)
    assert.matches("doors%[1%] has no lock", error_of(codes.sync_all, client, { { {}, {} } }).message)
    assert.matches("doors%[1%] must be a table", error_of(codes.sync_all, client, { "x" }).message)
    assert.matches("doors must be a list", error_of(codes.sync_all, client).message)
    assert.matches("must be a table", error_of(codes.sync_all, client, {}, "x").message)
  end)
end)

describe("seam.codes.safe", function()
  it("returns nil and the error, with a client of either face", function()
    for _, made in ipairs { client, safe.new(sandbox:client_options()) } do
      local report = safe_codes.sync(made, door, { stay("a", 1, 2) })
      assert.is_true(report.ok, tostring(report))
      local value, err = safe_codes.plan(made, "00000000-0000-4000-8000-000000000000", {})
      assert.is_nil(value)
      assert.equal("device_not_found", err.code)
      value, err = safe_codes.apply({})
      assert.is_nil(value)
      assert.equal("SeamInvalidParamsError", err.name)
    end
  end)

  it("leaves raising to seam.codes, whatever the client's face", function()
    local err = error_of(codes.plan, safe.new(sandbox:client_options()), "00000000-0000-4000-8000-000000000000", {})
    assert.equal("device_not_found", err.code)
  end)
end)

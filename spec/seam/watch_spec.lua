-- SPDX-License-Identifier: MIT
-- Watching events in the sandbox's time: none lost, none handled twice, in order, through trouble.

local caught = require "support.caught"
local errors = require "seam.errors"
local files = require "support.files"
local json = require "seam.json"
local model = require "seam.sandbox.model.events"
local safe_watch = require "seam.watch.safe"
local sandbox_of = require "seam.sandbox"
local time = require "seam.time"
local watch = require "seam.watch"

local START = "2028-08-10T12:00:00Z"
local DAY = 86400

local function new_world(options)
  local filled = { freeze = START }
  for name, value in pairs(options or {}) do filled[name] = value end
  local sandbox = sandbox_of.new(filled)
  sandbox:connect()
  sandbox:advance(60)
  local client = sandbox:client()
  return sandbox, client, client.locks.get { name = "BACK DOOR" }
end

--- An event of the sandbox's own, with a number to tell it by.
local function emit(sandbox, number, fields, event_type)
  local event = { device_id = "d", number = number }
  for name, value in pairs(fields or {}) do event[name] = value end
  return model.emit(sandbox.world, event_type or "lock.locked", event)
end

--- A watcher that writes down the numbers of what it handles.
local function recorder(client, options)
  local numbers = {}
  local filled = { on = { ["lock.*"] = function(event) numbers[#numbers + 1] = event.number end } }
  for name, value in pairs(options or {}) do filled[name] = value end
  return watch.events(client, filled), numbers
end

--- A store in memory; `texts` is everything that was saved.
local function memory_store()
  local store = { texts = {} }
  store.load = function() return store.texts[#store.texts] end
  store.save = function(text) store.texts[#store.texts + 1] = text end
  return store
end

local function count_up(n)
  local list = {}
  for i = 1, n do list[i] = i end
  return list
end

describe("watch.events", function()
  it("hands events over by type, pattern and all, the special first, in the order they happened", function()
    local sandbox, client, door = new_world()
    local calls = {}
    local function note(name)
      return function(event) calls[#calls + 1] = name .. " " .. event.event_type end
    end
    local watcher = watch.events(client, {
      on = { ["*"] = note "all", ["lock.*"] = note "lock", ["lock.unlocked"] = note "unlocked" },
    })
    client.locks.unlock_door(door)
    sandbox:advance(1)
    client.locks.lock_door(door)
    assert.equal(4, (watcher:step()))
    assert.same({
      "all action_attempt.unlock_door.succeeded", "unlocked lock.unlocked", "lock lock.unlocked", "all lock.unlocked",
      "all action_attempt.lock_door.succeeded", "lock lock.locked", "all lock.locked",
    }, calls)
    assert.equal(0, (watcher:step()), "nothing is handled twice")
    assert.equal(7, #calls)
  end)

  it("asks only for the types that its handlers name", function()
    local sandbox, client = new_world()
    local urls = {}
    local listening = sandbox:client { on_request = function(request) urls[#urls + 1] = request.url end }
    watch.events(listening, { on = { ["lock.locked"] = print, ["device.added"] = print } }):step()
    assert.matches("event_types=device.added&event_types=lock.locked", urls[1])
    watch.events(listening, { on = { ["lock.*"] = print } }):step()
    assert.is_nil(urls[2]:find("event_types", 1, true))
    watch.events(listening, { on = { ["*"] = print }, event_types = { "lock.locked" } }):step()
    assert.matches("event_types=lock.locked", urls[3])
    assert.is_truthy(client)
  end)

  it("begins now, or at a moment that is given, that moment included", function()
    local sandbox, client = new_world()
    emit(sandbox, 1)
    sandbox:advance(10)
    local _, from_now = recorder(client)
    local watcher, numbers = recorder(client, { since = time.format(client:time() - 10) })
    watcher:step()
    assert.same({ 1 }, numbers)
    assert.same({}, from_now)
    watcher, numbers = recorder(client, { since = client:time() - 9.999 })
    watcher:step()
    assert.same({}, numbers)
  end)

  it("takes one function for all, and passes what it knows of the event", function()
    local sandbox, client = new_world()
    local infos = {}
    local watcher = watch.events(client, { on = function(_, info) infos[#infos + 1] = info end })
    emit(sandbox, 1, { occurred_at = client:time() - 30 })
    sandbox:advance(5)
    watcher:step()
    assert.same({ { attempt = 1, source = "poll", lag = 35 } }, infos)
  end)

  it("orders by when things happened, not by when they became known", function()
    local sandbox, client = new_world()
    local watcher, numbers = recorder(client)
    emit(sandbox, 3, { occurred_at = client:time() + 20 })
    emit(sandbox, 4, { occurred_at = client:time() + 20 })
    sandbox:advance(30)
    emit(sandbox, 1, { occurred_at = client:time() - 60 })
    emit(sandbox, 2, { occurred_at = client:time() - 50 })
    watcher:step()
    assert.same({ 1, 2, 3, 4 }, numbers)
  end)

  it("loses none of several that share a moment, seen in different polls", function()
    for _, inclusive in ipairs { false, true } do
      local sandbox, client = new_world { since_is_inclusive = inclusive }
      local watcher, numbers = recorder(client, { overlap = 0 })
      for i = 1, 6 do
        emit(sandbox, i)
        watcher:step()
      end
      assert.same(count_up(6), numbers)
    end
  end)

  it("finds events that become visible late", function()
    local sandbox, client = new_world()
    local watcher, numbers = recorder(client)
    sandbox:advance(700)
    emit(sandbox, 2)
    watcher:step()
    -- It was created ten minutes ago, and is listed only now.
    emit(sandbox, 1, { created_at = time.format(client:time() - 600) })
    sandbox:advance(200)
    emit(sandbox, 3)
    watcher:step()
    assert.same({ 2, 1, 3 }, numbers)
  end)

  it("follows pages, even where a page is smaller than what shares one moment", function()
    local sandbox, client = new_world()
    local watcher, numbers = recorder(client, { limit = 3 })
    for i = 1, 4 do emit(sandbox, i) end
    sandbox:advance(1)
    for i = 5, 14 do emit(sandbox, i) end
    for i = 15, 20 do
      sandbox:advance(0.001)
      emit(sandbox, i)
    end
    watcher:step()
    assert.same(count_up(20), numbers)
  end)

  it("catches up with thousands, keeping little to remember", function()
    local sandbox, client = new_world()
    local store = memory_store()
    local watcher, numbers = recorder(client, { cursor = store })
    for i = 1, 1500 do
      emit(sandbox, i)
      if i % 3 == 0 then sandbox:advance(60) end
    end
    watcher:step()
    assert.same(count_up(1500), numbers)
    local longest = 0
    for _, text in ipairs(store.texts) do longest = math.max(longest, #text) end
    assert.is_true(longest < 30000, "the cursor grew to " .. longest .. " bytes")
  end)

  it("lives through a month in a moment", function()
    local sandbox, client, door = new_world()
    local starts = client:time() + 10 * DAY
    client.access_codes.create { device = door, name = "Guest", starts_at = starts, ends_at = starts + 7 * DAY }
    local types = {}
    local watcher = watch.events(client, {
      since = client:time() - 1, polling_interval = 1800, max_polls = 30 * 48,
      on = { ["access_code.*"] = function(event) types[#types + 1] = event.event_type:match("[%w_]+$") end },
    })
    assert.equal(5, watcher:run())
    assert.same({ "created", "scheduled_on_device", "set_on_device", "removed_from_device", "deleted" }, types)
    assert.is_true(client:time() >= time.parse(START) + 29 * DAY)
    assert.is_truthy(sandbox)
  end)

  it("refuses options and handlers that mean nothing", function()
    local _, client = new_world()
    local function refused(options)
      return caught("SeamInvalidOptionsError", watch.events, client, options).message
    end
    assert.matches("Unknown option 'event_type'; did you mean 'event_types'", refused { on = print, event_type = "x" })
    assert.matches("on option must be a table of handlers", refused {})
    assert.matches("handler of 'lock.locked' must be a function", refused { on = { ["lock.locked"] = 6 } })
    assert.matches("key that is no event type", refused { on = { print } })
    assert.matches("since option is not an ISO 8601 moment", refused { on = print, since = "yesterday" })
    assert.matches("since option is not a moment", refused { on = print, since = 1e15 })
    assert.matches("event_types option must be a list", refused { on = print, event_types = { 6 } })
    assert.matches("not empty", refused { on = print, event_types = {} })
    assert.matches("cursor option must be a file's path", refused { on = print, cursor = { load = print } })
    assert.matches("max_attempts option must be a whole number", refused { on = print, max_attempts = 0 })
    caught("SeamInvalidParamsError", watch.events, "no client", { on = print })
  end)

  it("passes on what the API refuses, and goes no further", function()
    local _, client = new_world()
    local watcher = watch.events(client, { on = { ["lock.unlockd"] = print } })
    caught("SeamHttpInvalidInputError", watcher.step, watcher)
    caught("SeamHttpInvalidInputError", watcher.run, watcher)
  end)
end)

describe("a watcher's cursor", function()
  local path

  before_each(function()
    path = os.tmpname()
    os.remove(path)
  end)

  after_each(function()
    os.remove(path)
    os.remove(path .. ".tmp")
  end)

  it("resumes where the last process ended, however long ago", function()
    local sandbox, client = new_world()
    local watcher, numbers = recorder(client, { cursor = path })
    emit(sandbox, 1)
    watcher:step()
    sandbox:advance(20 * DAY)
    emit(sandbox, 2)
    sandbox:advance(DAY)
    local resumed, later = recorder(client, { cursor = path })
    resumed:step()
    assert.same({ 1 }, numbers)
    assert.same({ 2 }, later)
    assert.is_nil(files.read(path .. ".tmp"), "a draft was left behind")
  end)

  it("is written before anything happens: a crash does not move the start", function()
    local sandbox, client = new_world()
    recorder(client, { cursor = path })
    sandbox:advance(3600)
    emit(sandbox, 1)
    sandbox:advance(3600)
    local watcher, numbers = recorder(client, { cursor = path })
    watcher:step()
    assert.same({ 1 }, numbers)
  end)

  it("loses nothing and repeats one at most, whichever save the process dies after", function()
    local sandbox, client = new_world()
    local store = memory_store()
    local watcher = recorder(client, { cursor = store })
    for i = 1, 8 do
      emit(sandbox, i)
      if i % 2 == 0 then sandbox:advance(1) end
    end
    watcher:step()
    assert.is_true(#store.texts >= 9, "the cursor was saved " .. #store.texts .. " times for 8 events")
    for place, text in ipairs(store.texts) do
      local copy = { load = function() return text end, save = function() end }
      local resumed, numbers = recorder(client, { cursor = copy })
      resumed:step()
      local expected = {}
      for i = math.min(place, 9), 8 do expected[#expected + 1] = i end
      assert.same(expected, numbers, "after save " .. place)
    end
  end)

  it("hands an event over again where the process died before it was saved", function()
    local sandbox, client = new_world()
    local store, handled = memory_store(), 0
    local options = {
      since = START, cursor = store, on = { ["lock.locked"] = function() handled = handled + 1 end },
    }
    emit(sandbox, 1)
    local watcher = watch.events(client, options)
    -- What a process that dies in the handler leaves is what had been saved before.
    local before = #store.texts
    watcher:step()
    while #store.texts > before do table.remove(store.texts) end
    watch.events(client, options):step()
    assert.equal(2, handled)
  end)

  it("is refused when it cannot be read: beginning anew would lose events", function()
    local _, client = new_world()
    for _, text in ipairs { "", "{", "[]", "6", '{"version":2}', '{"version":1,"start":"x","seen":{},"attempts":{}}',
      '{"version":1,"start":1,"seen":{"a":"b"},"attempts":{}}', '{"version":1,"start":1,"seen":6,"attempts":{}}' } do
      local file = assert(io.open(path, "wb"))
      file:write(text)
      file:close()
      local err = caught("SeamWatchError", watch.events, client, { on = print, cursor = path })
      assert.equal("cursor_unreadable", err.code, text)
    end
    assert.equal("cursor_unreadable", caught("SeamWatchError", watch.events, client, {
      on = print, cursor = { load = function() error("no disk", 0) end, save = print },
    }).code)
  end)

  it("must be writable from the start", function()
    local _, client = new_world()
    local err = caught("SeamWatchError", watch.events, client, { on = print, cursor = "/nowhere/at/all/cursor" })
    assert.equal("cursor_not_saved", err.code)
  end)

  it("is never half written: the old one stays until the new one is whole", function()
    local sandbox, client = new_world()
    local watcher = recorder(client, { cursor = path })
    local before = files.read(path)
    assert(os.execute(("mkdir '%s.tmp'"):format(path)))
    emit(sandbox, 1)
    assert.equal("cursor_not_saved", select(3, watcher:step()).code)
    assert.equal(before, files.read(path))
  end)

  it("writes each event down once, however many have to be remembered", function()
    local sandbox, client = new_world()
    local watcher, numbers = recorder(client, { cursor = memory_store() })
    local encode, encoded = json.encode, 0
    finally(function() json.encode = encode end)
    json.encode = function(value, ...)
      for _, field in pairs(type(value) == "table" and value.seen or {}) do encoded = encoded + (field and 1) end
      if type(value) == "string" and #value == 36 then encoded = encoded + 1 end
      return encode(value, ...)
    end
    for i = 1, 100 do emit(sandbox, i) end
    watcher:step()
    assert.equal(100, #numbers)
    assert.is_true(encoded <= 100, encoded .. " ids written for 100 events")
  end)

  it("takes ids of any kind", function()
    local sandbox, client = new_world()
    local store = memory_store()
    local watcher = recorder(client, { cursor = store })
    local event = emit(sandbox, 1)
    local odd = { event_id = 'a "b" \\ %d\n', event_type = "lock.locked", created_at = event.created_at, number = 2 }
    assert.is_true(watcher:deliver(odd))
    watcher:step()
    local again, numbers = recorder(client, { cursor = store })
    assert.is_false(again:deliver(odd))
    again:step()
    assert.same({}, numbers)
  end)

  it("that cannot be saved stops the work until it can, and nothing is handled twice", function()
    local sandbox, client = new_world()
    local full, saved, told = false, 0, {}
    local watcher, numbers = recorder(client, {
      cursor = { load = function() return nil end, save = function()
        if full then return nil, "disk full" end
        saved = saved + 1
      end },
      on_error = function(err) told[#told + 1] = err.code end,
    })
    emit(sandbox, 1)
    emit(sandbox, 2)
    full = true
    local _, delay, err = watcher:step()
    assert.equal("cursor_not_saved", err.code)
    assert.matches("disk full", err.message)
    assert.equal(1, delay)
    assert.same({ 1 }, numbers)
    watcher:step()
    assert.same({ 1 }, numbers)
    assert.same({ "cursor_not_saved", "cursor_not_saved" }, told)
    full = false
    watcher:step()
    assert.same({ 1, 2 }, numbers)
    assert.is_true(saved > 1)
  end)
end)

describe("a handler that fails", function()
  it("gets its event again, before any later one", function()
    local sandbox, client = new_world()
    local calls, fails = {}, 2
    local watcher = watch.events(client, { on = { ["lock.*"] = function(event, info)
      calls[#calls + 1] = ("%d/%d"):format(event.number, info.attempt)
      if event.number == 1 and fails > 0 then
        fails = fails - 1
        error "not today"
      end
    end } })
    emit(sandbox, 1)
    emit(sandbox, 2)
    local handled, delay, err = watcher:step()
    assert.equal(0, handled)
    assert.equal(1, delay)
    assert.equal("handler_failed", err.code)
    assert.matches("not today", err.message)
    delay = select(2, watcher:step())
    assert.equal(2, delay)
    assert.equal(2, (watcher:step()))
    assert.same({ "1/1", "1/2", "1/3", "2/1" }, calls)
  end)

  it("does not stop everything for ever: the event is given up, and somebody is told", function()
    local sandbox, client = new_world()
    local told, handled = {}, {}
    local watcher = watch.events(client, {
      max_attempts = 3, max_polls = 6,
      on = { ["lock.*"] = function(event)
        if event.number == 1 then error({ poison = true }) end
        handled[#handled + 1] = event.number
      end },
      on_error = function(err, event, state) told[#told + 1] = { err.cause.poison, event.number, state } end,
    })
    for i = 1, 3 do emit(sandbox, i) end
    watcher:run()
    assert.same({ 2, 3 }, handled)
    assert.same({
      { true, 1, { attempt = 1, gave_up = false } }, { true, 1, { attempt = 2, gave_up = false } },
      { true, 1, { attempt = 3, gave_up = true } },
    }, told)
  end)

  it("is counted across processes", function()
    local sandbox, client = new_world()
    local store, attempts = memory_store(), {}
    emit(sandbox, 1)
    for _ = 1, 4 do
      watch.events(client, { since = START, cursor = store, max_attempts = 3, on = { ["lock.*"] = function(_, info)
        attempts[#attempts + 1] = info.attempt
        error "always"
      end } }):step()
    end
    assert.same({ 1, 2, 3 }, attempts)
  end)

  it("does not make the handlers before it run again", function()
    local sandbox, client = new_world()
    local first, second = 0, 0
    local watcher = watch.events(client, { on = {
      ["lock.locked"] = function() first = first + 1 end,
      ["*"] = function()
        second = second + 1
        if second < 3 then error "later" end
      end,
    } })
    emit(sandbox, 1)
    for _ = 1, 4 do watcher:step() end
    assert.equal(1, first)
    assert.equal(3, second)
  end)

  it("may return nil and an error instead, as calls of seam.safe do", function()
    local sandbox, client = new_world()
    local silent, tries = require("seam.safe").new(sandbox:client_options()), 0
    local fault = sandbox:fault { kind = "outage", path = "/devices/get" }
    local watcher = watch.events(client, { on = { ["lock.*"] = function()
      tries = tries + 1
      return silent.devices.get("681bf7bc-e7c6-48e6-acfe-6dbabd0615c5")
    end } })
    emit(sandbox, 1)
    local _, _, err = watcher:step()
    assert.equal(503, err.cause.status_code)
    fault:clear()
    assert.equal(1, (watcher:step()))
    assert.equal(2, tries)
  end)

  it("or a hook, harms nothing else", function()
    local sandbox, client = new_world()
    local watcher, numbers = recorder(client, { on_poll = error, on_error = error })
    emit(sandbox, 1)
    sandbox:fault { kind = "refused", times = 3, path = "/events/list" }
    watcher:step()
    watcher:step()
    assert.same({ 1 }, numbers)
  end)
end)

describe("a watcher in trouble", function()
  it("goes on through outages, lost answers, rate limits and nonsense, losing nothing", function()
    for _, fault in ipairs {
      { kind = "outage", times = 12 }, { kind = "lost_answer", times = 12 }, { kind = "refused", times = 12 },
      { kind = "lost_answer", code = "timeout", times = 2 }, { kind = "rate_limit", times = 12, seconds = 3 },
      { kind = "broken_json", times = 4 }, { kind = "html", times = 4 },
    } do
      local sandbox, client = new_world()
      local told = {}
      local watcher, numbers = recorder(client, { max_polls = 12, on_error = function(err) told[#told + 1] = err end })
      emit(sandbox, 1)
      sandbox:fault(fault)
      sandbox.world.clock:after(5, function() emit(sandbox, 2) end)
      assert.equal(2, watcher:run(), fault.kind)
      assert.same({ 1, 2 }, numbers, fault.kind)
      assert.is_true(#told > 0 and errors.is_error(told[1]), "nobody was told of " .. fault.kind)
    end
  end)

  it("loses nothing where a later page is lost", function()
    local sandbox, client = new_world()
    local watcher, numbers = recorder(client, { limit = 2 })
    for i = 1, 7 do
      emit(sandbox, i)
      sandbox:advance(1)
    end
    sandbox:fault { kind = "outage", skip = 2, times = 3 }
    watcher:step()
    assert.same({}, numbers)
    watcher:step()
    assert.same(count_up(7), numbers)
  end)

  it("backs off, and as long as it is asked to", function()
    local sandbox = new_world()
    local client = sandbox:client { retries = 0 }
    local delays = {}
    local watcher = watch.events(client, { on = print, polling_interval = 5, max_polls = 10,
      on_poll = function(report) delays[#delays + 1] = report.delay end })
    sandbox:fault { kind = "outage", times = 8 }
    sandbox:fault { kind = "rate_limit", seconds = 300, times = 1 }
    watcher:run()
    assert.same({ 1, 2, 4, 8, 16, 32, 60, 60, 300, 5 }, delays)
  end)

  it("ends with an error that will not pass, and can be run again", function()
    local sandbox, client = new_world()
    local watcher, numbers = recorder(client, { max_polls = 1 })
    emit(sandbox, 1)
    local fault = sandbox:fault { kind = "expired_key" }
    caught("SeamHttpUnauthorizedError", watcher.run, watcher)
    fault:clear()
    assert.equal(1, watcher:run())
    assert.same({ 1 }, numbers)
    client:close()
    assert.equal("closed", caught("SeamHttpError", watcher.run, watcher).code)
  end)

  it("says how far it is behind", function()
    local sandbox, client = new_world()
    local lags = {}
    local watcher = watch.events(client, { on = { ["lock.*"] = function(event)
      if event.number == 2 then error "stuck" end
    end }, on_poll = function(report) lags[#lags + 1] = report.lag end })
    assert.equal(0, watcher:lag())
    sandbox:advance(50)
    assert.equal(50, watcher:lag())
    watcher:step()
    assert.equal(0, watcher:lag())
    emit(sandbox, 1)
    emit(sandbox, 2)
    sandbox:advance(30)
    watcher:step()
    assert.equal(30, watcher:lag())
    sandbox:advance(30)
    assert.equal(60, watcher:lag())
    assert.same({ 0, 30 }, lags)
    sandbox:fault { kind = "outage" }
    watcher:step()
    assert.is_true(watcher:lag() >= 60)
  end)
end)

describe("a watcher's end", function()
  it("comes by stop, after the event at hand; run goes on from there", function()
    local sandbox, client = new_world()
    local numbers, watcher = {}, nil
    watcher = watch.events(client, { on = { ["lock.*"] = function(event)
      numbers[#numbers + 1] = event.number
      if event.number == 2 then watcher:stop() end
      if event.number == 4 then watcher.stop() end
    end } })
    for i = 1, 4 do emit(sandbox, i) end
    assert.equal(2, watcher:run())
    assert.same({ 1, 2 }, numbers)
    assert.equal(2, watcher:run())
    assert.same({ 1, 2, 3, 4 }, numbers)
  end)

  it("comes by the stop option, in a pause too, or after max_polls", function()
    local _, client = new_world()
    local started = client:now()
    local function stop() return client:now() - started > 250 end
    recorder(client, { polling_interval = 100, stop = stop }):run()
    local took = client:now() - started
    assert.is_true(took > 250 and took <= 265, "took " .. took)

    local polls = 0
    recorder(client, { max_polls = 4, on_poll = function() polls = polls + 1 end }):run()
    assert.equal(4, polls)
  end)
end)

describe("watcher:deliver", function()
  it("and polling together hand an event over once, whichever comes first", function()
    local sandbox, client = new_world()
    local sources = {}
    local watcher = watch.events(client, { on = { ["lock.*"] = function(event, info)
      sources[#sources + 1] = event.number .. " " .. info.source
    end } })
    local first = emit(sandbox, 1)
    assert.is_true(watcher:deliver(first))
    assert.is_false(watcher:deliver(first))
    watcher:step()
    local second = emit(sandbox, 2)
    watcher:step()
    assert.is_false(watcher:deliver(second))
    sandbox:advance(DAY)
    emit(sandbox, 3)
    watcher:step()
    assert.is_false(watcher:deliver(second), "sent again a day later")
    assert.is_false(watcher:deliver(first), "sent again a day later")
    assert.same({ "1 webhook", "2 poll", "3 poll" }, sources)
  end)

  it("knows what polling had handled before the first webhook came", function()
    local sandbox, client = new_world()
    local watcher, numbers = recorder(client)
    local old = emit(sandbox, 1)
    watcher:step()
    sandbox:advance(DAY)
    emit(sandbox, 2)
    watcher:step()
    assert.is_false(watcher:deliver(old))
    assert.same({ 1, 2 }, numbers)
  end)

  it("takes what polling could not see in time", function()
    local sandbox, client = new_world()
    local watcher, numbers = recorder(client)
    watcher:deliver(emit(sandbox, 1))
    sandbox:advance(7200)
    emit(sandbox, 2)
    watcher:step()
    local late = emit(sandbox, 3, { created_at = time.format(client:time() - 3600) })
    watcher:step()
    assert.same({ 1, 2 }, numbers)
    assert.is_true(watcher:deliver(late))
    assert.same({ 1, 2, 3 }, numbers)
  end)

  it("may bring an event that a poll has fetched and not handed over yet", function()
    local sandbox, client = new_world()
    local numbers, watcher, second = {}, nil, nil
    watcher = watch.events(client, { on = { ["lock.*"] = function(event)
      numbers[#numbers + 1] = event.number
      if event.number == 1 then watcher:deliver(second) end
    end } })
    emit(sandbox, 1)
    second = emit(sandbox, 2)
    watcher:step()
    assert.same({ 1, 2 }, numbers)
  end)

  it("takes what seam.webhook has verified, signed by the sandbox", function()
    local sandbox, client = new_world()
    local webhook = client.webhooks.create { url = "https://example.com/hook" }
    local hook = require("seam.webhook").new(webhook.secret, { now = function() return sandbox:now() end })
    local watcher, numbers = recorder(client)
    sandbox:on_webhook(function(_, headers, body)
      watcher:deliver((hook:verify(body, headers)))
    end)
    emit(sandbox, 1)
    sandbox:advance(1)
    assert.same({ 1 }, numbers)
    assert.equal(0, (watcher:step()))
  end)

  it("raises when a handler fails, and what is sent again counts as another attempt", function()
    local sandbox, client = new_world()
    local attempts = {}
    local watcher = watch.events(client, { max_attempts = 3, on = { ["lock.*"] = function(_, info)
      attempts[#attempts + 1] = info.attempt
      error "no"
    end } })
    local event = emit(sandbox, 1)
    assert.equal("handler_failed", caught("SeamWatchError", watcher.deliver, watcher, event).code)
    watcher:step()
    assert.is_false(watcher:deliver(event), "given up: nothing is gained by sending it again")
    assert.is_false(watcher:deliver(event))
    assert.same({ 1, 2, 3 }, attempts)
  end)

  it("ignores what is not asked for, and refuses what is no event", function()
    local sandbox, client = new_world()
    local before = emit(sandbox, 1)
    sandbox:advance(10)
    local watcher, numbers = recorder(client, { event_types = { "lock.locked" } })
    assert.is_false(watcher:deliver(before), "from before the start")
    assert.is_false(watcher:deliver(emit(sandbox, 2, nil, "lock.unlocked")))
    assert.same({}, numbers)
    for _, value in ipairs { "event", {}, { event_id = "e" } } do
      caught("SeamInvalidParamsError", watcher.deliver, watcher, value)
    end
  end)

  it("does not hand over what a poll is just handing over, and the other way round", function()
    local sandbox, client = new_world()
    local count = 0
    local watcher = watch.events(client, { on = { ["lock.*"] = function()
      count = count + 1
      coroutine.yield "busy"
    end } })
    local event = emit(sandbox, 1)
    local polling = coroutine.wrap(function() return watcher:step() end)
    assert.equal("busy", polling())
    assert.is_false(watcher:deliver(event))
    sandbox:fault { kind = "expired_key" }
    assert.equal(0, (watcher:step()), "a second step while one is under way asks nothing")
    sandbox:clear_faults()
    assert.equal(1, polling())

    local other = emit(sandbox, 2)
    local delivering = coroutine.wrap(function() return watcher:deliver(other) end)
    assert.equal("busy", delivering())
    local handled, delay = watcher:step()
    assert.equal(0, handled)
    assert.equal(1, delay)
    assert.is_true(delivering())
    watcher:step()
    assert.equal(2, count)
  end)

  it("remembers little where nobody polls, and forgets none that may come again", function()
    local sandbox, client = new_world()
    local store = memory_store()
    local watcher = recorder(client, { cursor = store })
    local event
    for i = 1, 1000 do
      event = emit(sandbox, i)
      watcher:deliver(event)
      sandbox:advance(3600)
      if i % 50 == 0 then assert.is_false(watcher:deliver(event)) end
    end
    assert.is_true(#store.load() < 15000, "the cursor grew to " .. #store.load() .. " bytes")
  end)
end)

describe("seam.watch.safe", function()
  it("returns nil and the error", function()
    local sandbox, client = new_world()
    local nothing, err = safe_watch.events(client, {})
    assert.is_nil(nothing)
    assert.is_true(errors.is_error(err, "SeamInvalidOptionsError"))
    local watcher = safe_watch:events(require("seam.safe").new(sandbox:client_options()), { on = print })
    sandbox:fault { kind = "expired_key" }
    for _, method in ipairs { "step", "run" } do
      nothing, err = watcher[method](watcher)
      assert.is_nil(nothing)
      assert.equal(401, err.status_code)
    end
    nothing, err = watcher:deliver(6)
    assert.is_nil(nothing)
    assert.is_true(errors.is_error(err, "SeamInvalidParamsError"))
    assert.equal("seam watcher", tostring(watcher))
  end)
end)

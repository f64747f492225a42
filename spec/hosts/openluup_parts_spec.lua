-- SPDX-License-Identifier: MIT
-- Parts of the openLuup plugin by themselves: what a sandbox cannot be made to show.

local core = require "seam.core"
local fake_environment = require "support.fake_environment"
local files = require "support.files"

local package_path = package.path
package.path = "hosts/openluup/?.lua;" .. package_path
local actions = require "L_SeamActions"
local events = require "L_SeamEvents"
local host_of = require "L_SeamHost"
local jobs_of = require "L_SeamJobs"
local key = require "L_SeamKey"
local pins = require "L_SeamPins"
package.path = package_path

local function code(id, created, name, pin, status)
  return { access_code_id = id, created_at = created, name = name, code = pin, status = status or "set" }
end

describe("L_SeamPins", function()
  it("gives new users the lowest free numbers, the oldest first, and leaves the others theirs", function()
    local codes = {
      code("new", "2028-02-02T10:00:00Z"), code("newest", "2028-03-02T10:00:00Z"), code("b", "2028-01-01"),
    }
    local numbers = pins.number({ [2] = "b", [1] = "gone" }, codes)
    assert.same({ "new", "b", "newest" }, numbers)
    assert.same(numbers, pins.read(pins.write(numbers)))
    assert.equal(3, pins.number_of(numbers, "newest"))
    assert.same({}, pins.read(nil))
  end)

  it("writes rows that cannot be broken by a name", function()
    local codes = { code("a", "2028-02-02T10:11:12.000Z", "A;B,\tC", "1234"), code("b", nil, nil, nil, "unset") }
    assert.equal("<VERSION=3>3\t1,1,2028-02-02 10:11:12,,****,A B  C;\t2,0,,,,;",
      pins.text({ "a", "b" }, codes, false))
    assert.matches(",1234,A B", pins.text({ "a", "b" }, codes, true), 1, true)
  end)
end)

describe("L_SeamKey", function()
  after_each(function() fake_environment.restore() end)

  it("refuses files that openLuup would hand to everyone", function()
    local here = files.output_of("pwd"):match("^[^\n]*")
    for _, path in ipairs { "README.md", "./README.md", here .. "/README.md" } do
      fake_environment.set { SEAM_API_KEY_FILE = path, PWD = here }
      local options, reason = key.options()
      assert.is_nil(options, path)
      assert.matches("everyone can read", reason, 1, true)
    end
  end)

  it("reads a key alone, and lines of a shell", function()
    local path = os.tmpname()
    fake_environment.set { SEAM_API_KEY_FILE = path, SEAM_API_KEY = "seam_other" }
    files.write(path, "seam_one_key\n")
    assert.same({ api_key = "seam_one_key" }, key.options())
    files.write(path, "export SEAM_API_KEY='seam_two' SEAM_ENDPOINT=http://127.0.0.1:4010\n")
    assert.same({ api_key = "seam_two", endpoint = "http://127.0.0.1:4010" }, key.options())
    files.write(path, "two words")
    assert.is_nil(key.options())
    os.remove(path)
    assert.is_nil(key.options(), "a named file that is not there must not mean another key")
  end)

  it("leaves the environment to the SDK", function()
    fake_environment.set { SEAM_API_KEY = "seam_other", HOME = "/nowhere" }
    if not files.read("/etc/seam/api_key") then assert.same({}, key.options()) end
  end)
end)

describe("L_SeamHost", function()
  local calls, luup

  before_each(function()
    calls = {}
    luup = { openLuup = {}, log = function() end,
      call_delay = function(_, seconds, token) calls[#calls + 1] = { seconds = seconds, token = token } end }
  end)

  after_each(function() package.loaded["openLuup.scheduler"] = nil end)

  local function with_scheduler()
    local watched = {}
    package.loaded["openLuup.scheduler"] = {
      socket_watch = function(sock, callback) watched[#watched + 1] = { sock = sock, callback = callback } end,
    }
    return watched
  end

  local function fake_pool(descriptor)
    return { steps = 0, getfd = function() return descriptor end, in_flight = function() return 1 end,
      step = function(pool, seconds)
        pool.steps = pool.steps + 1
        core.sleep(seconds)
      end }
  end

  it("stays on openLuup's list, with no descriptor while nothing is waited for", function()
    local watched, woken = with_scheduler(), 0
    local host = host_of.new(luup)
    local stop = host.loop.watch(fake_pool(7), function() woken = woken + 1 end)
    assert.equal(7, watched[1].sock:getfd())
    assert.is_false(watched[1].sock:dirty())
    watched[1].callback()
    stop()
    assert.equal(-1, watched[1].sock:getfd())
    watched[1].callback()
    assert.equal(1, woken)
    host.loop.watch(fake_pool(9), function() end)
    assert.equal(1, #watched)
    assert.equal(9, watched[1].sock:getfd())
  end)

  it("never shows select a descriptor that ends openLuup, and looks after it by timers", function()
    local watched, woken, pool = with_scheduler(), 0, fake_pool(1024)
    local host = host_of.new(luup)
    local stop = host.loop.watch(pool, function() woken = woken + 1 end)
    assert.same({}, watched)
    assert.equal(1, #calls)
    local started = core.now()
    host:on_timer(calls[1].token)
    assert.is_true(core.now() - started < 0.5)
    assert.is_true(pool.steps >= 1 and woken >= 1)
    assert.equal(2, #calls)
    stop()
    host:on_timer(calls[2].token)
    assert.equal(2, #calls, "it goes on after the end")
    host.loop.watch(fake_pool(5), function() end)
    host.loop.watch(fake_pool(2000), function() end)
    assert.equal(-1, watched[1].sock:getfd())
  end)

  it("logs what a coroutine raises, and tells", function()
    local said, told
    luup.log = function(text) said = text end
    host_of.new(luup):spawn(function() error("mine", 0) end, function(_, problem) told = problem end)
    assert.matches("internal error: mine", said)
    assert.equal("mine", told)
  end)
end)

describe("L_SeamJobs", function()
  local jobs, order
  local real_now = core.now

  before_each(function()
    order = {}
    jobs = jobs_of.new({
      spawn = function(_, work, ended) order[#order + 1] = { name = work(), ended = ended } end,
      job_pause = function() return 0.2 end,
    })
  end)

  after_each(function() rawset(core, "now", real_now) end)

  local function task(name)
    return { same = name, work = function() return name end, done = function(ok, err) return not ok and err or nil end }
  end

  it("does one after the other, and each job tells of its own", function()
    local first, second = {}, {}
    jobs:want(5, "SetTarget", task "unlock")
    jobs:want(5, "SetTarget", task "lock")
    assert.same({ 0, 0.2 }, { jobs:step(5, "SetTarget", first) })
    assert.same({ 0, 0.2 }, { jobs:step(5, "SetTarget", second) })
    assert.equal(1, #order)
    order[1].ended(nil, "no answer")
    assert.equal("lock", order[2].name)
    assert.same({ 2, 0 }, { jobs:step(5, "SetTarget", first) })
    assert.equal("no answer", first.notes)
    order[2].ended({})
    assert.same({ 4, 0 }, { jobs:step(5, "SetTarget", second) })
    assert.is_false(jobs:is_busy())
  end)

  it("never starts what nobody started in time: an unlock must not come late", function()
    jobs:want(5, "SetTarget", task "unlock")
    rawset(core, "now", function() return real_now() + 60 end)
    jobs:want(5, "SetTarget", task "lock")
    local job = {}
    jobs:step(5, "SetTarget", job)
    assert.equal(1, #order)
    assert.equal("lock", order[1].name)
    order[1].ended({})
    assert.same({ 4, 0 }, { jobs:step(5, "SetTarget", job) })
  end)

  it("has an answer for a job it knows nothing of", function()
    assert.same({ 2, 0 }, { jobs:step(5, "SetTarget", {}) })
  end)
end)

describe("L_SeamEvents", function()
  local told, state

  before_each(function()
    told = {}
    state = {
      codes_changed = {}, variables = { tell = function(_, _, name, value) told[#told + 1] = name .. "=" .. value end },
      locks = { children = function() return { door = 5 } end,
        user = function(_, _, id) return id == "ann" and 'UserID="1" UserName="Ann"' or nil end },
    }
  end)

  local function take(fields, lag)
    fields.device_id = fields.device_id or "door"
    events.take(state, fields, lag or 1)
    return table.concat(told, " ")
  end

  it("tells of a low battery and of a code at the wrong time", function()
    take { event_type = "device.low_battery" }
    assert.equal('sl_LowBattery=1 sl_UnauthUser=UserID="1" UserName="Ann"',
      take { event_type = "lock.access_denied", access_code_id = "ann" })
  end)

  it("tells nothing of remote control, of other devices and of what is long over", function()
    take { event_type = "lock.unlocked", method = "remote" }
    take { event_type = "lock.unlocked", method = "keycode", access_code_id = "ann", device_id = "garage" }
    assert.equal("", take({ event_type = "lock.unlocked", method = "keycode", access_code_id = "ann" }, 7200))
    assert.is_true(state.changed, "the locks are not listed again")
  end)

  it("has the codes of a lock listed again when they change", function()
    take { event_type = "access_code.created" }
    assert.same({ door = true }, state.codes_changed)
  end)
end)

describe("L_SeamActions", function()
  it("tells what a writer must know, and no PIN", function()
    local err = { name = "SeamHttpError", code = "timeout", message = "no answer for 1234", outcome = "unknown" }
    assert.equal("SeamHttpError (timeout): no answer for **** (it may have happened all the same)",
      actions.describe(err, "1234"))
    assert.equal("no key", actions.describe "no key")
  end)
end)

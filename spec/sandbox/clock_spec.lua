-- SPDX-License-Identifier: MIT
local clock_of = require "seam.sandbox.clock"
local ids = require "seam.sandbox.ids"
local sandbox = require "seam.sandbox"

describe("the sandbox's clock", function()
  local real, clock

  before_each(function()
    real = 1000
    clock = clock_of.new(function() return real end)
  end)

  it("runs with the real one", function()
    real = 1003.5
    assert.are.equal(1003.5, clock:now())
    assert.are.equal(3.5, clock:monotonic())
  end)

  it("stands still when frozen and runs on from there", function()
    clock:freeze()
    real = 1010
    assert.are.equal(1000, clock:now())
    assert.are.equal(0, clock:monotonic())
    clock:run()
    real = 1012
    assert.are.equal(1002, clock:now())
    assert.are.equal(2, clock:monotonic())
  end)

  it("does what falls due in order of time, each at its own moment", function()
    local seen = {}
    local function note(name) return function() seen[#seen + 1] = name .. "@" .. clock:now() end end
    clock:freeze()
    clock:after(20, note("late"))
    clock:after(10, note("first"))
    clock:after(10, note("second"))
    clock:after(10, function() clock:after(5, note("grown")) end)
    clock:advance(30)
    assert.are.same({ "first@1010", "second@1010", "grown@1015", "late@1020" }, seen)
    assert.are.equal(1030, clock:now())
  end)

  it("leaves out what was cancelled, and what lies after the target", function()
    local seen = {}
    clock:freeze()
    clock:after(1, function() seen[#seen + 1] = "cancelled" end).cancelled = true
    clock:after(5, function() seen[#seen + 1] = "later" end)
    clock:advance(4)
    assert.are.same({}, seen)
    clock:advance(1)
    assert.are.same({ "later" }, seen)
  end)

  it("can be moved by something that falls due", function()
    local seen = {}
    clock:freeze()
    clock:after(1, function() clock:advance(10) end)
    clock:after(5, function() seen[#seen + 1] = clock:now() end)
    clock:advance(3)
    assert.are.same({ 1005 }, seen)
  end)

  it("runs on from where it was moved to", function()
    clock:advance(100)
    real = 1002
    assert.are.equal(1102, clock:now())
    assert.are.equal(102, clock:monotonic())
    clock:set(1050)
    real = 1003
    assert.are.equal(1051, clock:now())
  end)

  it("knows when the next thing will happen", function()
    assert.is_nil(clock:next_due())
    clock:after(9, function() end)
    assert.are.equal(1009, clock:next_due())
  end)

  it("goes back when told, undoes nothing, and its monotonic time does not follow", function()
    clock:freeze(2000)
    local before = clock:monotonic()
    clock:set(1500)
    assert.are.equal(1500, clock:now())
    assert.are.equal(before, clock:monotonic())
  end)

  it("survives an error in what falls due", function()
    clock:freeze()
    clock:after(1, function() error("broken", 0) end)
    assert.has_error(function() clock:advance(2) end, "broken")
    assert.are.equal(1000, clock:now())
  end)
end)

describe("a sandbox's moments", function()
  it("are given as epoch seconds or ISO 8601", function()
    assert.are.equal(1767225600, sandbox.new{ freeze = "2026-01-01T00:00:00Z" }:now())
    assert.are.equal(1767225600, sandbox.new():freeze(1767225600):now())
    assert.are.equal(1767225660, sandbox.new{ freeze = 1767225600 }:set_time("2026-01-01T00:01:00Z"):now())
    assert.are.equal(1767225605, sandbox.new{ freeze = 1767225600 }:advance(5):now())
  end)

  it("may start anywhere while the clock runs", function()
    local real = 50
    local box = sandbox.new{ now = function() return real end, clock = "2030-06-01T00:00:00Z" }
    local start = box:now()
    real = 57
    assert.are.equal(start + 7, box:now())
  end)

  it("are refused when they are none", function()
    assert.has_error(function() sandbox.new():freeze("tomorrow") end)
    assert.has_error(function() sandbox.new():advance(-1) end)
    assert.has_error(function() sandbox.new():advance("1") end)
  end)
end)

describe("generated ids", function()
  it("are version 4 UUIDs and depend on the seed alone", function()
    local one, same, other = ids.new(7, "ids"), ids.new(7, "ids"), ids.new(8, "ids")
    local uuid = one:uuid()
    assert.truthy(uuid:find("^%x%x%x%x%x%x%x%x%-%x%x%x%x%-4%x%x%x%-[89ab]%x%x%x%-%x%x%x%x%x%x%x%x%x%x%x%x$"), uuid)
    assert.are.equal(uuid, same:uuid())
    assert.are_not.equal(uuid, other:uuid())
  end)

  it("are the same on every Lua", function()
    assert.are.equal("437926f3-2aae-4a5e-b954-50363e5f9232", ids.new(1, "ids"):uuid())
  end)

  it("do not depend on how often something else was asked for", function()
    local ask = function(box, times)
      for _ = 1, times do box:handle({ method = "GET", path = "/nothing/at_all" }) end
      return box:handle({
        method = "POST", path = "/webhooks/create", body = '{"url":"http://localhost/"}',
        headers = { authorization = "Bearer seam_test1", ["content-type"] = "application/json" },
      }).body
    end
    assert.are.equal(ask(sandbox.new(), 0), ask(sandbox.new(), 9))
  end)

  it("hardly ever repeat", function()
    local generator, seen = ids.new(1, "x"), {}
    for _ = 1, 5000 do
      local id = generator:uuid()
      assert.is_nil(seen[id])
      seen[id] = true
    end
  end)
end)

describe("sandbox options", function()
  it("are refused with the nearest right name", function()
    assert.has_error(function() sandbox.new{ acton_delay = 1 } end,
      "seam.sandbox: the option 'acton_delay' does not exist; did you mean 'action_delay'?")
    assert.has_error(function() sandbox.new{ action_delay = "1" } end,
      "seam.sandbox: the option 'action_delay' must be a number, got a string")
    assert.has_error(function() sandbox.new{ given_code = "perhaps" } end,
      "seam.sandbox: the option 'given_code' cannot be 'perhaps'")
  end)

  it("must be numbers that make sense", function()
    assert.has_error(function() sandbox.new{ action_delay = -1 } end,
      "seam.sandbox: the option 'action_delay' must not be negative")
    assert.has_error(function() sandbox.new{ action_delay = 0 / 0 } end)
    assert.has_error(function() sandbox.new(7) end, "seam.sandbox: options must be a table, got a number")
    assert.is_table(sandbox.new{ given_code = "refuse" })
  end)

  it("are not the caller's table", function()
    local given = { action_delay = 3 }
    local box = sandbox.new(given)
    box:set("action_delay", 4)
    assert.are.same({ action_delay = 3 }, given)
  end)
end)

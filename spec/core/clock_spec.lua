-- SPDX-License-Identifier: MIT
-- The clocks, sleep, and the dates of HTTP.
local core = require "seam.core"

describe("the clock", function()
  it("has a monotonic side that moves on in seconds", function()
    local before = core.now()
    core.sleep(0.02)
    local passed = core.now() - before
    assert.is_true(passed >= 0.02 and passed < 0.5, "passed: " .. passed)
  end)

  it("has a wall side that agrees with the host's", function()
    assert.is_true(math.abs(core.wall() - os.time()) <= 1)
    assert.is_true(core.wall() ~= math.floor(core.wall()) or core.wall() ~= math.floor(core.wall()))
  end)

  it("sleeps as long as it is told and says that nothing is left", function()
    local before = core.now()
    assert.equal(0, core.sleep(0.05))
    local passed = core.now() - before
    assert.is_true(passed >= 0.05 and passed < 0.2, "passed: " .. passed)
  end)

  it("does not sleep for nothing, less than nothing, or what is no number", function()
    local before = core.now()
    for _, seconds in ipairs{ 0, -1, -1 / 0, 0 / 0 } do assert.equal(0, core.sleep(seconds)) end
    assert.is_true(core.now() - before < 0.05)
    assert.is_false((pcall(core.sleep, "long")))
  end)
end)

describe("parse_http_date", function()
  it("reads the three forms of HTTP", function()
    for _, text in ipairs{
      "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
    } do
      assert.equal(784111777, core.parse_http_date(text), text)
    end
  end)

  it("gives a whole number", function()
    assert.equal("784111777", tostring(core.parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT")))
  end)

  it("gives nil for what is none of them", function()
    for _, text in ipairs{
      "", "120", "20261231", "tomorrow", "1994-11-06T08:49:37Z", "Sun, 06 Nov 1994",
      "Sun, 06 Nov 1994 08:49:37 GMT\0", "Sun, 06 Nov 1994 08:49\00037 GMT", ("Sun, "):rep(20),
      "Sun, 99 Nov 1994 88:49:37 GMT", "Sun, 06 Nov 1994 08-49-37 GMT", "1994-11-06T08:49:37.0000Z",
      "xxxxxxxxxxxx:xxxxxxxxxxxxxxx",
    } do
      assert.is_nil(core.parse_http_date(text), text)
    end
  end)
end)

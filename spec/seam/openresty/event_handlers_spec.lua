-- SPDX-License-Identifier: MIT
-- Which functions a webhook's event is for.

local event_handlers = require "seam.openresty.event_handlers"

local function names_for(on, kind)
  local names = {}
  local function named(value)
    if type(value) == "string" then return function() names[#names + 1] = value end end
    local functions = {}
    for key, inner in pairs(value) do functions[key] = named(inner) end
    return functions
  end
  assert.is_true((event_handlers.run(assert(event_handlers.read(named(on))), { event_type = kind }, "id")))
  return names
end

describe("Event handlers", function()
  it("run from the exact type to the star", function()
    local on = {
      ["*"] = "all", ["lock.*"] = "lock", ["lock.unlocked"] = "exact", ["device.*"] = "device",
      ["action_attempt.*"] = "attempt", ["action_attempt.lock_door.*"] = "lock_door",
    }
    assert.same({ "exact", "lock", "all" }, names_for(on, "lock.unlocked"))
    assert.same({ "lock", "all" }, names_for(on, "lock.locked"))
    assert.same({ "lock_door", "attempt", "all" }, names_for(on, "action_attempt.lock_door.failed"))
    assert.same({ "all" }, names_for(on, "lockets.lost"))
  end)

  it("may come in several tables, whose order stays, and as one function for all", function()
    local on = { { ["lock.*"] = "first" }, { ["lock.*"] = "second", ["lock.locked"] = "exact" }, "all" }
    assert.same({ "exact", "first", "second", "all" }, names_for(on, "lock.locked"))
    assert.same({ "all" }, names_for("all", "lock.locked"))
    assert.same({}, names_for({}, "lock.locked"))
  end)

  it("end with the first that fails, in several tables too", function()
    local second
    local entries = event_handlers.read {
      { ["lock.*"] = function() return nil, "no" end }, { ["lock.*"] = function() second = true end },
    }
    local done, problem = event_handlers.run(entries, { event_type = "lock.locked" }, "id")
    assert.is_false(done)
    assert.equal("no", problem)
    assert.is_nil(second)
  end)

  it("are refused with a sentence", function()
    for _, on in ipairs { { [2] = print }, { { ["lock.*"] = 5 } }, { ["lock.*"] = 5 }, 5, { 5 } } do
      local entries, reason = event_handlers.read(on)
      assert.is_nil(entries)
      assert.equal("string", type(reason))
    end
  end)
end)

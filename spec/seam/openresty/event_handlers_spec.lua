-- SPDX-License-Identifier: MIT
-- Which functions a webhook's event is for.

local event_handlers = require "seam.openresty.event_handlers"

local function named(name) return function() return name end end

local function names_for(on, kind)
  local names = {}
  for i, f in ipairs(event_handlers.matching(assert(event_handlers.new(on)), kind)) do names[i] = f() end
  return names
end

describe("Event handlers", function()
  it("run from the exact type to the star", function()
    local on = {
      ["*"] = named "all", ["lock.*"] = named "lock", ["lock.unlocked"] = named "exact", ["device.*"] = named "device",
      ["action_attempt.*"] = named "attempt", ["action_attempt.lock_door.*"] = named "lock_door",
    }
    assert.same({ "exact", "lock", "all" }, names_for(on, "lock.unlocked"))
    assert.same({ "lock", "all" }, names_for(on, "lock.locked"))
    assert.same({ "lock_door", "attempt", "all" }, names_for(on, "action_attempt.lock_door.failed"))
    assert.same({ "all" }, names_for(on, "lockets.lost"))
  end)

  it("may come in several tables, whose order stays", function()
    local on = { { ["lock.*"] = named "first" }, { ["lock.*"] = named "second", ["lock.locked"] = named "exact" } }
    assert.same({ "exact", "first", "second" }, names_for(on, "lock.locked"))
    assert.same({}, names_for({}, "lock.locked"))
  end)

  it("are refused under a key that fits no event", function()
    for _, key in ipairs { "lock*", "lock.", "*.failed", "lock..x", "", "lock unlocked" } do
      local entries, problem = event_handlers.new { [key] = named "x" }
      assert.is_nil(entries)
      assert.truthy(problem:find("has the key '" .. key .. "'", 1, true), problem)
    end
    assert.truthy(select(2, event_handlers.new { ["lock*"] = named "x" }):find("did you mean 'lock.*'?", 1, true))
  end)
end)

-- SPDX-License-Identifier: MIT
-- seam.calendar, seam.codes and seam.watch together, through a month at fifty doors with everything that goes wrong
-- in one: at every check-in the right codes and only those open, and each event is handled once.

local month = require "support.month.world"

local DOORS, BOOKINGS = 50, 400
local SECONDS = 20

describe("A month of 400 bookings at 50 doors", function()
  local world, seconds

  setup(function()
    local began = os.clock()
    world = month.new(1, DOORS):run()
    seconds = os.clock() - began
  end)

  it("lets each guest in during the stay, not before and not after, and nobody else", function()
    assert.equal("", table.concat(world.complaints, "\n", 1, math.min(#world.complaints, 10)))
  end)

  it("is worth its name", function()
    for _, booking in ipairs(world.bookings) do
      local key = booking.key
      assert.equal(not booking.cancelled, booking.entered == true, key .. " entered during the stay")
      assert.is_true(booking.cancelled or world.refused_before[key], key .. " was not refused right before the stay")
      assert.is_true(booking.cancelled or world.refused_after[key], key .. " was not refused right after the stay")
    end
    assert.equal(BOOKINGS, #world.bookings)
    assert.is_true(world.changes >= 100, world.changes .. " changes, expected 100 or more")
    assert.is_true(world.troubled >= 40, world.troubled .. " syncs in trouble, expected 40 or more")
    assert.is_true(world.tried.denied >= 1000, world.tried.denied .. " PINs refused, expected 1000 or more")
  end)

  it("makes each code once", function()
    local asked, foreign = 0, 0
    for _ in pairs(world.asked) do asked = asked + 1 end
    for _ in pairs(world.foreign) do foreign = foreign + 1 end
    assert.equal(asked + foreign, #world.sandbox:events "access_code.created")
  end)

  it("leaves the codes of others as they were, and none of its own behind", function()
    for door, id in ipairs(world.doors) do
      assert.same({ world.foreign[door] }, world.sandbox:access_codes(id), "door " .. door)
    end
  end)

  it("hands each event over once, and misses none", function()
    local missed, repeated = world.events:compare()
    assert.same({}, missed, "missed")
    assert.same({}, repeated, "handled twice")
  end)

  it("never asks for more than Seam's limits allow", function()
    assert.equal(0, world.limits_hit, "answers 429 that were no injected fault")
  end)

  it("takes less than " .. SECONDS .. " seconds", function()
    assert.is_true(seconds < SECONDS, ("%.1f s of processor time"):format(seconds))
  end)
end)

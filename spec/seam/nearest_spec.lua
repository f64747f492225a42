-- SPDX-License-Identifier: MIT
-- The known name nearest to a misspelt one.

local nearest = require "seam.nearest"

local NAMES = { "device_id", "device_ids", "starts_at", "ends_at", "code", "name" }

describe("seam.nearest.find", function()
  local CASES = {
    { "devce_id", "device_id", "a dropped letter" },
    { "device_idd", "device_id", "an added letter, the alphabetically first of two equally near names" },
    { "devise_id", "device_id", "a replaced letter" },
    { "strats_at", "starts_at", "a swapped pair" },
    { "Code", "code", "another case" },
    { "deviceId", "device_id", "camel case" },
    { "ends", nil, "what would have to grow by half" },
    { "cabe", nil, "half of its letters are others" },
    { "colour", nil, "something else altogether" },
    { "", nil, "nothing" },
  }
  for _, case in ipairs(CASES) do
    it(("takes '%s' for %s: %s"):format(case[1], tostring(case[2]), case[3]), function()
      assert.equal(case[2], nearest.find(case[1], NAMES))
    end)
  end

  it("takes a pair of swapped letters for one slip, not two", function()
    assert.equal("name", nearest.find("naem", { "name" }))
  end)

  it("knows names by key as well as by position", function()
    assert.equal("timeout", nearest.find("timout", { timeout = true, retries = true }))
  end)

  it("prefers the nearer name over an earlier one", function()
    assert.equal("lock", nearest.find("lockk", { "locks_x", "block", "lock" }))
  end)

  it("gives the same answer whatever the order of the names", function()
    assert.equal("bat", nearest.find("hat", { "cat", "bat" }))
    assert.equal("bat", nearest.find("hat", { "bat", "cat" }))
  end)

  it("leaves long texts and other values alone", function()
    assert.is_nil(nearest.find(("x"):rep(65), { ("x"):rep(65) }))
    assert.is_nil(nearest.find(5, NAMES))
  end)
end)

describe("seam.nearest.hint", function()
  it("is the part of a sentence that asks", function()
    assert.equal("; did you mean 'device_id'?", nearest.hint("devce_id", NAMES))
  end)

  it("is empty when nothing is near", function()
    assert.equal("", nearest.hint("colour", NAMES))
  end)
end)

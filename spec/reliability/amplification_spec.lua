-- SPDX-License-Identifier: MIT
-- Row 5 of the reliability bar: a server in trouble is not asked more because of it.

local fake = require "support.fake_client"
local safe = require "seam.safe"

describe("row 5: retry amplification", function()
  it("is 1,000 + 500/5 + 1 attempts at most for 1,000 reads of a dead server", function()
    local client, transport = fake.new({ fake.lost("closed", true) }, nil, safe)
    for _ = 1, 1000 do client.locks.list() end
    local attempts = #transport.requests
    assert.is_true(attempts <= 1000 + 500 / 5 + 1, "1,101 attempts at most were expected, got " .. attempts)
    assert.is_true(attempts > 1000, "the purse should have paid for some retries")
  end)

  it("ends when the server is well again: clean calls fill the purse", function()
    local client, transport = fake.new({ fake.lost("closed", true) }, nil, safe)
    for _ = 1, 200 do client.locks.list() end
    local dead = transport.answers[1]
    transport.answers[1] = fake.ok '{"devices":[]}'
    for _ = 1, 50 do assert(client.locks.list()) end
    transport.answers[1] = dead
    local before = #transport.requests
    client.locks.list()
    assert.equal(3, #transport.requests - before)
  end)

  it("has its waits spread: no tenth of the first wait's range holds over a fifth of them", function()
    local buckets, total = {}, 0
    for _ = 1, 40 do
      local client, transport = fake.new({ fake.lost("closed", true) }, { retries = 1 }, safe)
      for _ = 1, 50 do
        client.locks.list()
        -- The clock of a real host moves between calls.
        transport.clock = transport.clock + 0.0137
      end
      for _, delay in ipairs(transport.sleeps) do
        assert.is_true(delay >= 0 and delay <= 0.2, "0 to 0.2 s were expected, got " .. delay)
        local bucket = math.min(10, math.floor(delay / 0.02) + 1)
        buckets[bucket] = (buckets[bucket] or 0) + 1
        total = total + 1
      end
    end
    assert.is_true(total >= 2000)
    for i = 1, 10 do
      local share = (buckets[i] or 0) / total
      assert.is_true(share > 0.02 and share < 0.2, ("tenth %d holds %.0f %% of the waits"):format(i, share * 100))
    end
  end)

  local DATE = "Sun, 06 Nov 1994 08:49:37 GMT"
  local RETRY_AFTER = {
    { "seconds", { ["retry-after"] = "3" }, 3 },
    { "zero", { ["retry-after"] = "0" }, 0 },
    { "blanks around it", { ["retry-after"] = " 4 " }, 4 },
    { "a date ahead", { ["retry-after"] = "Sun, 06 Nov 1994 08:49:42 GMT", date = DATE }, 5 },
    { "a date that has passed", { ["retry-after"] = "Sun, 06 Nov 1994 08:49:00 GMT", date = DATE }, 0 },
    { "a date without a Date to hold it against", { ["retry-after"] = "Sun, 06 Nov 2094 08:49:42 GMT" }, nil },
    { "a date nobody can read", { ["retry-after"] = "Sunday next", date = DATE }, nil },
    { "a negative number", { ["retry-after"] = "-5" }, nil },
    { "a fraction", { ["retry-after"] = "1.5" }, nil },
    { "a million million seconds", { ["retry-after"] = "1000000000000" }, 1e12 },
    { "text", { ["retry-after"] = "soon" }, nil },
    { "nothing", { ["retry-after"] = "" }, nil },
  }

  for _, case in ipairs(RETRY_AFTER) do
    it(("takes a Retry-After of %s, and never waits past the deadline for it"):format(case[1]), function()
      local client, transport = fake.new({ fake.api_error(503, "busy", case[2]), fake.ok '{"devices":[]}' }, nil, safe)
      local locks, err = client.locks.list()
      assert.is_true(transport.clock <= 30, "the deadline is 30 s, the call took " .. transport.clock)
      if case[3] and case[3] > 30 then
        assert.is_nil(locks)
        assert.equal(case[3], err.retry_after)
        assert.equal(0, transport.clock)
      else
        assert.same({}, locks)
        assert.is_true(transport.sleeps[1] >= (case[3] or 0))
        assert.is_true(transport.sleeps[1] <= math.max(case[3] or 0, 0.2))
      end
    end)
  end
end)

-- SPDX-License-Identifier: MIT
-- ISO 8601 text to epoch seconds and back.

local time = require "seam.time"

-- Moments whose epoch seconds are known from elsewhere (date -u -d).
local MOMENTS = {
  { 0, "1970-01-01T00:00:00.000Z" },
  { -1, "1969-12-31T23:59:59.000Z" },
  { 951782400, "2000-02-29T00:00:00.000Z" },
  { 951868800, "2000-03-01T00:00:00.000Z" },
  { 978307200, "2001-01-01T00:00:00.000Z" },
  { 13601088000, "2401-01-01T00:00:00.000Z" },
  { 1740422679, "2025-02-24T18:44:39.000Z" },
  { 1735689599, "2024-12-31T23:59:59.000Z" },
  { 4107542400, "2100-03-01T00:00:00.000Z" },
  { 1849721040, "2028-08-12T19:24:00.000Z" },
  { -62167219200, "0000-01-01T00:00:00.000Z" },
  { 253402300799, "9999-12-31T23:59:59.000Z" },
}

describe("seam.time.format", function()
  for _, moment in ipairs(MOMENTS) do
    it(("writes %.0f as %s"):format(moment[1], moment[2]), function()
      assert.equal(moment[2], time.format(moment[1]))
    end)
  end

  it("cuts off what is finer than a millisecond", function()
    assert.equal("1970-01-01T00:00:00.123Z", time.format(0.1239))
    assert.equal("1970-01-01T00:00:00.999Z", time.format(0.9999))
  end)

  it("keeps every millisecond of a present-day moment", function()
    for millisecond = 0, 999 do
      assert.equal(("2025-02-24T18:44:39.%03dZ"):format(millisecond), time.format(1740422679 + millisecond / 1000))
      assert.equal(("1970-01-01T00:00:01.%03dZ"):format(millisecond), time.format(1 + millisecond / 1000))
    end
  end)

  it("rounds towards the past before 1970 too", function()
    assert.equal("1969-12-31T23:59:59.500Z", time.format(-0.5))
  end)

  it("refuses what is not a number", function()
    for _, value in ipairs { "0", true, {}, 0 / 0 } do
      local text, reason = time.format(value)
      assert.is_nil(text)
      assert.equal("is not a number", reason)
    end
  end)

  it("refuses moments outside the years 0 to 9999, as milliseconds would be", function()
    for _, value in ipairs { 1740422679000, -62167219201, 253402300800, 1 / 0, -1 / 0 } do
      local text, reason = time.format(value)
      assert.is_nil(text)
      assert.matches("epoch seconds are wanted", reason, 1, true)
    end
  end)
end)

describe("seam.time.parse", function()
  for _, moment in ipairs(MOMENTS) do
    it("reads " .. moment[2] .. " back", function()
      assert.equal(moment[1], time.parse(moment[2]))
    end)
  end

  local READABLE = {
    { "2025-02-24T18:44:39Z", 1740422679 },
    { "2025-02-24t18:44:39z", 1740422679 },
    { "2025-02-24 18:44:39Z", 1740422679 },
    { "2025-02-24T20:44:39+02:00", 1740422679 },
    { "2025-02-24T20:44:39+0200", 1740422679 },
    { "2025-02-24T20:44:39+02", 1740422679 },
    { "2025-02-24T13:14:39-05:30", 1740422679 },
    { "2025-02-24T18:44Z", 1740422640 },
    { "2025-02-24", 1740355200 },
    { "2025-02-24T18:44:39.5Z", 1740422679.5 },
    { "2025-02-24T18:44:39,25Z", 1740422679.25 },
    { "2024-02-29T00:00:00Z", 1709164800 },
    { "2016-12-31T23:59:60Z", 1483228800 },
  }
  for _, case in ipairs(READABLE) do
    it("reads " .. case[1], function() assert.equal(case[2], time.parse(case[1])) end)
  end

  it("gives an integer for a whole moment where Lua has integers", function()
    if not math.type then return end -- luacheck: ignore 143
    assert.equal("integer", math.type(time.parse("2025-02-24T18:44:39.000Z"))) -- luacheck: ignore 143
  end)

  local UNREADABLE = {
    { "", "not an ISO 8601 moment" }, { "yesterday", "not an ISO 8601 moment" },
    { "2025-02-24T18:44:39", "no time zone" }, { "2025-02-24T18", "not an ISO 8601 moment" },
    { "2025-13-01", "not a day of the calendar" }, { "2025-00-01", "not a day of the calendar" },
    { "2025-02-29", "not a day of the calendar" }, { "2100-02-29", "not a day of the calendar" },
    { "2025-04-31", "not a day of the calendar" }, { "2025-02-24T24:00:00Z", "not an ISO 8601 moment" },
    { "2025-02-24T18:60:00Z", "not an ISO 8601 moment" }, { "2025-02-24T18:44:61Z", "not an ISO 8601 moment" },
    { "2025-02-24T18:44:39+24:00", "not an ISO 8601 moment" }, { "2025-02-24T18:44:39Zjunk", "not an ISO 8601 moment" },
    { "2025-02-24T18:44:39.Z", "not an ISO 8601 moment" }, { "02025-02-24", "not an ISO 8601 moment" },
  }
  for _, case in ipairs(UNREADABLE) do
    it(("refuses '%s': it is %s"):format(case[1], case[2]), function()
      local epoch, reason = time.parse(case[1])
      assert.is_nil(epoch)
      assert.matches(case[2], reason, 1, true)
    end)
  end

  it("refuses what is not a string", function()
    local epoch, reason = time.parse(1740422679)
    assert.is_nil(epoch)
    assert.equal("is not a string", reason)
  end)
end)

describe("seam.time", function()
  it("survives the way there and back on every day of four hundred years", function()
    for day = -40000, 106000, 7 do
      local epoch = day * 86400 + (day % 86400)
      assert.equal(epoch, time.parse(time.format(epoch)))
    end
  end)
end)

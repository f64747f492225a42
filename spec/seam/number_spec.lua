-- SPDX-License-Identifier: MIT
-- Numbers as ECMAScript writes them.

local number = require "seam.number"

describe("seam.number.to_ecmascript", function()
  local CASES = {
    { 0, "0" }, { -0.0, "0" }, { 1, "1" }, { 1.0, "1" }, { -1, "-1" }, { 10, "10" }, { 100, "100" },
    { 0.1, "0.1" }, { -0.5, "-0.5" }, { 1.5, "1.5" }, { 123.456, "123.456" },
    { 0.1 + 0.2, "0.30000000000000004" }, { 1 / 3, "0.3333333333333333" },
    { 9007199254740992, "9007199254740992" }, { 9007199254740991, "9007199254740991" },
    { 1e15, "1000000000000000" }, { 123456789012345680000, "123456789012345680000" },
    { 1e20, "100000000000000000000" }, { -1e20, "-100000000000000000000" },
    { 1e21, "1e+21" }, { 1.5e21, "1.5e+21" }, { 1e100, "1e+100" }, { -1.25e300, "-1.25e+300" },
    { 1e-6, "0.000001" }, { 1.5e-6, "0.0000015" }, { 1e-7, "1e-7" }, { 1.25e-7, "1.25e-7" },
    { 0.00001234, "0.00001234" }, { 5e-324, "5e-324" }, { 1.7976931348623157e308, "1.7976931348623157e+308" },
    { 1234567890123456.8, "1234567890123456.8" }, { 4.35, "4.35" },
  }
  for _, case in ipairs(CASES) do
    it("writes " .. case[2], function() assert.equal(case[2], number.to_ecmascript(case[1])) end)
  end

  it("writes integers of 64 bits in full where Lua has them", function()
    if not math.type then return end -- luacheck: ignore 143
    assert.equal("9223372036854775807", number.to_ecmascript(math.maxinteger)) -- luacheck: ignore 143
    assert.equal("-9223372036854775808", number.to_ecmascript(math.mininteger)) -- luacheck: ignore 143
  end)

  it("writes texts that read back as the same number", function()
    local x = 1.1
    for _ = 1, 300 do
      assert.equal(x, 1.0 * tonumber(number.to_ecmascript(x)))
      assert.equal(-x, 1.0 * tonumber(number.to_ecmascript(-x)))
      x = x * 7.3
      if x > 1e300 then x = x / 1e305 end
    end
  end)
end)

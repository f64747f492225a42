-- SPDX-License-Identifier: MIT
-- The order of bytes, which no locale changes.

local is_less = require("seam.byte_order").is_less

describe("seam.byte_order.is_less", function()
  local ORDERED = { "", "\0", "\0a", "A", "B", "Z", "_", "a", "a\0", "aa", "ab", "b", "\127", "\128", "ä", "\255" }

  it("puts capitals before small letters, prefixes before longer texts, and bytes in their order", function()
    for i, left in ipairs(ORDERED) do
      for j, right in ipairs(ORDERED) do
        assert.equal(i < j, is_less(left, right), ("%q against %q"):format(left, right))
      end
    end
  end)
end)

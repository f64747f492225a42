-- SPDX-License-Identifier: MIT
-- The Retry-After header as seconds.

local retry_after = require "seam.retry_after"

local NOW = "Sun, 06 Nov 1994 08:49:37 GMT"

describe("seam.retry_after.seconds", function()
  local CASES = {
    { "reads seconds", { ["retry-after"] = "7" }, 7 },
    { "reads zero", { ["retry-after"] = "0" }, 0 },
    { "reads seconds with blanks around them", { ["retry-after"] = " 12 " }, 12 },
    { "reads very long waits as they are", { ["retry-after"] = "1000000000000" }, 1e12 },
    { "reads a date against the answer's own date",
      { ["retry-after"] = "Sun, 06 Nov 1994 08:50:07 GMT", date = NOW }, 30 },
    { "reads a date beyond midnight", { ["retry-after"] = "Mon, 07 Nov 1994 00:00:00 GMT", date = NOW }, 54623 },
    { "takes a date that has passed for no wait", { ["retry-after"] = "Sun, 06 Nov 1994 08:00:00 GMT", date = NOW },
      0 },
    { "gives nothing without the header", { date = NOW }, nil },
    { "gives nothing for a date without a date to hold it against", { ["retry-after"] = NOW }, nil },
    { "gives nothing for a date held against rubbish", { ["retry-after"] = NOW, date = "today" }, nil },
    { "gives nothing for a negative number", { ["retry-after"] = "-5" }, nil },
    { "gives nothing for text", { ["retry-after"] = "soon" }, nil },
    { "gives nothing for an empty text", { ["retry-after"] = "" }, nil },
    { "gives nothing for hexadecimal", { ["retry-after"] = "0x10" }, nil },
    { "gives nothing for an exponent", { ["retry-after"] = "1e9" }, nil },
    { "gives nothing for NaN", { ["retry-after"] = "nan" }, nil },
    { "gives nothing for two values", { ["retry-after"] = "5, 10" }, nil },
    { "gives nothing for a day that does not exist",
      { ["retry-after"] = "Sun, 31 Feb 1994 08:49:37 GMT", date = NOW }, nil },
    { "gives nothing for a month that does not exist",
      { ["retry-after"] = "Sun, 06 Foo 1994 08:49:37 GMT", date = NOW }, nil },
  }
  for _, case in ipairs(CASES) do
    it(case[1], function() assert.equal(case[3], retry_after.seconds(case[2])) end)
  end
end)

-- SPDX-License-Identifier: MIT
-- Run by json_locale_spec in a process of its own: reads and writes numbers under a decimal comma, prints "good".

-- "early" sets the locale before anything is loaded, "late" after a first use, "gone" takes it back after that.
local when = arg[2]
if when ~= "late" then assert(os.setlocale(arg[1], "all")) end
local core = require("seam.core")
local json = require("seam.json")
local fallback = require("seam.json.decode_cjson")
assert(fallback.decode("[0.5]")[1] == 1 / 2)
assert(json.encode({ "x" }) == '["x"]')
if when == "late" then assert(os.setlocale(arg[1], "all")) end
if when == "gone" then assert(os.setlocale("C", "all")) end
print("Lua itself writes " .. ("%.1f"):format(0.5))

local text = '[0.5,-1.25e3,1.5E-3,123456789.125,0.1,12345678901234567890.5,"1.5\\" 2.5,",{"a.b":-0.75},17]'
local wanted = { 0.5, -1250, 1.5 / 1000, 123456789 + 1 / 8, 1 / 10, 12345678901234567168 * 1.0, '1.5" 2.5,', 0, 17 }
for _, decode in ipairs({ core.decode, fallback.decode }) do
  local value = assert(decode(text))
  assert(#value == #wanted)
  for index, item in ipairs(wanted) do
    if index == 8 then
      assert(value[8]["a.b"] == -3 / 4)
    else
      assert(value[index] == item, index)
    end
  end
  assert(decode("[1.5e99999999999999999999]") == nil)
  assert(decode("[1.5e-99999999999999999999]")[1] == 0)
  assert(decode("[0,5]")[2] == 5)
end
local written = json.encode({ 0.5, -1 / 8, 0.1 + 0.2, 7 })
assert(written == "[0.5,-0.125,0.30000000000000004,7]", written)
print("good")

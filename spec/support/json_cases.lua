-- SPDX-License-Identifier: MIT
-- JSON texts with what they must become, shared by the specs of both decoders.

local huge_list, huge_list_text = {}, {}
for i = 1, 1000 do
  huge_list[i] = i
  huge_list_text[i] = ("%d"):format(i)
end

local wide_object, wide_object_text = {}, {}
for i = 1, 300 do
  wide_object["key " .. i] = i
  wide_object_text[i] = ('"key %d":%d'):format(i, i)
end

local function nested(depth)
  return ("["):rep(depth) .. ("]"):rep(depth)
end

local function nested_value(depth)
  local value = {}
  for _ = 2, depth do value = { value } end
  return value
end

local same_letters = {}
for i = 1, 64 do
  same_letters[i] = ("a"):rep(i)
  same_letters[i + 64] = ("a"):rep(i)
end

local M = {}

-- { text, value, title where the text alone would not tell }
M.valid = {
  { "{}", {} }, { "[]", {} }, { " \t\r\n[ ]\n", {} }, { "true", true }, { "false", false }, { '""', "" }, { "7", 7 },
  { "[true,false]", { true, false } },
  { '{"a":{"b":[1,{"c":"d"}]}}', { a = { b = { 1, { c = "d" } } } } },
  { '{"":1," ":2}', { [""] = 1, [" "] = 2 } },
  { ' { "a" : 1 , "b" : [ 1 , 2 ] } ', { a = 1, b = { 1, 2 } } },
  -- null
  { '{"a":null,"b":1}', { b = 1 } }, { '{"a":null}', {} }, { "[null]", {} }, { "[null,1,null,null,2,null]", { 1, 2 } },
  { '[{"a":null},[null],null,"x"]', { {}, {}, "x" } },
  -- the last of a name wins
  { '{"a":1,"a":2}', { a = 2 } }, { '{"a":1,"b":2,"a":null}', { b = 2 } }, { '{"a":null,"a":1}', { a = 1 } },
  { '{"a":{"x":1},"b":{"a":2},"a":{"y":3}}', { a = { y = 3 }, b = { a = 2 } } },
  { '{"a":1,"\\u0061":2}', { a = 2 } },
  -- numbers
  { "[0,-0,0.0,-0.0,0e5,-0E-5]", { 0, 0, 0, 0, 0, 0 } }, { "[1.0,1e3,1E+3,10e-1,-2.50e1]", { 1, 1000, 1000, 1, -25 } },
  { "[0.5,-0.25,1e-3,123.456]", { 0.5, -0.25, 0.001, 123.456 } },
  { "[9007199254740992,-9007199254740992]", { 9007199254740992, -9007199254740992 } },
  { "[9007199254740992.0,-9.007199254740992e15]", { 9007199254740992, -9007199254740992 } },
  { "[1e16,1e300,1.5e22,-1e23]", { 1e16, 1e300, 1.5e22, -1e23 } },
  { "[0.1,0.2,0.3,1.1,2.2250738585072014e-308,5e-324]", { 0.1, 0.2, 0.3, 1.1, 2.2250738585072014e-308, 5e-324 } },
  { "[1.7976931348623157e308,179769313486231570e291]", { 1.7976931348623157e308, 1.7976931348623157e308 } },
  { "[1e-400,-1e-400,0e999,0.0000e-999]", { 0, 0, 0, 0 } },
  { "[9007199254740993.5,9007199254740992.5]", { 9007199254740994.0 * 1.0, 9007199254740992 },
    "halfway cases, rounded to even" },
  { "[0." .. ("0"):rep(400) .. "1e401]", { 1 }, "a fraction of 401 digits" },
  { "[1" .. ("0"):rep(400) .. "e-400]", { 1 }, "an integer of 401 digits" },
  { "[0.5" .. ("0"):rep(2000) .. "1]", { 0.5 }, "a fraction of 2002 digits" },
  { "[9007199254740993." .. ("0"):rep(900) .. "1]", { 9007199254740994.0 },
    "a digit behind the 900th that breaks a tie" },
  { "[123456789012345,-123456789012345]", { 123456789012345, -123456789012345 } },
  -- strings
  { '["a\\"b\\\\c\\/d\\b\\f\\n\\r\\t"]', { 'a"b\\c/d\b\f\n\r\t' } },
  { '["\\u0041\\u00e9\\u20AC\\ud83d\\uDE00\\u0000"]', { "A\195\169\226\130\172\240\159\152\128\0" } },
  { '["\127\194\128\223\191\224\160\128\237\159\191\238\128\128\239\191\191\240\144\128\128\244\143\191\191"]',
    { "\127\194\128\223\191\224\160\128\237\159\191\238\128\128\239\191\191\240\144\128\128\244\143\191\191" },
    "the ends of every UTF-8 range" },
  { '["\\uD800\\uDC00\\udbff\\udfff\\ud7ff\\ue000\\uffff"]',
    { "\240\144\128\128\244\143\191\191\237\159\191\238\128\128\239\191\191" } },
  { '{"\\u00e9\\n":1}', { ["\195\169\n"] = 1 } },
  { '["' .. ("x"):rep(5000) .. '"]', { ("x"):rep(5000) }, "a string of 5000 bytes" },
  { '["' .. ("\\n"):rep(3000) .. '","' .. ("\\u0041b"):rep(3000) .. '"]', { ("\n"):rep(3000), ("Ab"):rep(3000) },
    "long strings of escapes" },
  { '["abcdefgh","abcdefgi","bbcdefgh","abcdefgh","abcdefghXabcdefgh","abcdefghYabcdefgh","abcdefghXabcdefgh"]',
    { "abcdefgh", "abcdefgi", "bbcdefgh", "abcdefgh", "abcdefghXabcdefgh", "abcdefghYabcdefgh", "abcdefghXabcdefgh" },
    "strings that are alike" },
  { '["a","b","ab","ba","aa","","abc","acb","abcd","abdc","a","acc","abc"]',
    { "a", "b", "ab", "ba", "aa", "", "abc", "acb", "abcd", "abdc", "a", "acc", "abc" },
    "short strings that are alike" },
  { '["' .. table.concat(same_letters, '","') .. '"]', same_letters, "strings of one letter in 64 lengths, twice" },
  -- sizes
  { "[" .. table.concat(huge_list_text, ",") .. "]", huge_list, "a list of 1000 items" },
  { "{" .. table.concat(wide_object_text, ",") .. "}", wide_object, "an object of 300 members" },
  { "{" .. table.concat(wide_object_text, ",") .. ',"key 1":null,"key 299":0}',
    (function()
      local copy = {}
      for key, value in pairs(wide_object) do copy[key] = value end
      copy["key 1"], copy["key 299"] = nil, 0
      return copy
    end)(), "an object of 300 members with late second values" },
  { "[" .. ("null,"):rep(500) .. "1" .. (",null"):rep(500) .. "]", { 1 }, "a list of nearly only nulls" },
  { nested(64), nested_value(64), "64 lists inside each other" },
}

-- Exact only where Lua has 64-bit integers, and only in the C decoder.
M.large_integers = {
  { "9007199254740993", "9007199254740993" },
  { "9223372036854775807", "9223372036854775807" },
  { "-9223372036854775808", "-9223372036854775808" },
}

-- Integer syntax beyond 64 bits is a float.
M.beyond_integers = { "9223372036854775808", "-9223372036854775809", "99999999999999999999", "1" .. ("0"):rep(30) }

-- { text, the reason the C decoder gives, title where the text alone would not tell }
M.invalid = {
  { "", "unexpected end at byte 1" }, { "  ", "unexpected end at byte 3" },
  { "nul", "unexpected end|unexpected text at byte 1" }, { "nulls", "unexpected text behind the value at byte 5" },
  { "True", "unexpected text at byte 1" }, { "undefined", "unexpected text at byte 1" },
  { "[", "unexpected end at byte 2" }, { "[1", "unexpected end at byte 3" }, { "[1,", "unexpected end at byte 4" },
  { "[1,]", "unexpected text at byte 4" }, { "[,1]", "unexpected text at byte 2" },
  { "[1 2]", "expected ',' or ']' at byte 4" }, { "[1}", "expected ',' or ']' at byte 3" },
  { "]", "unexpected text at byte 1" }, { "{", "unexpected end at byte 2" }, { '{"a"', "unexpected end at byte 5" },
  { '{"a":', "unexpected end at byte 6" }, { '{"a":1', "unexpected end at byte 7" },
  { '{"a":1,', "unexpected end at byte 8" }, { '{"a":1,}', "expected a key at byte 8" },
  { '{"a" 1}', "expected ':' at byte 6" }, { '{"a":1 "b":2}', "expected ',' or '}' at byte 8" },
  { "{a:1}", "expected a key at byte 2" }, { "{1:1}", "expected a key at byte 2" },
  { "{null:1}", "expected a key at byte 2" }, { '{"a":1]', "expected ',' or '}' at byte 7" },
  { "{} {}", "unexpected text behind the value at byte 4" }, { "[]]", "unexpected text behind the value at byte 3" },
  { "[]\0", "unexpected text behind the value at byte 3" }, { "[\0]", "unexpected text at byte 2" },
  { "\239\187\191[]", "unexpected text at byte 1", "a byte order mark" },
  { "[\f1]", "unexpected text at byte 2" }, { "[\v1]", "unexpected text at byte 2" },
  { "[1]//x", "unexpected text behind the value at byte 4" }, { "['a']", "unexpected text at byte 2" },
  { "[\194\1601]", "unexpected text at byte 2", "a no-break space" },
  -- numbers
  { "[NaN]", "unexpected text at byte 2" }, { "[nan]", "unexpected text at byte 2" },
  { "[Infinity]", "unexpected text at byte 2" }, { "[-Infinity]", "invalid number at byte 2" },
  { "[inf]", "unexpected text at byte 2" }, { "[-inf]", "invalid number at byte 2" },
  { "[-nan]", "invalid number at byte 2" }, { "[0x10]", "expected ',' or ']' at byte 3" },
  { "[01]", "invalid number at byte 2" }, { "[-01]", "invalid number at byte 2" },
  { "[00]", "invalid number at byte 2" },
  { "[+1]", "unexpected text at byte 2" }, { "[.5]", "unexpected text at byte 2" },
  { "[1.]", "invalid number at byte 2" }, { "[1.e5]", "invalid number at byte 2" },
  { "[1e]", "invalid number at byte 2" }, { "[1e+]", "invalid number at byte 2" },
  { "[1.5e-]", "invalid number at byte 2" }, { "[-]", "invalid number at byte 2" },
  { "[--1]", "invalid number at byte 2" }, { "[1e5.5]", "expected ',' or ']' at byte 5" },
  { "[1-2]", "expected ',' or ']' at byte 3" }, { "[1,5e]", "invalid number at byte 4" },
  { "[1e999]", "number out of range at byte 2" }, { "[-1e999]", "number out of range at byte 2" },
  { "[1.7976931348623159e308]", "number out of range at byte 2" },
  { "[1" .. ("0"):rep(400) .. "]", "number out of range at byte 2", "an integer of 401 digits" },
  { "[1e99999999999999999999]", "number out of range at byte 2" },
  { "-", "invalid number|unexpected end at byte 1" }, { "1.", "invalid number at byte 1" },
  -- strings
  { '"abc', "unfinished string at byte 1" }, { '["abc]', "unfinished string at byte 2" },
  { '["\\', "unfinished string at byte 3" }, { '["\\"]', "unfinished string at byte 2" },
  { '["\\x41"]', "invalid escape at byte 3" }, { '["\\u12"]', "invalid escape at byte 3" },
  { '["\\u12G4"]', "invalid escape at byte 3" }, { '["\\U0041"]', "invalid escape at byte 3" },
  { '["\\\0"]', "invalid escape at byte 3" }, { '["\\\n"]', "invalid escape at byte 3" },
  { '["\\u"]', "invalid escape at byte 3" }, { '["\\u00', "invalid escape at byte 3" },
  { '["\t"]', "control character in a string at byte 3" }, { '["a\nb"]', "control character in a string at byte 4" },
  { '["\0"]', "control character in a string at byte 3" },
  { '["1234567\31"]', "control character in a string at byte 10" },
  { '{"a\r":1}', "control character in a string at byte 4" },
  { '["a\nb","c"]', "control character in a string at byte 4" },
  { '["\\ud800"]', "lone surrogate at byte 3" }, { '["\\udc00"]', "lone surrogate at byte 3" },
  { '["\\ud800\\u0041"]', "lone surrogate at byte 3" }, { '["\\ud800\\ud800"]', "lone surrogate at byte 3" },
  { '["\\ud800x"]', "lone surrogate at byte 3" }, { '["\\ud800\\n"]', "lone surrogate at byte 3" },
  { '["\\udc00\\ud800"]', "lone surrogate at byte 3" },
  { '["\128"]', "invalid UTF-8 at byte 3" }, { '["\255"]', "invalid UTF-8 at byte 3" },
  { '["\192\175"]', "invalid UTF-8 at byte 3" }, { '["\193\191"]', "invalid UTF-8 at byte 3" },
  { '["\224\159\191"]', "invalid UTF-8 at byte 3" }, { '["\237\160\128"]', "invalid UTF-8 at byte 3" },
  { '["\240\143\191\191"]', "invalid UTF-8 at byte 3" }, { '["\244\144\128\128"]', "invalid UTF-8 at byte 3" },
  { '["\245\128\128\128"]', "invalid UTF-8 at byte 3" }, { '["\195"]', "invalid UTF-8 at byte 3" },
  { '["\226\130"]', "invalid UTF-8 at byte 3" }, { '["\240\159\152"]', "invalid UTF-8 at byte 3" },
  { '["\195\169\195"]', "invalid UTF-8 at byte 5" }, { '["\226\195\169\130\172"]', "invalid UTF-8 at byte 3" },
  { '{"\255":1}', "invalid UTF-8 at byte 3" },
  -- depth
  { nested(65), "nested too deeply at byte 65", "65 lists inside each other" },
  { ('{"a":'):rep(65) .. "1" .. ("}"):rep(65), "nested too deeply at byte 321", "65 objects inside each other" },
  { "[" .. ("{},"):rep(99999) .. "{}]", "too many tables at byte 224732", "100000 empty objects" },
  { ("["):rep(100000), "nested too deeply at byte 65", "100000 opening brackets" },
}

--- A name for a case that fits in a spec's title.
function M.title(case)
  return case[3] or ("%q"):format(case[1]):gsub("[%z\1-\31\127-\255\\\n]", function(byte)
    return byte == "\\" and byte or ("<%d>"):format(byte:byte())
  end)
end

return M

-- SPDX-License-Identifier: MIT
-- Seam's strict query serialiser, by the rules of seamapi/url-search-params-serializer.

local json = require "seam.json"
local query = require "seam.query"

local function text_of(params, specs)
  local text, name, reason = query.serialize(params, specs)
  assert.is_not_nil(text, ("expected a query, got: '%s' %s"):format(tostring(name), tostring(reason)))
  return text
end

local CASES = {
  -- what is left out
  { "nothing for no parameters", {}, "" },
  { "nothing for an empty string", { a = "" }, "" },
  { "nothing for an empty table", { a = {} }, "" },
  { "nothing for empty things at any depth", { a = { b = "", c = {} } }, "" },
  { "what is left beside an empty string", { a = "", b = "x" }, "b=x&_strict=true" },
  { "a bare name for an empty list", { a = json.array {} }, "a=&_strict=true" },
  { "a bare name for null", { a = json.null }, "a=&_strict=true" },
  { "a bare name for null at any depth", { a = { b = json.null } }, "a.b=&_strict=true" },
  -- scalars
  { "a string as it is", { a = "NULL" }, "a=NULL&_strict=true" },
  { "true", { a = true }, "a=true&_strict=true" },
  { "false", { a = false }, "a=false&_strict=true" },
  { "an integer in full", { a = 9007199254740991 }, "a=9007199254740991&_strict=true" },
  { "a whole float without a fraction", { a = 1.0 }, "a=1&_strict=true" },
  { "negative zero as zero", { a = -0.0 }, "a=0&_strict=true" },
  { "1e20 with 21 digits", { a = 1e20 }, "a=100000000000000000000&_strict=true" },
  { "1e21 with an escaped plus sign", { a = 1e21 }, "a=1e%2B21&_strict=true" },
  { "1e-6 as a decimal", { a = 1e-6 }, "a=0.000001&_strict=true" },
  { "1e-7 with an exponent", { a = 1e-7 }, "a=1e-7&_strict=true" },
  { "the shortest digits that read back", { a = 0.1 + 0.2 }, "a=0.30000000000000004&_strict=true" },
  { "a moment's text with its colons escaped", { a = "2025-02-24T18:44:39.123Z" },
    "a=2025-02-24T18%3A44%3A39.123Z&_strict=true" },
  -- lists and tables
  { "a list as a repeated name in the given order", { a = { "z", "b", "m" } }, "a=z&a=b&a=m&_strict=true" },
  { "a list of one", { a = { "x" } }, "a=x&_strict=true" },
  { "a list of mixed scalars", { a = { "x", 1, true, false } }, "a=x&a=1&a=true&a=false&_strict=true" },
  { "a table as a dotted path", { custom_metadata_has = { tag = "front" } },
    "custom_metadata_has.tag=front&_strict=true" },
  { "tables in tables", { a = { b = { c = 1 } } }, "a.b.c=1&_strict=true" },
  { "a list in a table", { a = { b = { 1, 2 } } }, "a.b=1&a.b=2&_strict=true" },
  -- order
  { "names in order", { b = 1, c = 2, a = 3 }, "a=3&b=1&c=2&_strict=true" },
  { "capitals before small letters", { a = 1, B = 2 }, "B=2&a=1&_strict=true" },
  { "a shorter name before a longer one", { ab = 1, a = 2 }, "a=2&ab=1&_strict=true" },
  { "dotted names among the others", { ["a-"] = 1, a = { b = 2 }, a0 = 3 }, "a-=1&a.b=2&a0=3&_strict=true" },
  { "astral characters before U+E000 to U+FFFF", { ["\239\191\189"] = 1, ["\240\159\148\145"] = 2,
    ["\238\128\128"] = 3 },
    "%F0%9F%94%91=2&%EE%80%80=3&%EF%BF%BD=1&_strict=true" },
  { "U+D7FF before astral characters", { ["\240\159\148\145"] = 1, ["\237\159\191"] = 2 },
    "%ED%9F%BF=2&%F0%9F%94%91=1&_strict=true" },
  -- escapes
  { "a space as a plus sign", { a = "x y" }, "a=x+y&_strict=true" },
  { "star, dash, dot and underscore as they are", { a = "*-._" }, "a=*-._&_strict=true" },
  { "a tilde escaped", { a = "~" }, "a=%7E&_strict=true" },
  { "every other ASCII sign escaped", { a = "!\"#$%&'()+,/:;<=>?@[\\]^`{|}" },
    "a=%21%22%23%24%25%26%27%28%29%2B%2C%2F%3A%3B%3C%3D%3E%3F%40%5B%5C%5D%5E%60%7B%7C%7D&_strict=true" },
  { "other characters as upper-case bytes of UTF-8", { a = "\195\164\226\130\172" }, "a=%C3%A4%E2%82%AC&_strict=true" },
  { "control characters escaped", { a = "\0\n\127" }, "a=%00%0A%7F&_strict=true" },
  { "names by the same rules", { ["x y"] = 1 }, "x+y=1&_strict=true" },
  -- the marker
  { "its own _strict in place of the caller's, and last", { _strict = false, a = 2, z = 1 }, "a=2&z=1&_strict=true" },
}

describe("seam.query.serialize", function()
  for _, case in ipairs(CASES) do
    it("writes " .. case[1], function() assert.equal(case[3], text_of(case[2])) end)
  end

  it("takes the row's word that an empty table is a list", function()
    local specs = { ids = { type = "list" }, meta = { type = "object", fields = { tags = { type = "list" } } } }
    assert.equal("ids=&_strict=true", text_of({ ids = {}, other = {} }, specs))
    assert.equal("meta.tags=&_strict=true", text_of({ meta = { tags = {} } }, specs))
  end)

  it("gives the same text whatever order the names were put in", function()
    local forwards, backwards = {}, {}
    for i = 1, 200 do forwards["p" .. i] = i end
    for i = 200, 1, -1 do backwards["p" .. i] = i end
    assert.equal(text_of(forwards), text_of(backwards))
  end)

  it("replaces the caller's own _strict, even when nothing else is there", function()
    assert.equal("_strict=true", query.serialize { _strict = false })
    assert.equal("a=1&_strict=true", query.serialize { _strict = "no", a = 1 })
  end)

  it("leaves the caller's tables as they were", function()
    local params = { a = { "x", "y" }, b = { c = { 1 } }, d = json.null }
    text_of(params)
    assert.same({ a = { "x", "y" }, b = { c = { 1 } }, d = json.null }, params)
  end)
end)

describe("seam.query.serialize refuses", function()
  local cycle = { a = {} }
  cycle.a.b = cycle
  local deep = {}
  do
    local inner = deep
    for _ = 1, 70 do
      inner.x = {}
      inner = inner.x
    end
    inner.x = 1
  end

  local REFUSED = {
    { "a name with a dot, by its bare key", { a = { ["b.c"] = 1 } }, "b.c",
      'contains one or more dots "." in its name which is unsupported' },
    { "a name that is not a string", { a = { [2] = 1 } }, "a.2",
      "is a number which is unsupported as a parameter name" },
    { "a list with null", { a = { "x", json.null } }, "a",
      "is an array containing null or undefined values which is unsupported" },
    { "a list with an empty string", { a = { "x", "" } }, "a",
      "is an array containing the empty string which is unsupported" },
    { "a list of one empty string, in other words", { a = { "" } }, "a",
      "is a single element array containing the empty string which is unsupported" },
    { "a list in a list", { a = { { "x" } } }, "a",
      "is an array containing a table which is unsupported" },
    { "a table in a list", { a = { { b = 1 } } }, "a",
      "is an array containing a table which is unsupported" },
    { "NaN", { a = 0 / 0 }, "a", "is NaN" },
    { "infinity", { a = 1 / 0 }, "a", "is Infinity" },
    { "minus infinity", { a = -1 / 0 }, "a", "is -Infinity" },
    { "NaN in a list", { a = { 1, 0 / 0 } }, "a", "is NaN" },
    { "a function, by its full path", { a = { b = print } }, "a.b", "is a function" },
    { "a userdata", { a = io.stdout }, "a", "is a userdata" },
    { "a coroutine", { a = coroutine.create(function() return end) }, "a", "is a thread" },
    { "a function in a list", { a = { print } }, "a", "is a function" },
    { "a list with names in it", { a = { "x", b = 1 } }, "a", "holes or names" },
    { "broken UTF-8", { a = "x\255" }, "a", "is not valid UTF-8" },
    { "broken UTF-8 in a list", { a = { "\195" } }, "a", "is not valid UTF-8" },
    { "broken UTF-8 in a name", { a = { ["\195"] = 1 } }, "a.?", "not valid UTF-8" },
    { "a table that contains itself", cycle, nil, "too deep" },
    { "a table deeper than 64", deep, nil, "too deep" },
  }
  for _, case in ipairs(REFUSED) do
    it(case[1], function()
      local text, name, reason = query.serialize(case[2])
      assert.is_nil(text, "expected a refusal")
      if case[3] then assert.equal(case[3], name) end
      assert.matches(case[4], reason, 1, true)
    end)
  end

  it("a list with holes, whatever its length is taken for", function()
    assert.is_nil((query.serialize { a = { [1] = "x", [3] = "y" } }))
    assert.is_nil((query.serialize({ a = { [2] = "y" } }, { a = { type = "list" } })))
    assert.is_nil((query.serialize({ a = { [0] = "y" } }, { a = { type = "list" } })))
    assert.is_nil((query.serialize({ a = { [1.5] = "y" } }, { a = { type = "list" } })))
  end)

  it("numbers of LuaJIT's C types, which are not Lua numbers", function()
    if not rawget(_G, "jit") then return end
    local text, name, reason = query.serialize { a = require("ffi").new("int64_t", 1) }
    assert.is_nil(text)
    assert.equal("a", name)
    assert.matches("is a cdata", reason, 1, true)
  end)
end)

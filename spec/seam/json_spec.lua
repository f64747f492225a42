-- SPDX-License-Identifier: MIT

local cjson = require("cjson")
local json = require("seam.json")
local json_random = require("support.json_random")
local values = require("support.json_values")

--- Loads seam.json and its parts anew, with `preload` in place of the modules it names, and runs f with it.
local function with_fresh_json(preload, f)
  local saved_loaded, saved_preload = {}, {}
  for name in pairs(package.loaded) do
    if name:find("^seam%.json") or preload[name] then saved_loaded[name] = package.loaded[name] end
  end
  for name in pairs(saved_loaded) do package.loaded[name] = nil end
  for name, loader in pairs(preload) do
    saved_preload[name] = package.preload[name] or false
    package.preload[name] = loader
  end
  local done, problem = pcall(f)
  for name in pairs(preload) do package.preload[name] = saved_preload[name] or nil end
  for name in pairs(package.loaded) do
    if name:find("^seam%.json") or preload[name] then package.loaded[name] = nil end
  end
  for name, module in pairs(saved_loaded) do package.loaded[name] = module end
  if not done then error(problem, 0) end
end

local function missing() error("no such library here", 0) end

describe("json.encode", function()
  local function writes(text, value, spec)
    local written, field, reason = json.encode(value, spec)
    assert.are.equal(text, written, tostring(field) .. " " .. tostring(reason))
  end

  local function refuses(field, reason, value, spec)
    local text, found_field, found_reason = json.encode(value, spec)
    assert.is_nil(text)
    assert.are.equal(field, found_field)
    assert.is_truthy(found_reason:find(reason, 1, true), "expected '" .. reason .. "', got '" .. found_reason .. "'")
  end

  it("writes scalars", function()
    writes('"a"', "a")
    writes("true", true)
    writes("false", false)
    writes("null", json.null)
    writes("7", 7)
  end)

  it("writes sequences as arrays, names as objects and the empty table as an object", function()
    writes('{"a":[1,2,[3]],"b":{"c":{}}}', { a = { 1, 2, { 3 } }, b = { c = {} } })
  end)

  it("sorts keys by their bytes", function()
    writes('{"A":1,"_":2,"a":3,"aa":4,"b":5,"\195\169":6}', { b = 5, a = 3, aa = 4, A = 1, _ = 2, ["\195\169"] = 6 })
  end)

  it("writes an empty list as an array where the spec or the marker says so", function()
    local spec = { type = "object", fields = {
      device_ids = { type = "list", item = { type = "string" } },
      nested = { type = "list", item = { type = "object", fields = { codes = { type = "list" } } } },
    } }
    writes('{"device_ids":[],"nested":[{"codes":[]},{}]}', { device_ids = {}, nested = { { codes = {} }, {} } }, spec)
    writes('{"a":[],"b":[],"c":[1]}', { a = json.array({}), b = json.array(), c = json.array({ 1 }) })
    writes("[]", {}, { type = "list" })
    writes('{"free":{},"x":1}', { free = {}, x = 1 }, { type = "object", fields = { free = { type = "record" } } })
  end)

  it("writes integers exactly and never with a point or an exponent", function()
    writes("[1,-1,0,0,100,1000000]", { 1.0, -1.0, -0.0, 0, 1e2, 1e6 })
    writes("123456789012345", 123456789012345)
    writes("1234567890123456", 1234567890123456)
    writes("9007199254740992", 2 ^ 53)
    writes("-9007199254740992", -2 ^ 53)
    writes("1000000000000000", 1e15)
  end)

  it("writes floats so that they read back as the same float", function()
    writes("[0.1,0.5,-2.25,0.30000000000000004]", { 0.1, 0.5, -2.25, 0.1 + 0.2 })
    local random = json_random.source(42)
    for _ = 1, 2000 do
      local value = (random(2147483646) / random(2147483646) - 0.5) * 10 ^ (random(30) - 25)
      if math.abs(value) < 2 ^ 53 then
        local text = json.encode(value)
        assert.are.equal(value, tonumber(text), text)
        assert.are.equal(value, json.decode("[" .. text .. "]")[1], text)
      end
    end
    assert.are.equal(5e-324, tonumber(json.encode(5e-324)))
  end)

  it("escapes what must be escaped and keeps the rest", function()
    for byte = 0, 127 do
      local text = json.encode(string.char(byte))
      assert.are.equal(string.char(byte), json.decode(text), text)
      assert.is_nil(text:find("[%z\1-\31]"), "a raw control character was written")
    end
    writes('"\195\169\226\130\172\240\159\152\128"', "\195\169\226\130\172\240\159\152\128")
    assert.are.equal('a"b\\c', json.decode(json.encode('a"b\\c')))
  end)

  it("refuses values that JSON does not have, naming the field", function()
    refuses("a.b[2]", "is a function", { a = { b = { 1, print } } })
    refuses("a", "is a thread", { a = coroutine.create(function() end) })
    refuses("a", "is a userdata", { a = io.stdout })
    refuses("", "is a function", print)
    refuses("", "is nil", nil)
  end)

  it("refuses numbers that would not arrive", function()
    refuses("a", "NaN", { a = 0 / 0 })
    refuses("a", "infinite", { a = 1 / 0 })
    refuses("a[1]", "infinite", { a = { -1 / 0 } })
    refuses("a", "2^53", { a = 2 ^ 53 + 2 })
    refuses("a", "2^53", { a = -1e300 })
    if rawget(math, "maxinteger") then
      refuses("a", "2^53", { a = rawget(math, "maxinteger") })
      refuses("a", "2^53", { a = rawget(math, "mininteger") })
      refuses("a", "2^53", { a = 9007199254740993 })
    end
  end)

  it("refuses tables that are neither a list nor an object", function()
    refuses("a", "mixes", { a = { 1, b = 2 } })
    refuses("a", "holes", { a = { 1, nil, 3 } })
    refuses("a", "holes", { a = { [5] = 1 } })
    refuses("a", "1 to n", { a = { [0] = 1 } })
    refuses("a", "1 to n", { a = { [1.5] = 1 } })
    refuses("a", "1 to n", { a = { [-1] = 1, 1 } })
    refuses("a", "not a string (boolean)", { a = { [true] = 1 } })
    refuses("a", "not a string (table)", { a = { [{}] = 1 } })
    refuses("a", "1 to n", { a = { b = 1 } }, { type = "object", fields = { a = { type = "list" } } })
    refuses("a", "not a string (number)", { a = { 1 } }, { type = "object", fields = { a = { type = "record" } } })
    refuses("a", "holes", { a = json.array({ 1, nil, 3 }) })
  end)

  it("refuses what contains itself, and takes the same table twice", function()
    local loop = { b = {} }
    loop.b.c = loop
    refuses("a.b.c", "contains itself", { a = loop })
    local shared = { x = 1 }
    writes('{"a":{"x":1},"b":[{"x":1},{"x":1}]}', { a = shared, b = { shared, shared } })
  end)

  it("refuses more than 64 levels", function()
    local function nested(levels)
      local value = json.array()
      for _ = 2, levels do value = { value } end
      return value
    end
    assert.are.equal(("["):rep(64) .. ("]"):rep(64), json.encode(nested(64)))
    refuses(("[1]"):rep(64), "64 levels", nested(65))
  end)

  it("writes each byte of ASCII as lua-cjson does", function()
    for byte = 0, 127 do
      local text = "a" .. string.char(byte) .. "b"
      assert.equal(cjson.encode(text), (json.encode(text)), "byte " .. byte)
    end
  end)

  it("refuses strings and keys that are not UTF-8 or too long, before lua-cjson sees them", function()
    refuses("a", "is not valid UTF-8", { a = "\255" })
    refuses("a", "is not valid UTF-8", { a = "ok \237\160\128" })
    refuses("", "has a key that is not valid UTF-8", { ["\255"] = 1 })
    assert.is_string(json.encode(("x"):rep(256 * 1024)))
    refuses("a", "is longer than 256 KiB", { a = ("x"):rep(256 * 1024 + 1) })
    refuses("", "has a key that is longer than 256 KiB", { [("x"):rep(256 * 1024 + 1)] = 1 })
  end)

  it("refuses a text over 1 MiB, or over the caller's limit", function()
    local list = {}
    for i = 1, 5 do list[i] = ("x"):rep(250 * 1024) end
    refuses("[5]", "longer than 1048576 bytes", list)
    assert.is_string(json.encode(list, nil, 2 * 1024 * 1024))
    assert.is_string(json.encode({ 1, 2 }, nil, 5))
    assert.is_nil((json.encode({ 1, 2 }, nil, 4)))
  end)

  it("names a field with printable bytes only", function()
    refuses("a?b.??", "is a function", { ["a\nb"] = { ["\195\169"] = print } })
  end)

  it("reads without metamethods, so a resource's own metatable changes nothing", function()
    local resource = setmetatable({ device_id = "d" }, {
      __tostring = function() return "lock" end,
      __index = function() return "not mine" end,
      __pairs = function() error("pairs was called") end,
      __len = function() error("len was called") end,
    })
    writes('{"a":{"device_id":"d"},"b":[{"device_id":"d"}]}', { a = resource, b = { resource } })
    writes("{}", setmetatable({}, { __index = { 1, 2 } }))
  end)

  it("never changes what it is given", function()
    local list = { 1, 2 }
    local body = { list = list, name = "x" }
    json.encode(body, { type = "object", fields = { list = { type = "list" } } })
    assert.is_nil(getmetatable(list))
    assert.are.same({ list = { 1, 2 }, name = "x" }, body)
    local resource = setmetatable({ 1 }, { __tostring = function() return "mine" end })
    local marked = json.array(resource)
    assert.are.equal("mine", tostring(resource))
    assert.are_not.equal(resource, marked)
    assert.are.equal("[1]", json.encode(marked))
  end)

  it("marks only tables", function()
    assert.has_error(function() json.array("x") end)
    local list = json.array({ 1 })
    assert.are.equal(list, json.array(list))
  end)

  it("writes random values so that they read back the same", function()
    local random = json_random.source(7)
    for number = 1, 500 do
      local _, value = json_random.document(random)
      local text, _, reason = json.encode({ v = value })
      if text then
        assert.is_nil(values.difference({ v = value }, json.decode(text)), "document " .. number .. ": " .. text)
      else
        assert.is_truthy(reason:find("2^53", 1, true), reason)
      end
    end
  end)

  it("neither sees nor changes the host's cjson settings", function()
    local keep = cjson.encode_number_precision()
    local depth = cjson.decode_max_depth()
    cjson.encode_number_precision(3)
    local text = json.encode({ a = 0.123456789, b = "\127/" })
    cjson.encode_number_precision(keep)
    assert.are.equal(0.123456789, json.decode(text).a)
    assert.are.equal(depth, cjson.decode_max_depth())
  end)
end)

describe("json.decode", function()
  it("reads text, with null absent and whole numbers as integers", function()
    local value = json.decode('{"a":null,"b":[1.0,null,2],"c":6}')
    assert.is_nil(values.difference({ b = { 1, 2 }, c = 6 }, value))
    assert.are.equal("code 6", "code " .. value.c)
  end)

  it("gives nil and a reason for what is not JSON", function()
    local value, reason = json.decode("<html>")
    assert.is_nil(value)
    assert.are.equal("string", type(reason))
  end)

  it("lets a finished transfer decode itself", function()
    local transfer = { decode = function(self) return { mine = self ~= nil } end }
    assert.are.same({ mine = true }, json.decode(transfer))
  end)

  it("uses lua-cjson where the core cannot load, with the same values", function()
    with_fresh_json({ ["seam.core"] = missing }, function()
      local fresh = require("seam.json")
      local value = fresh.decode('{"a":null,"b":[1.0,null,2],"c":6}')
      assert.is_nil(values.difference({ b = { 1, 2 }, c = 6 }, value))
      assert.is_table(package.loaded["seam.json.decode_cjson"])
      assert.is_nil((fresh.decode("[01]")))
    end)
  end)

  it("prefers the core where it loads", function()
    local stand_in = { decode = function() return "from the core" end }
    with_fresh_json({ ["seam.core"] = function() return stand_in end }, function()
      assert.are.equal("from the core", require("seam.json").decode("[]"))
    end)
  end)
end)

describe("json.null", function()
  it("tells null from all other values", function()
    assert.is_true(json.is_null(cjson.null))
    for _, other in ipairs { 0, "", "null", {}, print, io.stdout, true } do assert.is_false(json.is_null(other)) end
    assert.is_false(json.is_null(nil))
    assert.is_false(json.is_null(false))
  end)

  it("is the null of lua-cjson", function()
    assert.are.equal(cjson.null, json.null)
  end)
end)

describe("seam.json without lua-cjson", function()
  it("writes the same bytes and reads the same values", function()
    local value = { text = "a\"\\/\b\f\n\r\t\0\31\127 \195\169 \240\159\152\128", list = { 1, 0.5, true } }
    local expected = json.encode(value)
    with_fresh_json({ ["seam.core"] = missing, cjson = missing }, function()
      local fresh = require("seam.json")
      assert.are.equal(expected, fresh.encode(value))
      assert.is_nil(values.difference(value, fresh.decode(expected)))
      assert.is_table(package.loaded["seam.json.decode_lua"])
    end)
  end)

  it("has a null of its own, which is nothing else", function()
    with_fresh_json({ cjson = missing }, function()
      local fresh = require("seam.json")
      assert.are.equal("[null]", fresh.encode({ fresh.null }))
      assert.are_not.equal("table", type(fresh.null))
      assert.is_nil((fresh.encode({ function() end })))
    end)
  end)

  it("takes no module for lua-cjson that only has its name", function()
    with_fresh_json({ cjson = function() return { encode = error, decode = error } end }, function()
      assert.are.equal('"a"', require("seam.json").encode("a"))
    end)
  end)
end)

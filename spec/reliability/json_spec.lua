-- SPDX-License-Identifier: MIT
-- Row 11 of the bar: 60 answers and 60 parameter tables through a client and its sockets. Each value is
-- carried exactly or refused by a typed error; whatever a host does to lua-cjson changes nothing.

local cjson = require "cjson"
local errors = require "seam.errors"
local http_peer = require "support.http_peer"
local json = require "seam.json"
local seam = require "seam"
local values = require "support.json_values"

local function nested(depth, leaf)
  local value = leaf
  for _ = 1, depth do value = { value } end
  return value
end

local loop = { inner = {} }
loop.inner.back = loop

local shared = { 1 }

-- { title, the JSON text under "device" (or the whole body), what it must become } or { title, text }: refused
local ANSWERS = {
  { "an empty object", "{}", {} },
  { "a text", '{"a":"b"}', { a = "b" } },
  { "a whole number", '{"n":6}', { n = 6 } },
  { "a whole number with a fraction of zero", '{"n":6.0}', { n = 6 } },
  { "a fraction", '{"n":0.1}', { n = 0.1 } },
  { "an exponent", '{"n":1.5e3}', { n = 1500 } },
  { "a negative zero", '{"n":-0}', { n = 0 } },
  { "2^53", '{"n":9007199254740992}', { n = 9007199254740992 } },
  { "-2^53", '{"n":-9007199254740992}', { n = -9007199254740992 } },
  { "the largest float", '{"n":1.7976931348623157e308}', { n = 1.7976931348623157e308 } },
  { "the smallest float", '{"n":5e-324}', { n = 5e-324 } },
  { "a PIN with leading zeros", '{"code":"0042"}', { code = "0042" } },
  { "true and false", '{"a":true,"b":false}', { a = true, b = false } },
  { "null", '{"a":null,"b":1}', { b = 1 } },
  { "null in a list", '{"a":[1,null,2]}', { a = { 1, 2 } } },
  { "an empty list", '{"a":[]}', { a = {} } },
  { "a list in a list", '{"a":[[1],[2,[3]]]}', { a = { { 1 }, { 2, { 3 } } } } },
  { "every escape", '{"a":"\\"\\\\\\/\\b\\f\\n\\r\\t"}', { a = '"\\/\b\f\n\r\t' } },
  { "an escaped NUL", '{"a":"x\\u0000y"}', { a = "x\0y" } },
  { "an escaped letter beyond ASCII", '{"a":"\\u00e9\\u20ac"}', { a = "\195\169\226\130\172" } },
  { "a surrogate pair", '{"a":"\\ud83d\\ude00"}', { a = "\240\159\152\128" } },
  { "UTF-8 as it is", '{"a":"\195\169\240\159\152\128"}', { a = "\195\169\240\159\152\128" } },
  { "a key beyond ASCII", '{"\195\169":1}', { ["\195\169"] = 1 } },
  { "an empty key", '{"":1}', { [""] = 1 } },
  { "a key that looks like a number", '{"1":"x"}', { ["1"] = "x" } },
  { "a key twice", '{"a":1,"a":2}', { a = 2 } },
  { "a key twice, then null", '{"a":1,"a":null}', {} },
  { "blanks of every kind", '{\n\t"a" :\r 1 }', { a = 1 } },
  { "a delete character", '{"a":"\127"}', { a = "\127" } },
  { "a text that is a keyword", '{"a":"null"}', { a = "null" } },
  { "keys that Lua knows", '{"end":1,"__index":2,"and":3}', { ["end"] = 1, __index = 2, ["and"] = 3 } },
  { "62 levels below the body", ("["):rep(62) .. ("]"):rep(62), nested(61, {}), field = "deep" },
  { "NaN", '{"n":NaN}' },
  { "nan", '{"n":nan}' },
  { "Infinity", '{"n":Infinity}' },
  { "-Infinity", '{"n":-Infinity}' },
  { "a hexadecimal number", '{"n":0x10}' },
  { "a leading zero", '{"n":01}' },
  { "a leading plus", '{"n":+1}' },
  { "a point without digits", '{"n":1.}' },
  { "a number beyond all floats", '{"n":1e999}' },
  { "a raw line break in a text", '{"a":"x\ny"}' },
  { "a raw NUL in a text", '{"a":"x\0y"}' },
  { "invalid UTF-8", '{"a":"\255"}' },
  { "UTF-8 longer than it needs to be", '{"a":"\192\175"}' },
  { "a surrogate in UTF-8", '{"a":"\237\160\128"}' },
  { "half a surrogate pair", '{"a":"\\ud83d"}' },
  { "an unknown escape", '{"a":"\\x41"}' },
  { "a comma too many", '{"a":1,}' },
  { "a key without quotes", "{a:1}" },
  { "single quotes", "{'a':1}" },
  { "a comment", '{"a":1/*x*/}' },
  { "70 levels", ("["):rep(70) .. ("]"):rep(70) },
  { "a text without an end", '{"a":"b' },
  { "an object without an end", '{"a":{' },
  { "nothing at all", "", whole = true },
  { "an array for a body", '[{"device":{}}]', whole = true },
  { "a number for a body", "5", whole = true },
  { "null for a body", "null", whole = true },
  { "two bodies", '{"device":{}} {"device":{}}', whole = true },
  { "a byte order mark", '\239\187\191{"device":{}}', whole = true },
}

-- { title, the value, its JSON text } or { title, the value, nil, the field under it that is named }: refused
local PARAMETERS = {
  { "a text", "x", '"x"' },
  { "an empty text", "", '""' },
  { "true", true, "true" },
  { "false", false, "false" },
  { "null", seam.null, "null" },
  { "a whole number", 6, "6" },
  { "a whole float", 6.0, "6" },
  { "a negative zero", -0.0, "0" },
  { "a negative number", -17, "-17" },
  { "2^53", 2 ^ 53, "9007199254740992" },
  { "-2^53", -2 ^ 53, "-9007199254740992" },
  { "2^53 - 1", 9007199254740991, "9007199254740991" },
  { "sixteen digits", 1234567890123456, "1234567890123456" },
  { "a tenth", 0.1, "0.1" },
  { "a third", 1 / 3, "0.3333333333333333" },
  { "three tenths in the making", 0.1 + 0.2, "0.30000000000000004" },
  { "the smallest float", 5e-324 },
  { "a PIN with leading zeros", "0042", '"0042"' },
  { "a quote and a backslash", '"\\', '"\\"\\\\"' },
  { "a line break and a tab", "\n\t", '"\\n\\t"' },
  { "a NUL", "a\0b", '"a\\u0000b"' },
  { "a control character", "\1", '"\\u0001"' },
  { "a letter beyond ASCII", "\195\169", '"\195\169"' },
  { "an emoji", "\240\159\152\128", '"\240\159\152\128"' },
  { "the line separator of JavaScript", "\226\128\168", '"\226\128\168"' },
  { "an empty table", {}, "{}" },
  { "an empty list", json.array {}, "[]" },
  { "a list", { 1, "a", true }, '[1,"a",true]' },
  { "a list with a null", { 1, seam.null, 2 }, "[1,null,2]" },
  { "lists in a list", { { 1 }, {} }, "[[1],{}]" },
  { "an object", { b = 1, a = 2 }, '{"a":2,"b":1}' },
  { "a key beyond ASCII", { ["\195\169"] = 1 }, '{"\195\169":1}' },
  { "an empty key", { [""] = 1 }, '{"":1}' },
  { "a key that looks like a number", { ["1"] = "x" }, '{"1":"x"}' },
  { "the same table twice", { b = shared, c = shared }, '{"b":[1],"c":[1]}' },
  { "60 levels", nested(60, 1), ("["):rep(60) .. "1" .. ("]"):rep(60) },
  { "256 KiB of text", ("x"):rep(262144), '"' .. ("x"):rep(262144) .. '"' },
  { "NaN", 0 / 0, nil, "" },
  { "infinity", 1 / 0, nil, "" },
  { "minus infinity", -1 / 0, nil, "" },
  { "2^53 + 2", 2 ^ 53 + 2, nil, "" },
  { "-2^63", -2 ^ 63, nil, "" },
  { "10^300", 1e300, nil, "" },
  { "NaN in a list", { 1, 0 / 0 }, nil, "[2]" },
  { "a function", print, nil, "" },
  { "a function far inside", { a = { b = { 1, { c = print } } } }, nil, ".a.b[2].c" },
  { "a coroutine", coroutine.create(function() end), nil, "" },
  { "a file", io.stdout, nil, "" },
  { "a table that holds itself", loop, nil, ".inner.back" },
  { "70 levels", nested(70, 1), nil, ("[1]"):rep(62) },
  { "a list with names", { 1, a = 2 }, nil, "" },
  { "a list with a hole", { 1, nil, 3 }, nil, "" },
  { "a list that starts at 5", { [5] = 1 }, nil, "" },
  { "a list that starts at 0", { [0] = 1 }, nil, "" },
  { "a fraction for a key", { [1.5] = 1 }, nil, "" },
  { "a boolean for a key", { [true] = 1 }, nil, "" },
  { "a table for a key", { [{}] = 1 }, nil, "" },
  { "invalid UTF-8", "\255", nil, "" },
  { "UTF-8 longer than it needs to be", "\192\175", nil, "" },
  { "a surrogate in UTF-8", "\237\160\128", nil, "" },
  { "invalid UTF-8 in a key", { ["\255"] = 1 }, nil, "" },
  { "a text over 256 KiB", ("x"):rep(262145), nil, "" },
  { "texts over 1 MiB together", { ("a"):rep(262144), ("b"):rep(262144), ("c"):rep(262144), ("d"):rep(262144) },
    nil, "[4]" },
}

--- Everything a host can set in lua-cjson, set as badly as can be.
local SETTINGS = {
  encode_number_precision = { 3 }, encode_max_depth = { 2 }, decode_max_depth = { 2 },
  encode_sparse_array = { true, 1, 1 }, encode_keep_buffer = { false },
  encode_invalid_numbers = { "null" }, decode_invalid_numbers = { true },
}

local unpack_list = rawget(table, "unpack") or rawget(_G, "unpack")

--- Calls f in a host that has spoilt the shared lua-cjson; none of its settings may be touched.
local function in_a_spoilt_host(f, ...)
  local before, touched = {}, {}
  for name, arguments in pairs(SETTINGS) do
    before[name] = { cjson[name]() }
    cjson[name](unpack_list(arguments))
  end
  local spoilt = {}
  for name in pairs(SETTINGS) do spoilt[name] = tostring(cjson[name]()) end
  local encode, decode = cjson.encode, cjson.decode
  cjson.encode, cjson.decode = error, error -- luacheck: ignore 122
  local results = { pcall(f, ...) }
  cjson.encode, cjson.decode = encode, decode -- luacheck: ignore 122
  for name, value in pairs(spoilt) do
    if tostring(cjson[name]()) ~= value then touched[#touched + 1] = name end
    cjson[name](unpack_list(before[name]))
  end
  assert.same({}, touched)
  return unpack_list(results, 1, 4)
end

local HOSTS = { { "any host", pcall }, { "a host that has spoilt its lua-cjson", in_a_spoilt_host } }

describe("row 11: JSON,", function()
  local peer, client

  setup(function()
    peer = http_peer.start()
    client = seam.new { api_key = "seam_json", endpoint = peer.url, retries = 0 }
  end)
  teardown(function()
    client:close()
    peer:stop()
  end)

  for _, host in ipairs(HOSTS) do
    local run = host[2]
    describe("answers in " .. host[1], function()
      for _, case in ipairs(ANSWERS) do
        it((case[3] and "are read: " or "are refused: ") .. case[1], function()
          local body = case.whole and case[2] or ('{"device":{"%s":%s}}'):format(case.field or "is", case[2])
          peer:script { { reply = { body = body, headers = { ["Content-Type"] = "application/json" } } } }
          local ok, device = run(client.devices.get, "d1")
          if case[3] then
            assert.is_true(ok, tostring(device))
            assert.is_nil(values.difference(case[3], device[case.field or "is"]))
          else
            assert.is_false(ok, "expected a refusal")
            assert.is_true(errors.is_error(device, "SeamHttpError"), tostring(device))
            assert.equal("invalid_response", device.code)
          end
        end)
      end
    end)
  end

  for _, host in ipairs(HOSTS) do
    local run = host[2]
    describe("parameters in " .. host[1], function()
      for _, case in ipairs(PARAMETERS) do
        it((case[4] and "are refused: " or "are carried: ") .. case[1], function()
          peer:script { { reply = { json = { ok = true } } } }
          local ok, err = run(client.devices.update, { device_id = "d1", custom_metadata = { k = case[2] } })
          local requests = peer:report().requests
          if case[4] then
            assert.is_false(ok, "expected a refusal")
            assert.is_true(errors.is_error(err, "SeamInvalidParamsError"), tostring(err))
            assert.equal("custom_metadata.k" .. case[4], err.param)
            assert.equal(0, #requests)
          else
            assert.is_true(ok, tostring(err))
            local text = requests[1].body:match('^{"custom_metadata":{"k":(.*)},"device_id":"d1"}$')
            assert.is_true(text ~= nil, requests[1].body)
            -- The digits of the smallest float differ, its value must not.
            if case[3] then assert.equal(case[3], text) else assert.equal(case[2], tonumber(text)) end
          end
        end)
      end
    end)
  end
end)

describe("row 11: integers", function()
  it("come back as they went, to 2^53 and on both sides of zero", function()
    local sent
    local echo = {
      perform = function(_, request)
        sent = request.body
        return { status = 200, headers = { ["content-type"] = "application/json" }, body = '{"is":' .. sent .. "}" }
      end,
      sleep = error, now = function() return 0 end, close = function() end,
    }
    local client = seam.new { api_key = "seam_json", endpoint = "https://x.example", transport = echo }
    local list, texts = {}, {}
    for power = 0, 53 do
      for _, near in ipairs { 2 ^ power - 1, 2 ^ power, 2 ^ power + 1 } do
        if near <= 2 ^ 53 then
          for _, number in ipairs { near, 0 - near } do
            list[#list + 1] = values.number(number)
            texts[#texts + 1] = ("%.0f"):format(number)
          end
        end
      end
    end
    local back = client.request { path = "/echo", params = { list = list } }.is.list
    assert.equal('{"list":[' .. table.concat(texts, ",") .. "]}", sent)
    assert.is_nil(values.difference(list, back))
  end)
end)

-- SPDX-License-Identifier: MIT

local core = require("seam.core")
local cases = require("support.json_cases")
local values = require("support.json_values")

local has_integers = rawget(math, "type") ~= nil

--- Checks "reason at byte n", where the reason may be one of several.
local function assert_reason(wanted, reason)
  local texts, position = wanted:match("^(.*)( at byte %d+)$")
  for text in texts:gmatch("[^|]+") do
    if reason == text .. position then return end
  end
  assert.are.equal(wanted, reason)
end

describe("core.decode", function()
  for _, case in ipairs(cases.valid) do
    it("reads " .. cases.title(case), function()
      local value, reason = core.decode(case[1])
      assert.is_nil(reason)
      assert.is_nil(values.difference(case[2], value))
    end)
  end

  for _, case in ipairs(cases.invalid) do
    it("refuses " .. cases.title(case), function()
      local value, reason = core.decode(case[1])
      assert.is_nil(value)
      assert_reason(case[2], reason)
    end)
  end

  it("reads many tables where the text is long enough for them", function()
    assert.are.equal(65000, #core.decode("[" .. ("{},"):rep(64999) .. "{}]"))
    local device = '{"a":{"b":["' .. ("x"):rep(100) .. '"]}},'
    assert.are.equal(60000, #core.decode("[" .. device:rep(59999) .. device:sub(1, -2) .. "]"))
  end)

  it("holds as many members and items as it gathers at a time, and any number near that", function()
    for _, count in ipairs{ 63, 64, 65, 127, 128, 129, 192, 256 } do
      local members, items = {}, {}
      for i = 1, count do members[i], items[i] = ('"m%d":%d'):format(i, i), tostring(i) end
      local object = core.decode("{" .. table.concat(members, ",") .. "}")
      local list = core.decode("[" .. table.concat(items, ",") .. "]")
      for i = 1, count do
        assert.are.equal(i, object["m" .. i])
        assert.are.equal(i, list[i])
      end
      assert.are.equal(count, #list)
    end
  end)

  it("gives nil without a reason for a text that is just null", function()
    assert.are.equal(1, select("#", core.decode(" null ")))
    assert.is_nil((core.decode("null")))
  end)

  for _, case in ipairs(cases.large_integers) do
    it("keeps the integer " .. case[1] .. " exact where Lua has 64 bits", function()
      local value = core.decode("[" .. case[1] .. "]")[1]
      if has_integers then
        assert.are.equal(case[2], tostring(value))
      else
        assert.are.equal(tonumber(case[1]), value)
      end
    end)
  end

  for _, text in ipairs(cases.beyond_integers) do
    it("reads " .. text .. " as the nearest float", function()
      assert.is_nil(values.difference(tonumber(text .. ".0"), core.decode("[" .. text .. "]")[1]))
    end)
  end

  it("never takes a string for a longer or shorter one of the same letters", function()
    for long = 1, 64 do
      for short = 0, long - 1 do
        local a, b = ("a"):rep(long), ("a"):rep(short)
        local value = core.decode('["' .. a .. '","' .. b .. '","' .. a .. '"]')
        assert.is_true(value[1] == a and value[2] == b and value[3] == a, long .. " and " .. short .. " letters")
      end
    end
  end)

  it("lets the caller choose the depth", function()
    assert.is_table(core.decode("[[]]", 2))
    local value, reason = core.decode("[[[]]]", 2)
    assert.is_nil(value)
    assert.are.equal("nested too deeply at byte 3", reason)
    assert.is_table(core.decode("[[],[],[[]]]", 3))
    assert.is_table(core.decode(("["):rep(256) .. ("]"):rep(256), 256))
  end)

  it("holds the deepest and widest texts within the stack of every Lua", function()
    local level = ('"x":1,'):rep(300)
    local text = ("{" .. level .. '"a":'):rep(256) .. "1" .. ("}"):rep(256)
    local value = core.decode(text, 256)
    for _ = 1, 256 do
      assert.are.equal(1, value.x)
      value = value.a
    end
    assert.are.equal(1, value)
  end)

  it("refuses arguments of the wrong kind by raising", function()
    assert.has_error(function() core.decode() end)
    assert.has_error(function() core.decode(12) end)
    assert.has_error(function() core.decode({}) end)
    assert.has_error(function() core.decode("[]", 0) end)
    assert.has_error(function() core.decode("[]", 257) end)
    assert.has_error(function() core.decode("[]", "deep") end)
  end)

  it("never puts content into a reason", function()
    for _, text in ipairs({ "[secret]", '{"secret" 1}', '["secret', '["secret\\x"]', '{"secret":secret}' }) do
      local _, reason = core.decode(text)
      assert.is_nil(reason:find("secret", 1, true))
    end
  end)

  it("reads a text cut off anywhere as refused or as the same prefix value, never crashing", function()
    local text = '{"a":[1,2.5e1,"\\u00e9\\ud83d\\ude00 \195\169",true,false,null,{"b":{}}],"c":"d"}'
    assert.is_table(core.decode(text))
    for length = 0, #text - 1 do
      local value, reason = core.decode(text:sub(1, length))
      assert.is_nil(value, "a cut at " .. length .. " was read")
      assert.is_string(reason)
    end
  end)

  it("leaves its Lua stack and memory as they were", function()
    local text = '{"a":[' .. ('{"k":"v\\n","n":1.5},'):rep(2000) .. '1]}'
    core.decode(text)
    collectgarbage()
    collectgarbage()
    local before = collectgarbage("count")
    for _ = 1, 20 do
      core.decode(text)
      core.decode(text:sub(1, -2))
    end
    collectgarbage()
    collectgarbage()
    assert.is_true(collectgarbage("count") - before < 64, "the Lua heap grew by over 64 KiB")
  end)
end)

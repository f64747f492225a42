-- SPDX-License-Identifier: MIT
-- The memory of keys across texts: what it gives back is always the key that was read.
local core = require "seam.core"
local core_calls = require "support.core_calls"

--- Tables of the registry that hold this value.
local function holders_of(value)
  local count = 0
  for _, held in pairs(debug.getregistry()) do
    if type(held) == "table" then
      for _, inner in pairs(held) do
        if inner == value then count = count + 1 end
      end
    end
  end
  return count
end

describe("keys that were read before", function()
  it("are told apart however many there are, in every order", function()
    for round = 1, 3 do
      for number = round, 2000, round do
        local key = ("key_%d_of_a_device"):format(number)
        assert.equal(number, core.decode(('{"%s":%d}'):format(key, number))[key])
      end
    end
  end)

  it("are told apart when their ends are the same", function()
    for number = 1, 500 do
      local key = ("the_same_%03d_the_same"):format(number)
      assert.equal(number, core.decode(('{"%s":%d}'):format(key, number))[key])
    end
  end)

  for _, length in ipairs { 0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 63, 64, 65, 500 } do
    it(("of %d letters are themselves, and no shorter or longer ones"):format(length), function()
      local key = ("k"):rep(length)
      for _ = 1, 2 do
        assert.same({ [key] = 1, [key .. "k"] = 2 }, core.decode(('{"%s":1,"%sk":2}'):format(key, key)))
      end
    end)
  end

  --- What a text says the second time and later, when all of its names are known.
  local function decode_known(text)
    for _ = 1, 3 do core.decode(text) end
    return core.decode(text)
  end

  it("give way to the last one of a name, whatever stands between the two", function()
    assert.same({ a = 2 }, decode_known '{"a":1,"a":2}')
    assert.same({ a = 3, b = { a = 2 } }, decode_known '{"a":1,"b":{"a":2},"a":3}')
    assert.same({ a = 3, b = { {}, { a = { a = 2 } } } }, decode_known '{"a":1,"b":[{},{"a":{"a":2}}],"a":3}')
    assert.same({ b = { a = 2 } }, decode_known '{"a":1,"b":{"a":2},"a":null}')
    assert.same({ { a = 1 }, { a = 3 } }, decode_known '[{"a":1},{"a":2,"a":3}]')
    assert.same({ a = { a = { a = 3 } }, b = 2 }, decode_known '{"b":1,"a":{"a":{"a":2,"a":3}},"b":2}')
  end)

  it("are all there when an object has more of them than are stored at a time", function()
    local members, wanted = {}, {}
    for number = 1, 130 do
      members[number] = ('"some_%d":%d'):format(number, number)
      wanted["some_" .. number] = number
    end
    assert.same(wanted, decode_known("{" .. table.concat(members, ",") .. "}"))
    wanted.some_130 = 1
    assert.same(wanted, decode_known("{" .. table.concat(members, ",") .. ',"some_130":1}'))
  end)

  it("are all there when the names of more than are stored at a time are known, and no others", function()
    local said = core_calls.run_apart [[
      local core = require "seam.core"
      local members = {}
      for number = 1, 70 do members[number] = ('"k%d":%d'):format(number, number) end
      local sum = 0
      for _ = 1, 20 do
        local object = core.decode("{" .. table.concat(members, ",") .. "}")
        for number = 1, 70 do assert(object["k" .. number] == number) end
        sum = sum + 1
      end
      print(sum)
    ]]
    assert.equal("20\n", said)
  end)

  it("give way to the last one of a name though there are more of them than are remembered", function()
    local members, wanted = {}, {}
    for round = 1, 2 do
      for number = 1, 1000 do
        members[#members + 1] = ('"many_%d":%d'):format(number, number * round)
        wanted["many_" .. number] = number * 2
      end
    end
    assert.same(wanted, decode_known("{" .. table.concat(members, ",") .. "}"))
    for first = 1, 900, 60 do
      local few = {}
      for number = first, first + 50 do few["many_" .. number] = number * 2 end
      local text = {}
      for number = first, first + 50 do text[#text + 1] = ('"many_%d":%d'):format(number, number) end
      for number = first, first + 50 do text[#text + 1] = ('"many_%d":%d'):format(number, number * 2) end
      assert.same(few, decode_known("{" .. table.concat(text, ",") .. "}"))
    end
  end)

  it("are the same with escapes as without", function()
    core.decode('{"device_id":1}')
    assert.same({ device_id = 2 }, core.decode('{"device\\u005fid":2}'))
  end)

  it("are kept, and a value never is: it may be a PIN", function()
    core.decode('{"a_key_to_be_kept":"48151623"}')
    assert.equal(1, holders_of("a_key_to_be_kept"), "the key was to be remembered once")
    assert.equal(0, holders_of("48151623"), "a value was remembered")
  end)

  it("keep their meaning when a finalizer decodes in the middle of another text", function()
    local running = true
    local function again()
      if not running then return end
      for number = 1, 40 do core.decode(('{"finalizer_%d":1}'):format(math.random(number * 1000))) end
      local newproxy = rawget(_G, "newproxy")
      if newproxy then
        getmetatable(newproxy(true)).__gc = again
      else
        setmetatable({}, { __gc = again })
      end
    end
    again()
    for number = 1, 3000 do
      local key = "text_" .. number
      assert.equal(number, core.decode(('{"%s":%d,"list":[[],[],{},{}]}'):format(key, number))[key])
    end
    running = false
  end)
end)

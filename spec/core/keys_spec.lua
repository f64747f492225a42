-- SPDX-License-Identifier: MIT
-- The memory of keys across texts: what it gives back is always the key that was read.
local core = require "seam.core"

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

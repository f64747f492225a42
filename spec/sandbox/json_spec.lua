-- SPDX-License-Identifier: MIT
-- JSON as the simulated API speaks it.

local json = require "seam.sandbox.json"
local world_of = require "support.sandbox_world"

describe("the sandbox's JSON", function()
  it("writes keys in order, arrays even when empty, and slashes plainly", function()
    assert.are.equal('{"a":[],"b":{},"c":[1,"x/y",null],"d":true}',
      json.encode{ d = true, c = { 1, "x/y", json.null }, b = {}, a = json.array() })
    assert.are.equal([["\\/\"\n"]], (json.encode('\\/"\n'):gsub("\n", "\\n")))
  end)

  it("writes whole numbers as such on every Lua", function()
    assert.are.equal("[1,-2,0.5,1000000000000000]", json.encode{ 1.0, -2, 0.5, 1e15 })
    assert.has_error(function() json.encode{ 1e20 } end,
      "an answer cannot be written: [1] is beyond 2^53, where numbers lose digits")
  end)

  it("reads null as null and refuses what is not JSON", function()
    assert.are.equal(json.null, json.decode('{"a":null}').a)
    for _, text in ipairs({ "", "{", "nul", "[NaN]", "[0x10]" }) do assert.is_nil(json.decode(text), text) end
  end)

  it("reaches clients with empty lists as lists", function()
    local world = world_of.empty()
    local _, _, response = world:try("/locks/list")
    assert.are.equal('{"devices":[],"locks":[],"ok":true}', response.body)
  end)

  it("leaves nulls and marks out of plain copies", function()
    assert.are.same({ a = { 1 } }, json.plain{ a = json.array{ 1 }, b = json.null })
  end)
end)

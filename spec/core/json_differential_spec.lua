-- SPDX-License-Identifier: MIT
-- Holds the C decoder, the fallback over lua-cjson and the one in plain Lua together: same values, same refusals.

local cjson = require("cjson")
local core = require("seam.core")
local fallbacks = {
  ["over lua-cjson"] = require("seam.json.decode_cjson"), ["in plain Lua"] = require("seam.json.decode_lua"),
}
local cases = require("support.json_cases")
local json_random = require("support.json_random")
local values = require("support.json_values")

-- Fewer where each costs fifty times as much (tools/soak.d/19.sh).
local DOCUMENTS = tonumber(os.getenv("SEAM_TEST_DOCUMENTS")) or 3000
local DAMAGED = 3

--- Where both may differ: integers beyond 2^53, exact in the one and the nearest float in the other.
local function without_large_integers(value)
  if type(value) == "table" then
    local copy = {}
    for key, member in pairs(value) do copy[key] = without_large_integers(member) end
    return copy
  end
  if type(value) == "number" and math.abs(value) > 2 ^ 53 then return value * 1.0 end
  return value
end

--- What lua-cjson itself makes of a text, with nulls dropped and whole floats as integers.
local function oracle(text)
  local function convert(value)
    if value == cjson.null then return nil end
    if type(value) == "number" then return value == 0 and 0 or values.number(value) end
    if type(value) ~= "table" then return value end
    local copy, items = {}, #value
    for key, member in pairs(value) do
      if items == 0 then copy[key] = convert(member) end
    end
    for index = 1, items do copy[#copy + 1] = convert(value[index]) end
    return copy
  end
  return convert(cjson.decode(text))
end

for kind, fallback in pairs(fallbacks) do
  describe("the C decoder and the one " .. kind, function()
    for _, case in ipairs(cases.valid) do
      it("read alike " .. cases.title(case), function()
        local value, reason = fallback.decode(case[1])
        assert.is_nil(reason)
        assert.is_nil(values.difference(case[2], value))
        assert.is_nil(values.difference(oracle(case[1]), core.decode(case[1])))
      end)
    end

    for _, case in ipairs(cases.invalid) do
      it("all refuse " .. cases.title(case), function()
        local value, reason = fallback.decode(case[1])
        assert.is_nil(value)
        assert.is_string(reason)
        assert.is_nil((core.decode(case[1])))
      end)
    end

    for _, case in ipairs(cases.large_integers) do
      it("read " .. case[1] .. " as the same number, to a float's precision", function()
        local near, exact = fallback.decode("[" .. case[1] .. "]")[1], core.decode("[" .. case[1] .. "]")[1]
        assert.are.equal(near * 1.0, exact * 1.0)
      end)
    end

    it("give nil without a reason for null", function()
      assert.are.same({ nil, nil }, { fallback.decode(" null") })
    end)

    it("take the same depth from the caller", function()
      assert.is_table(fallback.decode("[[]]", 2))
      assert.is_nil((fallback.decode("[[[]]]", 2)))
      assert.is_table(fallback.decode("[[[]]]"))
    end)

    it("read thousands of random documents as what they were made from", function()
      local seed = tonumber(os.getenv("SEAM_TEST_SEED")) or 20230208
      local random = json_random.source(seed)
      for number = 1, DOCUMENTS do
        local text, expected = json_random.document(random)
        for name, decode in pairs({ core = core.decode, fallback = fallback.decode }) do
          local value, reason = decode(text)
          local difference = reason or values.difference(expected, value)
          assert.is_nil(difference, ("%s, seed %d, document %d: %q"):format(name, seed, number, text))
        end
      end
    end)

    it("judge thousands of damaged documents alike", function()
      local seed = tonumber(os.getenv("SEAM_TEST_SEED")) or 20280812
      local random = json_random.source(seed)
      local accepted, refused = 0, 0
      for number = 1, DOCUMENTS do
        local text = json_random.document(random)
        for _ = 1, DAMAGED do
          text = json_random.damage(random, text)
          local value, reason = core.decode(text)
          local other, other_reason = fallback.decode(text)
          local where = ("seed %d, document %d: %q"):format(seed, number, text)
          assert.are.equal(reason == nil, other_reason == nil,
            ("core says %s, fallback %s; %s"):format(tostring(reason), tostring(other_reason), where))
          assert.is_nil(values.difference(without_large_integers(value), without_large_integers(other)), where)
          if reason then refused = refused + 1 else accepted = accepted + 1 end
        end
      end
      -- A generator that only made one kind would prove nothing.
      assert.is_true(accepted > DOCUMENTS / 20, "only " .. accepted .. " damaged documents were still valid")
      assert.is_true(refused > DOCUMENTS, "only " .. refused .. " damaged documents were refused")
    end)
  end)
end

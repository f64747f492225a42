-- SPDX-License-Identifier: MIT
-- No word of a server or of a transport brings the secret into an error.

local caught = require "support.caught"
local errors = require "seam.errors"
local fake = require "support.fake_client"
local masking = require "seam.masking"

local HTML = { ["content-type"] = "text/html" }

local function unlock(client) return client.locks.unlock_door "d1" end

describe("the secret", function()
  it("is masked wherever a server's or a transport's words repeat it", function()
    local answers = {
      fake.ok(('{"error":{"type":"x","message":"bad %s","data":{"deep":["%s"]},'
        .. '"validation_errors":{"_errors":["%s"]}}}')
        :format(fake.KEY, fake.KEY, fake.KEY), 400),
      { status = 502, headers = HTML, body = "<b>" .. fake.KEY },
      { failure = { code = "closed", message = "sent " .. fake.KEY, sent = true } },
    }
    local function find(value, seen)
      if type(value) == "string" then return value:find("1234567890", 1, true) end
      if type(value) ~= "table" or seen[value] then return false end
      seen[value] = true
      for key, inner in pairs(value) do
        if find(key, seen) or find(inner, seen) then return true end
      end
    end
    for i, answer in ipairs(answers) do
      local client = fake.new { answer }
      local err = caught("SeamError", unlock, client)
      assert.is_falsy(find(err, {}), "the secret is in error " .. i)
      assert.is_nil(tostring(err):find("1234567890", 1, true))
    end
  end)
end)

describe("seam.masking", function()
  local mask = { mask = function(text) return (text:gsub("key", "[secret]")) end }

  it("masks the keys of tables as well as their values", function()
    local err = masking.error(errors.new("SeamError", "a key", { data = { ["my key"] = { "key" } } }), mask)
    assert.equal("a [secret]", err.message)
    assert.same({ ["my [secret]"] = { "[secret]" } }, err.data)
    assert.is_true(errors.is_error(err), "it should still be an error object")
  end)

  it("gives a copy, cut to 512 bytes after the masking", function()
    local original = errors.new("SeamError", "m", { body = ("x"):rep(510) .. "key and more" })
    local err = masking.error(original, mask)
    assert.equal(("x"):rep(510) .. "[s", err.body)
    assert.equal(522, #original.body)
  end)
end)

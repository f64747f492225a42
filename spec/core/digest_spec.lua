-- SPDX-License-Identifier: MIT
-- HMAC-SHA256 against RFC 4231, base64 against RFC 4648, comparison and randomness.
local core = require "seam.core"

local function hex(bytes)
  return (bytes:gsub(".", function(byte) return ("%02x"):format(byte:byte()) end))
end

describe("hmac_sha256", function()
  local vectors = {
    { ("\11"):rep(20), "Hi There",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
    { "Jefe", "what do ya want for nothing?",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
    { ("\170"):rep(20), ("\221"):rep(50),
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe" },
    { ("\170"):rep(131), "Test Using Larger Than Block-Size Key - Hash Key First",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
  }
  for number, vector in ipairs(vectors) do
    it("agrees with case " .. number .. " of RFC 4231", function()
      assert.equal(vector[3], hex(core.hmac_sha256(vector[1], vector[2])))
    end)
  end

  it("takes an empty key and an empty text", function()
    assert.equal("b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad",
      hex(core.hmac_sha256("", "")))
  end)
end)

describe("base64", function()
  local pairs_of = {
    { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg==" },
    { "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" }, { "\0\255\254", "AP/+" },
  }
  it("encodes and decodes the vectors of RFC 4648", function()
    for _, pair in ipairs(pairs_of) do
      assert.equal(pair[2], core.base64_encode(pair[1]))
      assert.equal(pair[1], core.base64_decode(pair[2]))
    end
  end)

  it("brings every length and byte back", function()
    local text = ""
    for byte = 0, 255 do
      text = text .. string.char(byte)
      assert.equal(text, core.base64_decode(core.base64_encode(text)))
    end
  end)

  it("refuses everything that is not padded, standard base64", function()
    for _, text in ipairs{
      "Z", "Zg", "Zg=", "Zg===", "=", "====", "Z===", "Zm9v\n", "Zm9vZg==\n\n\n\n", " Zg=", "Zm9-", "Zm_v",
      "Zg==Zg==", "Z=g=", "Zm9\0", "Zm9\255",
    } do
      local value, reason = core.base64_decode(text)
      assert.is_nil(value, ("%q was taken"):format(text))
      assert.is_string(reason)
    end
  end)
end)

describe("equal", function()
  it("tells equal texts from different ones", function()
    assert.is_true(core.equal("", ""))
    assert.is_true(core.equal("a\0b", "a\0b"))
    assert.is_false(core.equal("a\0b", "a\0c"))
    assert.is_false(core.equal("abc", "abd"))
    assert.is_false(core.equal("xbc", "abc"))
    assert.is_false(core.equal("abc", "ab"))
    assert.is_false(core.equal("", "a"))
  end)

  it("refuses to compare what is no text", function()
    assert.is_false((pcall(core.equal, nil, nil)))
    assert.is_false((pcall(core.equal, "a")))
  end)
end)

describe("random_bytes", function()
  it("gives as many bytes as were asked for, never the same twice", function()
    assert.equal("", core.random_bytes(0))
    assert.equal(16, #core.random_bytes(16))
    assert.equal(65536, #core.random_bytes(65536))
    assert.not_equal(core.random_bytes(16), core.random_bytes(16))
  end)

  it("refuses numbers that make no sense", function()
    for _, count in ipairs{ -1, 65537, 0 / 0, 1 / 0 } do
      assert.is_false((pcall(core.random_bytes, count)))
    end
  end)
end)

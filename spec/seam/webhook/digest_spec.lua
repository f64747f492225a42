-- SPDX-License-Identifier: MIT
-- The plain Lua digest against published vectors, the C core, and the way that needs no operators.

local base64 = require "seam.webhook.base64"
local bits = require "seam.webhook.bits"
local core = require "seam.core"
local sha256 = require "seam.webhook.sha256"

local function hex(bytes)
  return (bytes:gsub(".", function(byte) return ("%02x"):format(byte:byte()) end))
end

local function random_bytes(count)
  local bytes = {}
  for place = 1, count do bytes[place] = string.char(math.random(0, 255)) end
  return table.concat(bytes)
end

describe("the digest in plain Lua", function()
  it("makes the hashes that FIPS 180-4 publishes", function()
    assert.equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", hex(sha256.hash("")))
    assert.equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", hex(sha256.hash("abc")))
    assert.equal("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
      hex(sha256.hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")))
  end)

  it("makes the codes that the C core makes, around the sizes of blocks", function()
    for _, size in ipairs { 0, 1, 54, 55, 56, 63, 64, 65, 119, 120, 128, 300 } do
      local key, text = random_bytes(size % 131), random_bytes(size)
      assert.equal(hex(core.hmac_sha256(key, text)), hex(sha256.hmac(key, text)), size .. " bytes")
    end
  end)

  it("reads and writes the base64 of the C core, and refuses what it refuses", function()
    for size = 0, 40 do
      local bytes = random_bytes(size)
      local text = core.base64_encode(bytes)
      assert.equal(text, base64.encode(bytes))
      assert.equal(bytes, base64.decode(text))
    end
    for _, text in ipairs {
      "=", "==", "A===", "====", "AA==", "AB==", "AAA=", "AAB=", "A A=", "AAAA\n", "AA-A", "A=AA",
    } do
      assert.equal((core.base64_decode(text)), (base64.decode(text)), text)
    end
  end)

  it("combines bits without operators as with them", function()
    local band, bxor = bits.by_nibbles()
    for _ = 1, 200 do
      local a, b = math.random(0, 65535) * 65536 + math.random(0, 65535), math.random(0, 65535) * 65536
      assert.equal(bits.band(a, b), band(a, b))
      assert.equal(bits.bxor(a, b), bxor(a, b))
    end
  end)
end)

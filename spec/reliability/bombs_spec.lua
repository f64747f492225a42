-- SPDX-License-Identifier: MIT
-- Row 10 of the bar: responses made to use up memory or time end in a typed error, soon and cheaply.
local bombs = require "support.bombs"
local core_calls = require "support.core_calls"
local http_peer = require "support.http_peer"

local CAP_KIB = 8 * 1024
local MOST_KIB = 3 * CAP_KIB + 2 * 1024
local MOST_SECONDS = 2

describe("row 10: a bomb", function()
  local peer

  setup(function() peer = http_peer.start() end)
  teardown(function() peer:stop() end)

  -- A process of its own for each: what one has used, the next one would not be charged for.
  local CODE = [[
    local core, seam = require "seam.core", require "seam.safe"
    local own_process = require "support.own_process"
    local client = seam.new{ api_key = "seam_bombs_000001", endpoint = %q, timeout = 10, retries = 0 }
    assert(client.locks.get "warm")
    collectgarbage()
    local idle, started = own_process.resident(), core.now()
    local value, err = client.request{ path = "/bomb", method = "GET" }
    local took = core.now() - started
    print(value == nil and err.name, err and err.code, err and err.outcome, took, own_process.peak() - idle)
    assert(client.locks.get "warm", "the next call failed")]]

  local function explode(play)
    peer:script{ { match = { path = "/bomb" }, play = play }, { reply = { json = { ok = true, device = {} } } } }
    return core_calls.run_apart(CODE:format(peer.url))
  end

  it("comes in twelve kinds", function() assert.equal(12, #bombs) end)

  for _, bomb in ipairs(bombs) do
    it(("of %s is refused within 2 s and %d KiB"):format(bomb.name, MOST_KIB), function()
      local output, status = explode(bomb.play)
      assert.equal(0, status, output)
      local name, code, outcome, took, kib = output:match("^(%S+)\t(%S+)\t(%S+)\t(%S+)\t(%S+)\n$")
      assert.same({ "SeamHttpError", bomb.code, "unknown" }, { name, code, outcome }, output)
      assert.is_true(tonumber(took) <= MOST_SECONDS, "seconds: " .. took)
      assert.is_true(tonumber(kib) <= MOST_KIB, "KiB over idle: " .. kib)
    end)
  end
end)

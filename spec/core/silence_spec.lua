-- SPDX-License-Identifier: MIT
-- A connection that leads nowhere any more: the kernel is told how long to believe in it.
local calls = require "support.core_calls"
local http_peer = require "support.http_peer"
local preload = require "support.preload"

describe("a connection whose peer acknowledges nothing", function()
  it("is given up after 10 seconds", function()
    local environment = preload.environment("silence")
    if not environment then return pending("skipped: the preload was not built (it needs Linux and a checkout)") end
    local peer = http_peer.start()
    finally(function() peer:stop() end)
    peer:script{ { reply = {} } }
    local output = calls.run_apart(([[
      local calls, core = require "support.core_calls", require "seam.core"
      calls.call(core.pool(), { method = "GET", url = %q })]]):format(peer.url .. "/"), environment)
    assert.equal("silence 10000 ms\n", output)
  end)
end)

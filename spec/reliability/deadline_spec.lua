-- SPDX-License-Identifier: MIT
-- Row 3 of the bar: a call ends by its deadline whatever it hangs in, and neither closing nor collecting waits.
local core = require "seam.core"
local core_calls = require "support.core_calls"
local http_peer = require "support.http_peer"
local preload = require "support.preload"
local stalls = require "support.stalls"

local DEADLINES = { 0.1, 0.2, 0.4 }

--- Before 7.87 libcurl waits for its resolver's thread, and nothing can be done about it.
local function can_leave_the_resolver()
  local major, minor = core.CURL_VERSION:match("(%d+)%.(%d+)")
  major, minor = tonumber(major), tonumber(minor)
  return major > 7 or major == 7 and minor >= 87
end

describe("row 3: the deadline", function()
  local peer

  setup(function() peer = http_peer.start() end)
  teardown(function() peer:stop() end)

  for _, stall in ipairs(stalls.list) do
    it("ends a call that hangs in " .. stall.name, function()
      assert.same({}, stalls.late(stall, peer, DEADLINES))
    end)
    if not stall.is_no_transfer then
      it("is not needed to close or collect what hangs in " .. stall.name, function()
        assert.same({}, stalls.sticky(stall, peer))
      end)
    end
  end

  local function with_stuck_resolver(question)
    local environment = preload.environment("resolver")
    if not environment then return pending("skipped: the resolver's preload was not built") end
    if not can_leave_the_resolver() then return pending("skipped: this libcurl is older than 7.87") end
    local output, status = core_calls.run_apart([[
      local stalls = require "support.stalls"
      local peer = require("support.http_peer").start()
      local complaints = ]] .. question .. [[
      print("asked" .. table.concat(complaints, "; "))
      peer:stop()]], environment)
    assert.equal("asked\n", output)
    assert.equal(0, status)
  end

  it("ends a call that hangs in the resolver", function()
    with_stuck_resolver("stalls.late(stalls.resolver, peer, { 0.1, 0.2, 0.4 })\n")
  end)

  it("is not needed to close or collect what hangs in the resolver", function()
    with_stuck_resolver("stalls.sticky(stalls.resolver, peer)\n")
  end)
end)

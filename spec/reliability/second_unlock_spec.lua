-- SPDX-License-Identifier: MIT
-- Row 1 of the bar: whatever happens to a write's connection, the server never sees a second copy.
local core_calls = require "support.core_calls"
local http_peer = require "support.http_peer"
local planted_core = require "support.planted_core"
local second_unlock = require "support.second_unlock"

describe("row 1: a second unlock", function()
  local peer

  setup(function() peer = http_peer.start() end)
  teardown(function() peer:stop() end)

  for _, write in ipairs(second_unlock.writes) do
    it(("never comes of %s, in 96 ways for its connection to fail"):format(write.name), function()
      local cells = second_unlock.cells(write)
      assert.equal(96, #cells)
      local function run(cell) return second_unlock.run(peer, cell) end
      assert.same({}, second_unlock.complaints(cells, run, second_unlock.name))
    end)
  end

  it("does come of a core that lets libcurl rewind and does not ask before it sends", function()
    local cpath = planted_core.build("second_unlock", planted_core.RESENDS)
    if not cpath then return pending("skipped: there is no C compiler with Lua's headers to plant the bug with") end
    local output, status = core_calls.run_apart(("package.cpath = %q .. package.cpath\n"):format(cpath) ..
      'print(require("support.second_unlock").doubles())')
    assert.equal(0, status, output)
    assert.is_true((tonumber(output) or 0) >= 1, "the planted core doubled nothing: " .. output)
  end)
end)

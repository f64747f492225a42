-- SPDX-License-Identifier: MIT
-- Row 1 of the bar over HTTP/2: whatever becomes of a write's stream or of its connection, the server
-- never sees a second copy.
local core_calls = require "support.core_calls"
local h2_peer = require "support.h2_peer"
local planted_core = require "support.planted_core"
local second_unlock = require "support.second_unlock"
local second_unlock_h2 = require "support.second_unlock_h2"

describe("row 1 over HTTP/2: a second unlock", function()
  local missing = h2_peer.missing()
  if missing then
    pending(missing)
    return
  end

  local peer

  setup(function() peer = h2_peer.start() end)
  teardown(function() peer:stop() end)

  for _, write in ipairs(second_unlock_h2.writes) do
    local cells = second_unlock_h2.cells(write)
    it(("never comes of %s, in %d ways for its stream to fail"):format(write.name, #cells), function()
      local function run(cell) return second_unlock_h2.run(peer, cell) end
      assert.same({}, second_unlock.complaints(cells, run, second_unlock_h2.name))
    end)
  end

  it("has no like among reads: the server sees as many as were counted", function()
    for _, point in ipairs(second_unlock_h2.points) do
      local copies, value, err = second_unlock_h2.read(peer, point, 0)
      assert.equal(1, copies, point.name)
      assert.is_true(value ~= nil or err.attempts == 1, point.name .. ": " .. tostring(err))
    end
  end)

  it("is not feared for a read, which is tried again where its stream or connection failed", function()
    local tried = 0
    for _, point in ipairs(second_unlock_h2.points) do
      local name = point.name
      if name == "REFUSED_STREAM after the headers" or name == "RST after the body" or
        name == "GOAWAY, not processed, of a connection that stays, after the body" then
        local copies, value, err = second_unlock_h2.read(peer, point, 1)
        assert.is_truthy(value, name .. ": " .. tostring(err))
        assert.equal(2, copies, name)
        tried = tried + 1
      end
    end
    assert.equal(3, tried)
  end)

  it("does come of a core that lets libcurl rewind and does not ask before it sends", function()
    local cpath = planted_core.build("second_unlock_h2", planted_core.RESENDS)
    if not cpath then return pending("skipped: there is no C compiler with Lua's headers to plant the bug with") end
    local output, status = core_calls.run_apart(("package.cpath = %q .. package.cpath\n"):format(cpath) ..
      'print(require("support.second_unlock_h2").first_double())')
    assert.equal(0, status, output)
    assert.is_truthy(output:find("unlock with body", 1, true), "the planted core doubled nothing: " .. output)
  end)
end)

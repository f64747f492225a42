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

  --- What must hold for one cell; a sentence when it does not.
  local function complaint(cell)
    local copies, value, err = second_unlock.run(peer, cell)
    if copies ~= 1 then return ("expected 1 copy at the server, there were %d"):format(copies) end
    if value ~= nil then
      return not cell.point.answered and "expected an error, the call succeeded" or nil
    end
    local code = cell.point.late and "timeout" or "closed"
    if err.name ~= "SeamHttpError" or err.code ~= code or err.outcome ~= "unknown" then
      return ("expected a SeamHttpError, %s, outcome unknown; got %s"):format(code, tostring(err))
    end
    return err.attempts ~= 1 and "expected 1 attempt, there were " .. err.attempts or nil
  end

  for _, write in ipairs(second_unlock.writes) do
    it(("never comes of %s, in 96 ways for its connection to fail"):format(write.name), function()
      local cells, complaints = second_unlock.cells(write), {}
      assert.equal(96, #cells)
      for _, cell in ipairs(cells) do
        local said = complaint(cell)
        if said then complaints[#complaints + 1] = second_unlock.name(cell) .. ": " .. said end
      end
      assert.same({}, complaints)
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

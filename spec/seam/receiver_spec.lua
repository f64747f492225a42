-- SPDX-License-Identifier: MIT
-- A dot or a colon: the receiver is dropped, and nothing else.

local receiver = require "seam.receiver"

local function pair(...) return { n = select("#", ...), ... } end

describe("receiver.dropped", function()
  local owner = {}
  local f = receiver.dropped(owner, pair, function(...) return ... end)

  it("drops its owner where that comes first", function()
    assert.same({ n = 2, "a", "b" }, f(owner, "a", "b"))
    assert.same({ n = 0 }, f(owner))
  end)

  it("keeps all else, nil and what equals the owner included", function()
    assert.same({ n = 2, "a", "b" }, f("a", "b"))
    assert.same({ n = 2, nil, "b" }, f(nil, "b"))
    local other = {}
    assert.equal(other, f(other)[1])
    assert.equal(owner, f("a", owner)[2])
  end)

  it("lets the face finish what comes out", function()
    local raising = receiver.dropped(owner, function(value, err) return value or error(err, 0) end,
      function() return nil, "refused" end)
    assert.same({ false, "refused" }, { pcall(raising, owner) })
  end)
end)

-- SPDX-License-Identifier: MIT
-- Five kinds of things, every order, every way to end; a state of its own for each of them.
local c_program = require "support.c_program"

describe("row 27: the order in which things end", function()
  for _, way in ipairs{
    "close", "collect", "lua_close", "os.exit", "abandoned coroutine", "error in hook", "call inside __gc",
  } do
    it("leaves nothing behind in all 120 orders of " .. way, function()
      local output, status = c_program.host("starving_host", "close_order", "'" .. way .. "'")
      assert.equal("120 orders\n", output)
      assert.equal(0, status)
    end)
  end
end)

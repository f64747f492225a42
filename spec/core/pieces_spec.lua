-- SPDX-License-Identifier: MIT
-- Pieces of the core, each asked in C what no request can bring about (spec/c/pieces.c).
local c_program = require "support.c_program"

describe("a piece of the core", function()
  local built, program = pcall(c_program.build, "pieces")
  if not built then
    it("builds", function() error(program, 0) end)
    return
  end
  local names, status = c_program.run(program)

  it("can be asked", function()
    assert.equal(0, status, names)
    assert.is_truthy(names:find("signals", 1, true), "these pieces only: " .. names)
  end)

  for name in names:gmatch("[^\n]+") do
    it("holds: " .. name:gsub("_", " "), function()
      local output, verdict = c_program.run(("unset LD_PRELOAD; %s %s"):format(program, name))
      assert.equal(0, verdict, output)
    end)
  end
end)

-- SPDX-License-Identifier: MIT
-- Row 32 of the bar: the wrong versions of spec/mutants (tools/soak 32 runs them) keep up with the code.
local files = require "support.files"

describe("row 32: the mutants", function()
  for _, name in ipairs { "core", "runtime" } do
    it(("of %s each fit one place in the code, and name specs there are"):format(name), function()
      for _, mutant in ipairs(dofile("spec/mutants/" .. name .. ".lua")) do
        local text = assert(files.read(mutant.file), mutant.file)
        for _, edit in ipairs(mutant.edits) do
          local _, last = text:find(edit[1], 1, true)
          assert.is_truthy(last, ("%s: expected in %s: %s"):format(mutant.says, mutant.file, edit[1]))
          assert.is_nil(text:find(edit[1], last + 1, true), mutant.says .. ": expected once: " .. edit[1])
        end
        for spec in mutant.specs:gmatch("%S+") do assert.is_truthy(files.read(spec), spec) end
      end
    end)
  end
end)

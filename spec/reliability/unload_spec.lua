-- SPDX-License-Identifier: MIT
-- Closing a state unloads its C modules. Ours stays: threads of libcurl may still be in its code.
local c_program = require "support.c_program"

local API = rawget(_G, "jit") and "5.1" or _VERSION:match("%d%.%d")

--- package.cpath led to another module.
local function with_cpath(folder, f)
  local before = package.cpath
  package.cpath = folder .. "/?.so;" .. before
  local ok, a, b = pcall(f)
  package.cpath = before
  if not ok then error(a, 0) end
  return a, b
end

describe("row 26: unloading", function()
  it("bears 1,000 states, 100 of them with a thread stuck in the resolver", function()
    local output, status = c_program.host("host", "unload", "1000")
    assert.equal("1000 states, 100 threads were stuck\n", output)
    assert.equal(0, status)
  end)

  it("has the linker's flag to thank for it: the same objects linked without it bring the host down", function()
    local folder = os.tmpname()
    os.remove(folder)
    local output, status = c_program.run(([[mkdir -p %s/seam && cc -shared -o %s/seam/core.so \
      build/CMakeFiles/seam-core-%s.dir/src/*.o build/CMakeFiles/seam-plain.dir/src/*.o \
      -lcurl -lcrypto -lm -lpthread]]):format(folder, folder, API))
    assert(status == 0, output)
    local died = select(2, with_cpath(folder, function() return c_program.host("host", "unload", "200") end))
    c_program.run("rm -r " .. folder)
    assert.is_true(died >= 128, "the host lived (" .. died .. "): the test above proves nothing")
  end)
end)

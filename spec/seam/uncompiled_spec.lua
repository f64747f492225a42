-- SPDX-License-Identifier: MIT
-- LuaJIT's compiler keeps off the modules that walk tables.

local jit = rawget(_G, "jit")
local load_text = rawget(_G, "loadstring") or load

local CHUNK = [[
  if ... then require("seam.uncompiled")() end
  return function() local n = 0 for i = 1, 1000 do n = n + i end return n end
]]

--- How often LuaJIT compiles something while a function runs.
local function traces_of(f)
  local count = 0
  local function on_trace(what) if what == "stop" then count = count + 1 end end
  jit.attach(on_trace, "trace")
  f()
  jit.attach(on_trace)
  return count
end

describe("seam.uncompiled", function()
  it("changes nothing of what a module computes", function()
    assert.equal(500500, load_text(CHUNK)(true)())
    assert.equal(500500, load_text(CHUNK)(false)())
  end)

  it("keeps LuaJIT from compiling what the module's functions do", function()
    if not jit or not jit.status() then return end
    assert.equal(0, traces_of(load_text(CHUNK)(true)))
    assert.is_true(traces_of(load_text(CHUNK)(false)) > 0, "without it the same loop should be compiled")
  end)
end)

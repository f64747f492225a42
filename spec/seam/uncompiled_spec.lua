-- SPDX-License-Identifier: MIT
-- LuaJIT's compiler keeps off the modules that walk tables.

local files = require "support.files"

local jit = rawget(_G, "jit")
local load_text = rawget(_G, "loadstring") or load

local CHUNK = [[
  if ... then require("seam.uncompiled")() end
  return function() local n = 0 for i = 1, 1000 do n = n + i end return n end
]]

-- How often LuaJIT compiles something while the function runs.
local COUNT = [[
  local count, f = 0, (function(...) %s end)(%s)
  require("jit").attach(function(what) if what == "stop" then count = count + 1 end end, "trace")
  f()
  print(count)
]]

--- In a process of its own: one that has compiled much already may have no room for more.
local function traces_of(is_kept_off)
  return tonumber(files.output_of(("luajit -e '%s'"):format(COUNT:format(CHUNK, is_kept_off))))
end

describe("seam.uncompiled", function()
  it("changes nothing of what a module computes", function()
    assert.equal(500500, load_text(CHUNK)(true)())
    assert.equal(500500, load_text(CHUNK)(false)())
  end)

  it("keeps LuaJIT from compiling what the module's functions do", function()
    if not jit or not jit.status() then return end
    assert.equal(0, traces_of("true"))
    assert.is_true(traces_of("false") > 0, "without it the same loop should be compiled")
  end)
end)

-- SPDX-License-Identifier: MIT
-- How long a comparison takes tells nothing about where two texts differ: counted in instructions.
local c_program = require "support.c_program"

local PLACES = 44

local function is_installed(name)
  return select(2, c_program.run("command -v " .. name)) == 0
end

--- The instructions of each call of a C function within a program, the first call left out.
local function count_calls(name, program)
  local folder = os.tmpname()
  os.remove(folder)
  local output, status = c_program.run(([[mkdir %s && LUA_PATH='%s' LUA_CPATH='%s' valgrind --tool=callgrind \
    --callgrind-out-file=%s/out --collect-atstart=no --toggle-collect=%s --dump-after=%s %s]]):format(
    folder, package.path, package.cpath, folder, name, name, program))
  local counts = {}
  for number = 2, 1000 do
    local file = io.open(("%s/out.%d"):format(folder, number))
    if not file then break end
    counts[#counts + 1] = tonumber(file:read("*a"):match("\nsummary: (%d+)"))
    file:close()
  end
  c_program.run("rm -r " .. folder)
  assert(status == 0, output)
  return counts
end

local function smallest_and_largest(counts)
  local smallest, largest = math.huge, 0
  for _, count in ipairs(counts) do
    smallest, largest = math.min(smallest, count), math.max(largest, count)
  end
  return smallest, largest
end

local function hold(counts)
  assert.equal(PLACES + 1, #counts)
  local smallest, largest = smallest_and_largest(counts)
  assert.is_true(smallest > 30, "nothing was counted")
  assert.equal(smallest, largest)
end

describe("row 14: a comparison in constant time", function()
  local missing = not is_installed("valgrind")
    and "valgrind is not installed: nobody counts the instructions of a comparison"

  it("takes as many instructions wherever two digests differ, or if they do not", function()
    if missing then return pending(missing) end
    hold(count_calls("compare_once", c_program.build("constant_time")))
  end)

  it("would be found out if it stopped at the first difference", function()
    if missing then return pending(missing) end
    local smallest, largest = smallest_and_largest(
      count_calls("compare_once", c_program.build("constant_time") .. " all naive"))
    assert.is_true(largest > smallest + PLACES, ("%d to %d"):format(smallest, largest))
  end)

  it("takes as many instructions in a webhook's verification, wherever the signature is wrong", function()
    if missing then return pending(missing) end
    -- LuaJIT is left to its interpreter: what is counted is the C function.
    local lua = rawget(_G, "jit") and "luajit -joff" or "lua" .. c_program.api()
    hold(count_calls("l_equal", lua .. " spec/reliability/hosted/compare.lua"))
  end)

  it("takes no branch that depends on the secret", function()
    if missing then return pending(missing) end
    local program = "valgrind --quiet --error-exitcode=9 " .. c_program.build("constant_time") .. " undefined"
    local output, status = c_program.run(program)
    assert.equal("", output)
    assert.equal(0, status)
    if not io.open("/usr/include/valgrind/memcheck.h") then return end
    assert.equal(9, select(2, c_program.run(program .. " naive")))
  end)
end)

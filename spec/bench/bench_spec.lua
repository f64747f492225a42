-- SPDX-License-Identifier: MIT
-- That bench/run runs, with tiny counts. How fast anything is, no test may say on a machine it shares.

local process = require "support.c_program"

--- Once for all Luas: the bench starts them itself.
local function is_its_turn()
  return _VERSION == "Lua 5.4"
end

local function missing()
  local _, status = process.run("command -v nginx && command -v openssl && command -v lua5.4")
  return status ~= 0 and "nginx, openssl or lua5.4 is not installed" or nil
end

--- What it printed: nothing of the environment of this run is told to it but the way to programs.
local function bench(arguments)
  local output, status = process.run("env -u LUA_PATH -u LUA_CPATH -u LUA_PATH_5_4 -u LUA_CPATH_5_4 -u LD_PRELOAD "
    .. "SEAM_BENCH_BUILT=1 timeout -k 5 300 bench/run --quick " .. arguments)
  assert.equal(0, status, output)
  return output
end

describe("bench/run", function()
  if not is_its_turn() then
    return pending("skipped: the bench starts the Luas itself, so once is enough, on Lua 5.4")
  end
  local lacking = missing()
  if lacking then
    return pending("skipped: " .. lacking)
  end

  it("measures every scenario with the limit and this SDK in it", function()
    local output = bench("--only http")
    for _, name in ipairs { "cold", "small", "list", "fan" } do
      for _, scheme in ipairs { "http", "https" } do
        local head = name .. "-" .. scheme .. " "
        assert.is_truthy(output:find(head, 1, true), head .. "is missing:\n" .. output)
      end
    end
    for _, name in ipairs { "seam, lua5%.4", "c%-limit" } do
      -- Behind a name may stand how many calls it had at once.
      local rows = select(2, output:gsub("\n  " .. name .. "[ %d()]* +%d", ""))
      assert.equal(8, rows, "rows of " .. name .. " with a figure in:\n" .. output)
    end
    assert.is_nil(output:find("failed:", 1, true), output)
  end)

  it("says how to get what is absent", function()
    for line in bench("--only decode"):gmatch("[^\n]+") do
      if line:find("absent", 1, true) then assert.is_truthy(line:find("absent: %S"), line) end
    end
  end)

  it("prints memory and curves as tables for a page", function()
    assert.is_truthy(bench("--only memory --markdown"):find("| seam, lua5.4 | %d"))
    local curves = bench("--curves --markdown")
    assert.equal(4, (select(2, curves:gsub("### ", ""))), curves)
  end)

  it("refuses arguments that it does not know", function()
    local output, status = process.run("SEAM_BENCH_BUILT=1 bench/run --fast")
    assert.not_equal(0, status)
    assert.is_truthy(output:find("--fast", 1, true), output)
  end)
end)

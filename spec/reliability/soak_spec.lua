-- SPDX-License-Identifier: MIT
-- Many calls: what a process holds does not grow. tools/soak makes a million of them.
local c_program = require "support.c_program"
local child = require "support.child"

local CALLS, FAULTS = 50000, 5000

describe("row 23: a soak", function()
  local figures = {}

  setup(function()
    local server = c_program.serve()
    local output, status = c_program.run(("LUA_PATH='%s' LUA_CPATH='%s' timeout -k 5 170 %s %s %s %d %d"):format(
      package.path, package.cpath, child.lua(), "spec/reliability/hosted/soak.lua", server.url, CALLS, FAULTS))
    server:stop()
    assert(status == 0, output)
    for name, rss, fds, heap in output:gmatch("(%a+) rss (%-?%d+) fds (%-?%d+) heap (%-?[%d.]+)") do
      figures[name] = { rss = tonumber(rss), fds = tonumber(fds), heap = tonumber(heap) }
    end
  end)

  local function hold(name, most_rss)
    local got = figures[name]
    assert.is_true(got.rss <= most_rss, ("%d KiB of memory more, %d are allowed"):format(got.rss, most_rss))
    assert.is_true(got.fds <= 0, got.fds .. " descriptors more")
    assert.is_true(got.heap <= 16, ("%.1f KiB of Lua heap more"):format(got.heap))
  end

  it("of 50,000 calls leaves 256 KiB at most, no descriptor and 16 KiB of Lua heap", function() hold("plain", 256) end)
  it("of 5,000 calls that fail leaves 512 KiB at most and no descriptor", function() hold("faulty", 512) end)
end)

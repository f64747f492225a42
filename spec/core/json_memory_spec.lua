-- SPDX-License-Identifier: MIT
-- Long texts and the collector: one list after the other needs little more room than one, and a host that has
-- stopped its collector finds it stopped.
local core = require "seam.core"
local core_calls = require "support.core_calls"

-- In lists. PUC 5.1 cannot tell whether its collector runs, so nothing is asked of it there; 5.3 counts what is
-- asked of it from the pause after its last cycle (without being asked it keeps four and a half).
local MOST_AT_ONCE = { ["Lua 5.1"] = 3.3, ["Lua 5.3"] = 3.3, ["Lua 5.4"] = 1.5 }

--- A program of its own, which has a collector that nobody else has given work.
local READS_LISTS = [[
  local core = require "seam.core"
  local items = {}
  local name = ("a reader at a door "):rep(8)
  for number = 1, 4000 do
    items[number] = ('{"device_id":"%08d-9c1f","properties":{"online":true,"name":"%s%d"},"errors":[]}')
      :format(number, name, number)
  end
  local text = "[" .. table.concat(items, ",") .. "]"
  items = nil
  collectgarbage()
  collectgarbage()
  local before, most = collectgarbage "count", 0
  local list = core.decode(text)
  local size = collectgarbage "count" - before
  assert(#list == 4000)
  list = nil
  for _ = 1, 12 do
    core.decode(text)
    most = math.max(most, collectgarbage "count" - before)
  end
  print(("%.2f"):format(most / size))
]]

describe("a long list", function()
  it("makes room for itself: those that were dropped are gone by then", function()
    local said = core_calls.run_apart(READS_LISTS):gsub("%s+$", "")
    local most = rawget(_G, "jit") and 1.5 or MOST_AT_ONCE[_VERSION]
    assert(tonumber(said) and tonumber(said) < most, ("%s lists at once, %.1f were allowed"):format(said, most))
  end)

  it("leaves a collector alone that was stopped", function()
    local gone = setmetatable({ {} }, { __mode = "v" })
    collectgarbage "stop"
    core.decode("[" .. ("[],"):rep(60000) .. "1]")
    local was_collected = gone[1] == nil
    collectgarbage "restart"
    assert.is_false(was_collected, "the collector was to stay stopped")
  end)
end)

-- SPDX-License-Identifier: MIT
-- Many calls in one process, plain ones and ones that fail, and what the process holds afterwards:
-- prints the growth of its memory, its descriptors and its Lua heap.
local endpoint, calls, faults = arg[1], tonumber(arg[2]), tonumber(arg[3])

local own_process = require "support.own_process"
local seam = require "seam"

local function heap_kib()
  collectgarbage()
  collectgarbage()
  return collectgarbage("count")
end

local client = seam.new{ api_key = "seam_key", endpoint = endpoint, retries = 0 }

local function plain(count)
  for number = 1, count do
    if number % 10 == 0 then
      assert(client.locks.unlock_door("door").status == "success")
    elseif number % 10 == 5 then
      assert(#client.devices.list{ limit = 3 } == 3)
    else
      assert(client.devices.get("device").device_id == "device")
    end
  end
end

local KINDS = { "refused", "html", "garbage", "close", "cut" }

local function faulty(count)
  for number = 1, count do
    local ok, err = pcall(client.devices.get, KINDS[number % #KINDS + 1])
    assert(not ok and seam.is_error(err), tostring(err))
  end
end

--- Runs `act` so often and prints what it left; a fifth of it goes before the first measurement.
local function measure(name, count, act)
  act(math.floor(count / 5))
  plain(1) -- a kept connection both times
  local heap = heap_kib()
  local resident, open = own_process.resident(), own_process.descriptors()
  act(count - math.floor(count / 5))
  plain(1)
  local later = heap_kib()
  print(("%s rss %d fds %d heap %.1f")
    :format(name, own_process.resident() - resident, own_process.descriptors() - open, later - heap))
end

measure("plain", calls, plain)
measure("faulty", faults, faulty)
client:close()

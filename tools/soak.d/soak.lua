-- SPDX-License-Identifier: MIT
-- For row 23: soak.lua <port> <calls> <seconds> clean|faults. Prints what grew between the warmed-up
-- client and the last call: "calls N rss N KiB fds N heap N KiB wrong N".

local core = require "seam.core"
local own_process = require "support.own_process"
local seam = require "seam.safe"

local port, wanted, seconds, mode = ...
wanted, seconds = tonumber(wanted), tonumber(seconds)

local WARM_UP = 20000

local client = seam.new {
  api_key = "seam_soak", endpoint = "http://127.0.0.1:" .. port, retries = 0,
  timeout = 5,
}

-- Where the answer must be a failure, the code it must have.
local FAULTS = {
  { "close", "closed" }, { "cut", "closed" }, { "garbage", "invalid_response" }, { "html", "http" },
  { "refused", "invalid_input" }, { "hang", "timeout" },
}

local function measure()
  collectgarbage()
  collectgarbage()
  return { rss = own_process.resident(), fds = own_process.descriptors(), heap = collectgarbage("count") }
end

--- A generator of our own: the same faults on every Lua.
local state = 20260801
local function random(n)
  state = state * 16807 % 2147483647
  return state % n + 1
end

local wrong = 0

local function expect(truth, what)
  if truth then return end
  wrong = wrong + 1
  if wrong <= 10 then print("wrong: " .. what) end
end

local function clean_call(i)
  local kind = i % 4
  if kind == 0 then
    local attempt, err = client.locks.unlock_door("door")
    expect(attempt and attempt.status == "success", tostring(err))
  elseif kind == 1 then
    local list, pagination = client.devices.list { limit = 3 }
    expect(list and #list == 3 and pagination.has_next_page, tostring(pagination))
  else
    local id = "device-" .. i % 100
    local device, err = client.devices.get(id)
    expect(device and device.device_id == id, tostring(err))
  end
end

local function fault_call(i)
  local draw = random(200)
  -- Silence costs its whole timeout, so it is rarer than the others.
  local fault = draw == 1 and FAULTS[6] or draw > 100 and FAULTS[random(5)]
  if not fault then return clean_call(i) end
  local device, err = client.devices.get(fault[1], { timeout = fault[1] == "hang" and 0.01 or 5 })
  expect(device == nil and err.code == fault[2], fault[1] .. ": " .. tostring(err))
end

local call = mode == "faults" and fault_call or clean_call
for i = 1, WARM_UP do call(i) end

local before, deadline, done = measure(), core.now() + seconds, 0
while done < wanted and core.now() < deadline do
  for i = 1, 1000 do call(i) end
  done = done + 1000
end
local after = measure()

print(("calls %d rss %d KiB fds %d heap %.1f KiB wrong %d"):format(done, after.rss - before.rss,
  after.fds - before.fds, after.heap - before.heap, wrong))

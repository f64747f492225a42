-- SPDX-License-Identifier: MIT
-- One contender of one scenario, in a process of its own:
--
--   drive.lua <client> <cold|small|list|fan|decode> <base url> <count> <concurrency>
--
-- <client> is a file of this folder that returns open(base url, certificates) -> { device =, devices =, fan = }, or
-- for decode a module and its function. Prints the seconds that the calls took, without the process around them.

local name, scenario, base, count, concurrency = arg[1], arg[2], arg[3], tonumber(arg[4]), tonumber(arg[5])

local function open()
  return dofile("bench/clients/" .. name .. ".lua")(base, os.getenv("BENCH_CA_FILE"))
end

local function repeated(f)
  return function()
    for _ = 1, count do f() end
  end
end

--- Body of a file decoded, by "cjson", "seam.core" and their kin.
local function decoding()
  local decode = require(name).decode
  local file = assert(io.open(base, "rb"))
  local body = file:read("*a")
  file:close()
  return repeated(function() assert(decode(body).devices[1].device_id) end)
end

local scenarios = {
  -- What a script does that makes one call: no clock is loaded for it.
  cold = function() open().device() end,
  small = function()
    local client = open()
    client.device()
    return repeated(client.device)
  end,
  list = function()
    local client = open()
    return repeated(function() assert(#client.devices() > 0) end)
  end,
  fan = function()
    local client = open()
    return function() client.fan(count, concurrency) end
  end,
  decode = decoding,
}

local work = scenarios[scenario]()
if work then
  local gettime = require("socket").gettime
  local wall, processor = gettime(), os.clock()
  work()
  print(("inside wall=%.9f cpu=%.9f"):format(gettime() - wall, os.clock() - processor))
end

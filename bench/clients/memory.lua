-- SPDX-License-Identifier: MIT
-- What this SDK keeps in memory: memory.lua <base url> <devices>. Prints KiB.
--   idle      a client after one call, over what the process had with libcurl started and nothing else
--   tables    the list, as Lua counts it
--   above     the most a listing had at once, over the tables it left
--   grown     after a thousand more calls

local base = arg[1]

local seam = require "seam"

local function status(field)
  local file = assert(io.open("/proc/self/status"))
  local text = file:read("*a")
  file:close()
  return tonumber(text:match(field .. ":%s*(%d+) kB"))
end

local function settled()
  collectgarbage()
  collectgarbage()
  return collectgarbage("count")
end

local function new_client()
  return seam.new {
    api_key = "seam_test_0123456789abcdef0123456789ab", endpoint = base, ca_file = os.getenv("BENCH_CA_FILE"),
  }
end

-- Everything is loaded, and libcurl has its connection: a second client is what a client costs.
local first = new_client()
first.devices.get("warm")
local before_client = settled()
local client = new_client()
client.devices.get("warm")
local idle = settled() - before_client

local before, resident = settled(), status("VmRSS")
local file = io.open("/proc/self/clear_refs", "w")
if file then
  file:write("5")
  file:close()
end
local kept = { client.devices.list() }
local peak = status("VmHWM") - resident
local tables = settled() - before
assert(#kept[1] > 0)
kept[1] = nil
local calm = settled()
for _ = 1, 1000 do client.devices.get("warm") end
print(("memory idle=%.1f tables=%.1f above=%.1f grown=%.1f"):format(idle, tables, peak - tables, settled() - calm))

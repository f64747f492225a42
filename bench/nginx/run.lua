-- SPDX-License-Identifier: MIT
-- What calls to Seam cost an nginx worker, measured with wrk against an upstream on the same machine:
--
--   tools/with-lua luajit bench/nginx/run.lua [tries] [calls of the long run]
--
-- 500 calls of 50 ms in flight: calls per second, and how long an unrelated location of the same worker
-- waits meanwhile; one call at a time: what is added to the upstream's own time; 20 reloads under load;
-- memory and descriptors over many calls. Load, upstream and worker share the machine: of several tries
-- the best counts, all are printed.

local files = require "support.files"
local nginx_server = require "support.nginx_server"
local socket = require "socket"

local tries = tonumber(arg[1]) or 3
local long_run = tonumber(arg[2]) or 200000

local DEVICE = '{"device":{"device_id":"one","properties":{"online":true,"locked":true,"battery_level":0.5}},"ok":true}'
local ATTEMPT = '{"action_attempt":{"action_attempt_id":"a","action_type":"UNLOCK_DOOR","status":"success",'
  .. '"result":{},"error":null},"ok":true}'

local function answer(json, seconds)
  return ([[ content_by_lua_block {
    ngx.req.read_body()
    ngx.header["Content-Type"] = "application/json"
    ngx.header["Content-Length"] = %d
    %s
    ngx.print('%s')
  } ]]):format(#json, seconds and ("ngx.sleep(%s)"):format(seconds) or "", json)
end

local UPSTREAM = [[
  keepalive_requests 100000000;
  location /devices/get { %s }
  location /locks/unlock_door { %s }
  location = /direct { %s }
]]

local TARGET = [[
  keepalive_requests 100000000;
  location = /alive { return 204; }
  location = /nothing { content_by_lua_block { ngx.print("one") } }
  location = /read { content_by_lua_block { ngx.print((client.devices.get("one")).device_id) } }
  location = /proxied { proxy_pass %s/direct; }
  location = /unlock { content_by_lua_block { ngx.say((client.locks.unlock_door("one")).status) } }
]]

local function start_upstream(seconds)
  return nginx_server.start { connections = 8192, workers = 1,
    server = UPSTREAM:format(answer(DEVICE, seconds), answer(ATTEMPT, seconds), answer(DEVICE, seconds)) }
end

local function start_target(upstream, workers)
  local server = TARGET:format(upstream.url)
  return nginx_server.start { connections = 8192, workers = workers or 1, server = server, http = ([[
    init_by_lua_block { client = require("seam").new{ api_key = "seam_bench", endpoint = "%s", retries = 0 } }
  ]]):format(upstream.url) }
end

-- Load -------------------------------------------------------------------------------------------

local UNITS = { us = 0.001, ms = 1, s = 1000 }

local function read_wrk(text)
  local function latency(name)
    local number, unit = text:match("\n%s+" .. name .. "%%%s+([%d.]+)(%a+)")
    return number and tonumber(number) * UNITS[unit] or 0
  end
  return {
    rate = tonumber(text:match("Requests/sec:%s+([%d.]+)")), median = latency("50"), p99 = latency("99"),
    count = tonumber(text:match("(%d+) requests in")),
    failed = text:match("Non%-2xx[^\n]*") or text:match("Socket errors[^\n]*"),
  }
end

local function wrk(url, connections, seconds)
  return read_wrk(files.output_of(("wrk -t1 -c%d -d%ds --timeout 10s --latency %s 2>&1")
    :format(connections, seconds, url)))
end

local function start_probe(port, seconds)
  return io.popen(("$(command -v chrt >/dev/null && chrt -f 10 true 2>/dev/null && echo chrt -f 10) luajit " ..
    "bench/nginx/probe.lua %d %d"):format(port, seconds))
end

local function load_average() return files.read("/proc/loadavg"):match("^%S+") end

local function worker_of(nginx) return nginx:workers()[1] end

local function state_of(pid)
  return tonumber(files.read(("/proc/%d/status"):format(pid)):match("VmRSS:%s*(%d+)")),
    tonumber(files.output_of(("ls /proc/%d/fd | wc -l"):format(pid)))
end

-- Measurements -----------------------------------------------------------------------------------

local function measure_many()
  print("\n500 calls of 50 ms in flight, of 10,000 a second that are possible (best of the tries: >= 8500/s, " ..
    "median < 0.5 ms, p99 < 6 ms)")
  local upstream = start_upstream("0.05")
  local target = start_target(upstream)
  wrk(target.url .. "/read", 500, 1)
  for try = 1, tries do
    local probe = start_probe(target.port, 4)
    local result = wrk(target.url .. "/read", 500, 5)
    local median, p99, max = probe:read("*a"):match("(%S+) (%S+) (%S+)")
    probe:close()
    print(("  try %d: %5.0f calls/s, p50 %.1f ms; unrelated location: median %s p99 %s max %s ms; load %s%s"):format(
      try, result.rate, result.median, median, p99, max, load_average(), result.failed and "; " .. result.failed or ""))
  end
  local direct = wrk(upstream.url .. "/direct", 500, 4)
  print(("  the upstream asked directly: %.0f/s, p50 %.1f ms"):format(direct.rate, direct.median))
  target:stop()
  upstream:stop()
end

--- Keeps every processor from falling asleep, with what runs only where nothing else does, for so many
--- seconds at most; returns how to stop it earlier. On a virtual machine a sleeping processor takes a few
--- tenths of a millisecond to wake up.
local function keep_awake(seconds)
  local pids = files.output_of(([[for i in $(seq $(nproc)); do
    timeout %d chrt -i 0 sh -c 'while :; do :; done' >/dev/null 2>&1 & echo $!
  done]]):format(seconds))
  return function() files.output_of("kill " .. pids:gsub("%s+", " ")) end
end

local function measure_one_from(upstream, target, what)
  for try = 1, tries do
    local direct, nothing = wrk(upstream.url .. "/direct", 1, 2), wrk(target.url .. "/nothing", 1, 1)
    local proxied, result = wrk(target.url .. "/proxied", 1, 2), wrk(target.url .. "/read", 1, 2)
    print(("  upstream of %s, try %d: direct %.3f, doing nothing %.3f, with a call %.3f ms: " ..
      "%.3f ms added (by proxy_pass %.3f); load %s"):format(what, try, direct.median, nothing.median,
      result.median, result.median - direct.median, proxied.median - direct.median, load_average()))
  end
end

local function measure_one()
  print("\none call at a time: added to the upstream's own time (best of the tries: < 0.5 ms)")
  for _, seconds in ipairs { false, "0.05" } do
    local upstream = start_upstream(seconds)
    local target = start_target(upstream)
    wrk(target.url .. "/read", 1, 1)
    measure_one_from(upstream, target, seconds and "50 ms" or "0 ms")
    if seconds then
      local stop = keep_awake(tries * 30)
      measure_one_from(upstream, target, "50 ms, processors kept awake")
      stop()
    end
    target:stop()
    upstream:stop()
  end
end

local function measure_reloads()
  print("\n20 reloads under load (must: 0 lost, 0 wrong)")
  local upstream = start_upstream("0.01")
  local target = start_target(upstream, 2)
  local loads = {}
  for i = 1, 8 do loads[i] = io.popen(("luajit spec/nginx/load.lua %d 14 /unlock"):format(target.port)) end
  for _ = 1, 20 do
    socket.sleep(0.6)
    target:signal("HUP")
  end
  for i = 1, 8 do
    print("  " .. (loads[i]:read("*a"):gsub("\n$", "")))
    loads[i]:close()
  end
  local log = target:stop()
  print(("  workers that left: %d, of them by a signal: %d, alerts: %d"):format(
    select(2, log:gsub("exited with code 0", "")), select(2, log:gsub("exited on signal", "")),
    select(2, log:gsub("%[alert%]", ""))))
  upstream:stop()
end

local function measure_long_run()
  print(("\n%d calls (must: memory and descriptors stay flat)"):format(long_run))
  local upstream = start_upstream(false)
  local target = start_target(upstream)
  local count = 0
  while count < long_run do
    local before = count
    repeat count = count + wrk(target.url .. "/read", 50, 2).count until count - before >= long_run / 5
    local memory, descriptors = state_of(worker_of(target))
    print(("  after %6d calls: %d KiB, %d descriptors"):format(count, memory, descriptors))
  end
  target:stop()
  upstream:stop()
end

local reason = nginx_server.missing()
if not reason and files.output_of("command -v wrk") == "" then reason = "wrk is not installed (apt install wrk)" end
if reason then
  print("not measured: " .. reason)
  os.exit(0)
end
measure_one()
measure_many()
measure_reloads()
measure_long_run()

-- SPDX-License-Identifier: MIT
-- Row 33 of the bar: a wall clock that jumps an hour to and fro moves no deadline and no wait, and a
-- webhook is judged exactly at the edge of its tolerance.

local core_calls = require "support.core_calls"
local http_peer = require "support.http_peer"
local planted_core = require "support.planted_core"
local preload = require "support.preload"

-- Every wait is measured by the system's own monotonic clock, through a socket that never gets ready.
local WAITS = [[
  local core, seam, socket = require "seam.core", require "seam", require "socket"
  local url = %q
  local client = seam.new { api_key = "seam_clock", endpoint = url, retries = 0 }
  local waits = {
    deadline = { 1, function() client.devices.list({}, { timeout = 1 }) end },
    attempt = { 1, function()
      client.locks.unlock_door("d1", { timeout = 5, wait_for_action_attempt = { timeout = 1 } })
    end },
    retry_after = { 1, function() client.devices.get("d1", { retries = 1, timeout = 5 }) end },
    step = { 1, function()
      local pool = core.pool()
      local transfer = pool:submit { method = "GET", url = url .. "/devices/list", timeout = 1 }
      while not transfer:done() do pool:step(60) end
    end },
  }
  local function ticks()
    local file = assert(io.open("/proc/uptime"))
    local seconds = tonumber(file:read("*l"):match("^%%S+"))
    file:close()
    return seconds
  end
  local wait, run = waits[%q][1], waits[%q][2]
  local jumped, seen = false, core.wall()
  for _ = 1, 20 do
    socket.sleep(0.01)
    if math.abs(core.wall() - seen) > 1000 then jumped = true end
  end
  for _ = 1, 5 do pcall(client.workspaces.get) end -- the connection is warm, the modules are loaded
  local before = ticks()
  pcall(run)
  print(("%%s %%.3f"):format(tostring(jumped), (ticks() - before) / wait))
]]

local SCRIPT = {
  { match = { path = "/workspaces/get" }, reply = { json = { workspace = { workspace_id = "w" } } } },
  { match = { path = "/devices/list" }, play = { { recv = "all" }, { hang = true } } },
  { match = { path = "/devices/get", nth_of_path = 1 }, reply = { status = 503, headers = { ["Retry-After"] = "1" } } },
  { match = { path = "/devices/get" }, reply = { json = { device = { device_id = "d1" } } } },
  { reply = { json = { action_attempt = { action_attempt_id = "a1", status = "pending" } } } },
}

local function skipped()
  if preload.environment("clock") then return false end
  pending("skipped: the clock's preload was not built (it needs Linux and a checkout)")
  return true
end

describe("row 33: a wall clock that jumps an hour on, an hour back and home again every 20 ms", function()
  local peer

  setup(function() peer = http_peer.start() end)
  teardown(function() peer:stop() end)

  --- How long a wait took, as a part of what was asked for.
  local function ratio(name, cpath)
    peer:script(SCRIPT)
    local code = WAITS:format(peer.url, name, name)
    if cpath then code = ("package.cpath = %q .. package.cpath\n"):format(cpath) .. code end
    -- A wrong clock may wait for hours: 20 s are wrong enough.
    local output, status = core_calls.run_apart(code,
      ("SEAM_WALL_JUMPS=20 %s timeout 20"):format(preload.environment("clock")))
    if status == 124 then return 20 end
    local jumped, part = output:match("^(%a+) (%S+)\n$")
    assert.equal("true", jumped, "expected the wall clock to jump, got: " .. output)
    return tonumber(part)
  end

  --- The shortest of three: a machine in a hurry may let any process wait for its turn.
  local function shortest(name, cpath)
    local best
    for _ = 1, 3 do
      local part = ratio(name, cpath)
      if not best or part < best then best = part end
      if best <= 1.05 then break end
    end
    return best
  end

  for name, what in pairs {
    deadline = "a call's deadline", attempt = "the wait for an action attempt",
    retry_after = "the pause before another attempt", step = "a raw transfer's deadline",
  } do
    it("leaves " .. what .. " within 5%", function()
      if skipped() then return end
      local part = shortest(name)
      assert.is_true(part >= 0.95 and part <= 1.05, ("expected 0.95 to 1.05 of the wait, got %.3f"):format(part))
    end)
  end

  it("would be noticed: a core whose monotonic clock is the wall clock waits wrongly", function()
    if skipped() then return end
    local cpath = planted_core.build("wall_for_monotonic", { ["clock.c"] = {
      { "return read_clock(CLOCK_MONOTONIC);", "return read_clock(CLOCK_REALTIME);" },
    } })
    if not cpath then return pending("skipped: nothing can be compiled here") end
    -- A jumping clock may show the right time by chance, but not again and again.
    for _ = 1, 6 do
      local part = ratio("attempt", cpath)
      if part < 0.95 or part > 1.05 then return end
    end
    error("expected a wrong wait in one of six tries")
  end)
end)

local VERDICTS = [[
  local webhook = require "seam.webhook.safe"
  local core = require "seam.core"
  local secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", '{"event_id":"e1","event_type":"x"}'
  assert(math.floor(core.wall()) == 1740422679, "the clock does not stand")
  for _, tolerance in ipairs { 300, 10, 0 } do
    local hook = webhook.new(secret, { tolerance = tolerance })
    for _, sign in ipairs { -1, 1 } do
      for edge = -1, 1 do
        local age = sign * (tolerance + edge)
        local event, err = hook:verify(body, hook:sign(body, "m", 1740422679 - age))
        print(tolerance, ("%d"):format(age), event and "taken" or err.code)
      end
    end
  end
]]

local EXPECTED = [[
300	-299	taken
300	-300	taken
300	-301	too_new
300	299	taken
300	300	taken
300	301	too_old
10	-9	taken
10	-10	taken
10	-11	too_new
10	9	taken
10	10	taken
10	11	too_old
0	1	too_old
0	0	taken
0	-1	too_new
0	-1	too_new
0	0	taken
0	1	too_old
]]

describe("row 33: a webhook's age", function()
  for _, wall in ipairs { "1740422679", "1740422679.001", "1740422679.5", "1740422679.999" } do
    it("is judged to the second at " .. wall, function()
      if skipped() then return end
      local output = core_calls.run_apart(VERDICTS, ("SEAM_WALL=%s %s"):format(wall, preload.environment("clock")))
      assert.equal(EXPECTED, output)
    end)
  end

  it("follows the wall clock when that is set wrong by an hour", function()
    if skipped() then return end
    local output = core_calls.run_apart([[
      local webhook = require "seam.webhook.safe"
      local hook = webhook.new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
      local body = '{"event_id":"e1","event_type":"x"}'
      for _, at in ipairs { 1740422679 - 3600, 1740422679, 1740422679 + 3600 } do
        local event, err = hook:verify(body, hook:sign(body, "m", at))
        print(event and "taken" or err.code)
      end
    ]], "SEAM_WALL=1740422679 " .. preload.environment("clock"))
    assert.equal("too_old\ntaken\ntoo_new\n", output)
  end)
end)

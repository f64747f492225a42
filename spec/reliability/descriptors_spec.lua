-- SPDX-License-Identifier: MIT
-- Row 29 of the bar: running out of descriptors is a typed error of something that was never sent, and
-- is over when descriptors are free again; a thousand clients cost little and give it all back.
local core_calls = require "support.core_calls"
local http_peer = require "support.http_peer"
local tls_peer = require "support.tls_peer"

local FEWEST, MOST = 8, 64
local CLIENTS = 1000
local MOST_KIB_EACH = 32
local ROOMY = 4096 -- each client has three descriptors

local DONE = { ok = true, action_attempt = { action_attempt_id = "a", status = "success" } }

-- Under a limit of descriptors: none is free at first, then one more for each call. What fails must say
-- that nothing was sent; in the end calls succeed.
local CODE = [[
  local url, ca_file, codes = %q, %s, { %s }
  local seam = require "seam.safe"
  local held = {}
  local function release()
    if #held > 0 then table.remove(held):close() end
  end
  local function new(hook)
    return seam.new{ api_key = "seam_descriptors_01", endpoint = url, ca_file = ca_file, on_retry = hook }
  end
  local function unlock(client, retries) return client.locks.unlock_door("lock", { retries = retries, timeout = 5 }) end
  local warm = new()
  unlock(warm) -- loads what it needs
  warm:close()
  collectgarbage()
  while true do
    local file = io.open("/dev/null")
    if not file then break end
    held[#held + 1] = file
  end
  local failed = 0
  for _ = 1, 8 do
    local client = new()
    local value, err = unlock(client, 0)
    client:close()
    if not value then
      failed = failed + 1
      if err.name ~= "SeamHttpError" or not codes[err.code] or err.outcome ~= "not_sent" then print(err) end
    end
    release()
  end
  if failed == 0 then print("no call failed") end
  while #held > 0 do release() end
  local client = new()
  if not unlock(client) then print("calls did not succeed again") end
  client:close()
  print("done")]]

describe("row 29: descriptors", function()
  local peer

  setup(function() peer = http_peer.start() end)
  teardown(function() peer:stop() end)

  local function under_limit(limit)
    -- What this process has open, other specs' servers too, is not the program's.
    return ([[bash -c 'for n in $(ls /proc/$$/fd); do [ $n -le 2 ] || eval "exec $n>&-"; done; ]]
      .. [[ulimit -n %d; exec "$@"' bash]])
      :format(limit)
  end

  local function run_limited(limit, url, ca_file, codes)
    local code = CODE:format(url, ca_file and ("%q"):format(ca_file) or "nil", codes)
    return core_calls.run_apart(code, under_limit(limit))
  end

  it(("that run out under limits of %d to %d are a typed error, and nothing was sent"):format(FEWEST, MOST), function()
    peer:script{ { reply = { json = DONE } } }
    for limit = FEWEST, MOST do
      local output, status = run_limited(limit, peer.url, nil, "connect = true, dns = true")
      assert.equal("done\n", output, "limit " .. limit)
      assert.equal(0, status)
    end
  end)

  it("that run out under TLS are a typed error, too", function()
    if not tls_peer.available() then return pending("skipped: the openssl program is not installed") end
    if not pcall(require, "ssl") then return pending("skipped: lua-sec is not installed") end
    local certificate = tls_peer.certificate()
    local port = peer:open{ kind = "tls", key = certificate.key, certificate = certificate.file }
    peer:script{ { reply = { json = DONE } } }
    for limit = 16, MOST, 16 do
      -- A file of certificates that cannot be opened is what OpenSSL calls it then.
      local output, status = run_limited(limit, "https://127.0.0.1:" .. port, certificate.file,
        "connect = true, tls = true")
      assert.equal("done\n", output, "limit " .. limit)
      assert.equal(0, status)
    end
    certificate:remove()
  end)

  it("that are free again in time let a write succeed at its second attempt", function()
    peer:script{ { reply = { json = DONE } } }
    local output, status = core_calls.run_apart(([[
      local seam = require "seam.safe"
      local held, retries = {}, 0
      local client = seam.new{ api_key = "seam_descriptors_01", endpoint = %q, on_retry = function()
        retries = retries + 1
        while #held > 0 do table.remove(held):close() end
      end }
      local warm = seam.new{ api_key = "seam_descriptors_01", endpoint = %q }
      assert(warm.locks.unlock_door("warm"))
      warm:close() -- the last client gives the connections back: the next needs new ones
      while true do
        local file = io.open("/dev/null")
        if not file then break end
        held[#held + 1] = file
      end
      print(client.locks.unlock_door("lock") ~= nil, retries)]]):format(peer.url, peer.url),
under_limit(32))
    assert.equal("true\t1\n", output)
    assert.equal(0, status)
  end)

  it("that run out once a door was asked to move do not lose what became of it", function()
    local begun = { ok = true, action_attempt = { action_attempt_id = "a", status = "pending" } }
    peer:script{ { match = { path = "/locks/unlock_door" }, reply = { json = begun } }, { reply = { json = DONE } } }
    local output, status = core_calls.run_apart(([[
      local seam = require "seam.safe"
      local held = {}
      local client = seam.new{ api_key = "seam_descriptors_01", endpoint = %q, on_response = function()
        while true do
          local file = io.open("/dev/null")
          if not file then break end
          held[#held + 1] = file
        end
      end }
      local attempt, err = client.locks.unlock_door("lock")
      print(#held > 0, attempt and attempt.status or err)]]):format(peer.url), under_limit(32))
    assert.equal("true\tsuccess\n", output)
    assert.equal(0, status)
  end)

  it("and memory of a thousand clients are small: they share their connections, and give all back", function()
    peer:script{ { reply = { json = DONE } } }
    local output, status = core_calls.run_apart(([[
      local own_process, seam = require "support.own_process", require "seam.safe"
      local function new() return seam.new{ api_key = "seam_descriptors_01", endpoint = %q } end
      assert(new().locks.unlock_door("warm"))
      collectgarbage()
      collectgarbage()
      local descriptors, memory, clients = own_process.descriptors(), own_process.resident(), {}
      for index = 1, %d do
        clients[index] = new()
        assert(clients[index].locks.unlock_door("lock"))
      end
      print(own_process.descriptors() - descriptors, (own_process.resident() - memory) / #clients)
      clients = nil
      collectgarbage()
      collectgarbage()
      print(own_process.descriptors() - descriptors)]]):format(peer.url, CLIENTS), under_limit(ROOMY))
    local opened, each, left = output:match("^(%d+)\t(%S+)\n(%-?%d+)\n$")
    assert.equal(0, status, output)
    -- A connection, and what waits for it.
    assert.is_true(tonumber(opened) <= 6, "the clients should have used one connection: " .. output)
    assert.is_true(tonumber(each) <= MOST_KIB_EACH, "KiB for each client: " .. each)
    assert.equal("0", left, "descriptors left after collection")
  end)
end)

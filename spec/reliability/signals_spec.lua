-- SPDX-License-Identifier: MIT
-- Row 28 of the bar: signals of the host interrupt nothing for good, and a peer that resets in the
-- middle of what is sent to it raises none.
local core_calls = require "support.core_calls"
local http_peer = require "support.http_peer"
local preload = require "support.preload"
local tls_peer = require "support.tls_peer"

local CALLS = 300
local BODY_BYTES = 20 * 1024 * 1024

describe("row 28: signals", function()
  local peer

  setup(function() peer = http_peer.start() end)
  teardown(function() peer:stop() end)

  it(("every 500 us disturb none of %d calls"):format(CALLS), function()
    local environment = preload.environment("timer")
    if not environment then return pending("skipped: the timer's preload was not built") end
    local done = { ok = true, device = { device_id = "d" },
      action_attempt = { action_attempt_id = "a", status = "success" } }
    peer:script{ { play = { { recv = "all" }, { wait = 0.002 }, { reply = { json = done } } } } }
    local output, status = core_calls.run_apart(([[
      local seam = require "seam.safe"
      local client = seam.new{ api_key = "seam_signals_0001", endpoint = %q, retries = 0 }
      for index = 1, %d do
        local value, err
        if index %% 2 == 0 then
          value, err = client.locks.unlock_door("lock")
        else
          value, err = client.locks.get("lock")
        end
        if not value then print(index, err) end
      end
      client:close()]]):format(peer.url, CALLS), environment)
    local ticks = tonumber(output:match("ticks (%d+)\n$"))
    assert.equal("", (output:gsub("ticks %d+\n$", "")))
    assert.equal(0, status)
    assert.equal(CALLS, peer:report().complete)
    assert.is_true((ticks or 0) >= CALLS, ("only %s signals came"):format(tostring(ticks)))
  end)

  --- Sends 20 MB to a peer that resets after the first of it, with SIGPIPE as deadly as it ever is.
  local function reset_while_sending(url, ca_file, environment)
    peer:script{ { play = { { recv = 65536 }, { wait = 0.02 }, { rst = true } } } }
    return core_calls.run_apart(([[
      require("seam_process").default_sigpipe()
      local calls, core = require "support.core_calls", require "seam.core"
      local body = ("x"):rep(%d)
      for _, reads in ipairs{ true, false } do
        local pool = core.pool()
        local code, _, sent = calls.failure(pool,
          { method = "POST", url = %q, body = body, ca_file = %s, reads = reads, timeout = 10 })
        print(code, sent)
        pool:close()
      end]]):format(BODY_BYTES, url .. "/locks/unlock_door", ca_file and ("%q"):format(ca_file) or "nil"),
      environment)
  end

  it("do not come of a peer that resets in the middle of 20 MB", function()
    local output, status = reset_while_sending(peer.url)
    assert.equal("closed\ttrue\nclosed\ttrue\n", output)
    assert.equal(0, status)
  end)

  local function reset_while_sending_tls(environment)
    if not tls_peer.available() then return pending("skipped: the openssl program is not installed") end
    if not pcall(require, "ssl") then return pending("skipped: lua-sec is not installed") end
    local certificate = tls_peer.certificate()
    local port = peer:open{ kind = "tls", key = certificate.key, certificate = certificate.file }
    local output, status = reset_while_sending("https://127.0.0.1:" .. port, certificate.file, environment)
    certificate:remove()
    assert.equal("closed\ttrue\nclosed\ttrue\n", output)
    assert.equal(0, status)
  end

  it("do not come of a peer that resets in the middle of 20 MB under TLS", function()
    reset_while_sending_tls()
  end)

  it("do not come of it where TLS writes as older libraries did, without asking for no signal", function()
    local environment = preload.libcurl("075600", "send")
    if not environment then return pending("skipped: the preloads of older libraries were not built") end
    reset_while_sending_tls(environment)
  end)
end)

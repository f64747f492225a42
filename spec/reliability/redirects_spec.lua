-- SPDX-License-Identifier: MIT
-- Row 7 of the bar: a redirect is an error, wherever it points; nobody is asked a second time.
local http_peer = require "support.http_peer"
local seam = require "seam.safe"

local KEY = "seam_redirects_0001"
local LOCK = "681bf7bc-e7c6-48e6-acfe-6dbabd0615c5"
local STATUSES = { 301, 302, 303, 307, 308 }
local TARGETS = {
  { "the same host", function(first) return first.url .. "/elsewhere" end },
  { "another port", function(_, second) return second.url .. "/locks/unlock_door" end },
  { "another host", function(_, second) return ("http://localhost:%d/locks/unlock_door"):format(second.port) end },
  { "plain http", function(_, second) return ("http://127.0.0.2:%d/"):format(second.port) end },
  { "a file", function() return "file:///etc/hostname" end },
  { "a host without a scheme", function(_, second) return ("//127.0.0.1:%d/x"):format(second.port) end },
}
local CALLS = {
  { "a write", "POST /locks/unlock_door", function(client) return client.locks.unlock_door(LOCK) end },
  { "a read", "GET /locks/list", function(client) return client.locks.list() end },
  { "a request by path", "GET /devices/list",
    function(client) return client.request{ path = "/devices/list", method = "GET" } end },
}

describe("row 7: a redirect", function()
  local first, second

  setup(function()
    first, second = http_peer.start(), http_peer.start()
    second:script{ { reply = { json = { ok = true } } } }
  end)
  teardown(function()
    first:stop()
    second:stop()
  end)

  local function redirected(status, location, call)
    first:script{
      { match = { path = "/elsewhere" }, reply = { json = { ok = true } } },
      { reply = { status = status, headers = { Location = location }, json = { ok = true, devices = {} } } },
    }
    local client = seam.new{ api_key = KEY, endpoint = first.url }
    local value, err = call[3](client)
    client:close()
    return value, err, first:report()
  end

  for _, status in ipairs(STATUSES) do
    for _, target in ipairs(TARGETS) do
      it(("with status %d to %s is not followed"):format(status, target[1]), function()
        for _, call in ipairs(CALLS) do
          local value, err, report = redirected(status, target[2](first, second), call)
          assert.is_nil(value, call[1] .. ": expected an error")
          assert.equal("SeamHttpError", err.name)
          assert.equal("redirect", err.code)
          assert.equal("rejected", err.outcome)
          assert.equal(status, err.status_code)
          assert.equal(1, err.attempts)
          assert.same({ [call[2]] = 1 }, report.by_path)
        end
        assert.equal(0, #second:report().connections, "connections to the second server")
      end)
    end
  end

  it("could have been followed: the second server answers whoever asks it", function()
    local client = seam.new{ api_key = KEY, endpoint = second.url }
    assert(client.request{ path = "/locks/unlock_door", method = "POST" })
    client:close()
    assert.equal(1, #second:report().connections)
  end)
end)

-- SPDX-License-Identifier: MIT
-- Many locks are asked at once, as many as the caller says: over real connections, which count.

local fleet = require "seam.fleet"
local http_peer = require "support.http_peer"
local safe = require "seam.safe"
local seam = require "seam"

local ENDED = { has_next_page = false }

describe("fleet.report over a network", function()
  local peer

  before_each(function()
    peer = http_peer.start()
    local devices = {}
    for i = 1, 12 do
      devices[i] = { device_id = "d" .. i, display_name = "Lock " .. i, device_type = "salto_lock",
        can_unlock_with_code = true, properties = { online = true } }
    end
    local codes = { access_codes = { { name = "Guest", status = "set" } }, pagination = ENDED }
    peer:script {
      { match = { path = "/devices/list" }, reply = { json = { devices = devices, pagination = ENDED } } },
      { match = { path = "/connected_accounts/list" },
        reply = { json = { connected_accounts = { { display_name = "a" } }, pagination = ENDED } } },
      -- Slow enough that all who may ask do ask.
      { match = { path = "/access_codes/list" },
        play = { { recv = "all" }, { wait = 0.15 }, { reply = { json = codes } } } },
    }
  end)

  after_each(function() peer:stop() end)

  for name, face in pairs { seam = seam, ["seam.safe"] = safe } do
    it("asks so many locks at once, with a client of " .. name, function()
      local client = face.new { api_key = "seam_test1234567890abcd", endpoint = peer.url }
      finally(function() client:close() end)
      local done = 0
      local report = fleet.report(client, {
        codes = "managed", concurrency = 4, on_progress = function(count) done = count end,
      })
      assert.equal(12, report.totals.codes)
      assert.equal(12, done)
      for place, lock in ipairs(report.locks) do assert.equal("Lock " .. place, lock.name) end
      local told = peer:report()
      assert.equal(12, told.by_path["GET /access_codes/list"])
      assert.equal(4, #told.connections, "four connections were expected, one for each lock asked at once")
    end)
  end
end)

-- SPDX-License-Identifier: MIT

local errors = require "seam.errors"
local health_of = require "seam.mqtt.health"

local LOST = errors.new("SeamHttpError", "no answer", { code = "timeout", attempts = 3 })
local REFUSED = errors.new("SeamHttpUnauthorizedError", "wrong key", { status_code = 401, attempts = 1 })

describe("seam.mqtt.health", function()
  local now, said, shown, health

  before_each(function()
    now, said, shown = 100, {}, {}
    local connection = { retain = function(_, topic, payload) shown[topic] = payload end }
    health = health_of.new(connection, { bridge_state = "state", bridge_error = "error" },
      { now = function() return now end, log = function(text) said[#said + 1] = text end, patience = 60 })
  end)

  it("knows nothing at first, and is well once Seam has answered", function()
    assert.same({ state = "offline", error = "" }, shown)
    health:good()
    assert.equal("online", shown.state)
  end)

  it("has patience with an outage, from its first sign on, and logs it once", function()
    health:good()
    now = 1000
    health:bad(LOST)
    now = 1059
    health:bad(LOST)
    assert.equal("online", shown.state)
    now = 1060
    health:bad(LOST)
    assert.same({ state = "offline", error = tostring(LOST) }, shown)
    assert.equal(1, #said)
    health:good()
    assert.same({ state = "online", error = "" }, shown)
    now = 1070
    health:bad(LOST)
    assert.equal("online", shown.state)
  end)

  it("believes a refusal at once", function()
    health:good()
    health:bad(REFUSED)
    assert.equal("offline", shown.state)
  end)
end)

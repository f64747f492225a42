-- SPDX-License-Identifier: MIT
-- A call of an endpoint: its options, its headers, and what it does not send.

local caught = require "support.caught"
local fake = require "support.fake_client"
local seam = require "seam"

local DEVICE = fake.ok '{"device":{"device_id":"d1"}}'

local function read(client, options) return client.devices.get("d1", options) end

describe("a call's headers", function()
  it("join the client's, and win over them whatever their case", function()
    local client, transport = fake.new({ DEVICE }, { headers = { ["X-A"] = "1", ["x-b"] = "2" } })
    read(client, { headers = { ["x-a"] = "3" } })
    assert.equal("3", transport.requests[1].headers["x-a"])
    assert.equal("2", transport.requests[1].headers["x-b"])
    read(client)
    assert.equal("1", transport.requests[2].headers["x-a"])
  end)
end)

describe("a call's options", function()
  it("are checked before anything is sent", function()
    local client, transport = fake.new { DEVICE }
    local err = caught("SeamInvalidOptionsError", read, client, { timout = 5 })
    assert.matches("did you mean 'timeout'", err.message)
    assert.equal(0, #transport.requests)
  end)

  it("reach the questions about an action attempt, too", function()
    local client, transport = fake.new { fake.attempt "pending", fake.attempt "success" }
    client.locks.unlock_door("d1", { headers = { ["x-a"] = "1" } })
    assert.equal("1", transport.requests[2].headers["x-a"])
  end)

  it("say whether to wait, and win over the client's", function()
    local client, transport = fake.new({ fake.attempt "pending", fake.attempt "success" },
      { wait_for_action_attempt = false })
    assert.equal("pending", client.locks.unlock_door("d1").status)
    assert.equal("success", client.locks.unlock_door("d1", { wait_for_action_attempt = true }).status)
    assert.equal(2, #transport.requests)
  end)
end)

describe("an action attempt that fails or takes too long", function()
  it("says what was asked, and how many attempts the request took", function()
    local refused = fake.lost("connect", false)
    local failed = fake.attempt("error", ',"error":{"type":"jammed","message":"Jammed"}')
    for _, case in ipairs { { failed, "SeamActionAttemptFailedError" },
      { fake.attempt "pending", "SeamActionAttemptTimeoutError" } } do
      local client = fake.new { refused, case[1] }
      local err = caught(case[2], client.locks.unlock_door, "d1", { wait_for_action_attempt = { timeout = 1 } })
      assert.same({ "POST", "/locks/unlock_door", 2 }, { err.method, err.path, err.attempts })
    end
  end)
end)

describe("a client without a workspace", function()
  it("calls only what needs none", function()
    local transport = require("support.fake_transport").new { fake.ok '{"workspaces":[]}' }
    local client = seam.without_workspace {
      personal_access_token = "seam_at1234567890abcd", transport = transport,
    }
    assert.same({}, (client.workspaces.list()))
    assert.matches("needs a workspace", caught("SeamInvalidParamsError", client.locks.list).message)
    assert.equal(1, #transport.requests)
  end)
end)

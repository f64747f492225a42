-- SPDX-License-Identifier: MIT
-- A pause that may end early.

local fake = require "support.fake_client"
local pause = require "seam.pause"
local protected = require "seam.protected"

local function new_client()
  local client, transport = fake.new {}
  return protected.client(client), transport
end

describe("seam.pause", function()
  it("is one sleep where nothing can end it", function()
    local client, transport = new_client()
    pause.run(client, 500)
    assert.same({ 500 }, transport.sleeps)
  end)

  it("looks about once a second whether it is over, in long ones ten times", function()
    local client, transport = new_client()
    pause.run(client, 2.5, function() return false end)
    assert.same({ 1, 1, 0.5 }, transport.sleeps)
    client, transport = new_client()
    pause.run(client, 500, function() return false end)
    assert.equal(10, #transport.sleeps)
    assert.equal(50, transport.sleeps[1])
  end)

  it("ends early, or before it begins", function()
    local client, transport = new_client()
    pause.run(client, 60, function() return client.now() >= 12 end)
    assert.same({ 6, 6 }, transport.sleeps)
    pause.run(client, 60, function() return true end)
    assert.equal(2, #transport.sleeps)
  end)
end)

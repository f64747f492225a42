-- SPDX-License-Identifier: MIT
-- When the broker is tried again, what it is told then, and what is not believed.

local connection_of = require "seam.mqtt.connection"

--- A broker that does as the fields of `world` say, and a connection to it.
local function new_world()
  local world = { now = 0, wall = 1000, tries = {}, sent = {}, said = {}, got = {}, inbox = {}, reachable = true }
  local link = {}
  function link.step() return world.failure == nil, world.failure end
  function link.is_accepted() return world.welcome ~= false end
  function link.next()
    local message = table.remove(world.inbox, 1)
    if message then return message[1], message[2], message[3] end
  end
  function link.publish(_, topic, payload, retain)
    world.sent[#world.sent + 1] = ("%s=%s%s"):format(topic, payload, retain and "!" or "")
    return true
  end
  function link.subscribe(_, filter) world.sent[#world.sent + 1] = "subscribe " .. filter end
  function link.close() world.closed = (world.closed or 0) + 1 end
  world.connection = connection_of.new {
    connect = function()
      world.tries[#world.tries + 1] = world.now
      if world.reachable then return link end
      return nil, "refused"
    end,
    now = function() return world.now end, time = function() return world.wall end, random = function() return 1 end,
    log = function(text) world.said[#world.said + 1] = text end, filters = { "commands" },
    on_message = function(topic, payload, retained) world.got[#world.got + 1] = { topic, payload, retained } end,
  }
  function world.pass(seconds)
    for _ = 1, math.floor(seconds * 2 + 0.5) do
      world.now, world.wall = world.now + 0.5, world.wall + 0.5
      world.connection:turn()
    end
  end
  return world
end

describe("seam.mqtt.connection", function()
  it("tries again later and later, up to a minute", function()
    local world = new_world()
    world.reachable = false
    world.pass(200)
    local gaps = {}
    for i = 2, #world.tries do gaps[i - 1] = world.tries[i] - world.tries[i - 1] end
    assert.same({ 1, 2, 4, 8, 16, 32, 60, 60 }, gaps)
    assert.is_truthy(world.said[1]:find("refused", 1, true))
  end)

  it("says again all that is to be known when the broker is back, and not what has happened", function()
    local world = new_world()
    world.connection:retain("b", "2")
    world.connection:retain("a", "1")
    world.connection:turn()
    assert.same({ "subscribe commands", "a=1!", "b=2!" }, world.sent)
    assert.is_true(world.connection:send("event", "e"))
    world.connection:retain("a", "1")
    world.connection:retain("a", "3")
    assert.same({ "event=e", "a=3!" }, { world.sent[4], world.sent[5] })
    world.failure = "lost"
    world.connection:turn()
    assert.is_false(world.connection:is_open())
    assert.same({ nil, "the broker is away" }, { world.connection:send("event", "e2") })
    world.failure, world.sent = nil, {}
    world.pass(2)
    assert.same({ "subscribe commands", "a=3!", "b=2!" }, world.sent)
  end)

  it("gives up a broker that does not say welcome", function()
    local world = new_world()
    world.welcome = false
    world.pass(15)
    assert.is_nil(world.closed)
    world.pass(1)
    assert.equal(1, world.closed)
  end)

  it("drops what waited in the socket while the process was stopped", function()
    local world = new_world()
    world.connection:turn()
    world.inbox = { { "set", "UNLOCK", false } }
    world.wall = world.wall + connection_of.STALL + 0.1
    world.connection:turn()
    assert.same({}, world.got)
    assert.equal(1, world.closed)
    world.inbox = { { "set", "LOCK", false } }
    world.pass(2)
    assert.same({ { "set", "LOCK", false } }, world.got)
  end)
end)

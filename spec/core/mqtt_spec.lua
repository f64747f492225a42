-- SPDX-License-Identifier: MIT
-- The C module of the MQTT bridge at a real broker, and its edges.

local files = require "support.files"
local mqtt_broker = require "support.mqtt_broker"
local mqtt_observer = require "support.mqtt_observer"
local own_process = require "support.own_process"
local socket = require "socket"

local missing = mqtt_broker.missing()

local function module_path()
  for template in package.cpath:gmatch("[^;]+") do
    local path = template:gsub("%?", "seam/mqtt")
    if files.read(path) then return path end
  end
end

describe("seam.mqtt", function()
  if missing then return it("talks to a broker", function() pending(missing) end) end

  local mqtt = require "seam.mqtt"
  local broker

  setup(function() broker = mqtt_broker.new():start() end)
  teardown(function() broker:remove() end)

  local function options(more)
    local given = { host = "127.0.0.1", port = broker.port, client_id = "spec" }
    for name, value in pairs(more or {}) do given[name] = value end
    return given
  end

  --- Steps until the link fails; the reason.
  local function failure_of(link)
    local deadline = socket.gettime() + 10
    while socket.gettime() < deadline do
      mqtt.wait(0.1, -1, link)
      local ok, reason = link:step()
      if not ok then return reason end
    end
  end

  it("says which option is wrong", function()
    for field, value in pairs { host = false, port = 70000, keepalive = 0, client_id = "a\0b", will_payload = 1 } do
      local given = options { will_topic = "will", will_payload = "gone" }
      given[field] = value
      local ok, reason = pcall(mqtt.connect, given)
      assert.is_false(ok, field)
      assert.is_truthy(tostring(reason):find(field, 1, true), tostring(reason))
    end
  end)

  it("brings messages whole, in order, with what the broker kept", function()
    local sender = mqtt_observer.new(broker)
    sender:send("kept", "old", true)
    sender:expect("kept", "old")
    local receiver = mqtt_observer.new(broker)
    receiver:expect("kept", "old")
    assert.same({ "kept", "old", true }, receiver.seen[1])
    local bytes = "\0\1\255" .. ("x"):rep(60000)
    for i = 1, 200 do sender:send("number", tostring(i)) end
    sender:send("bytes", bytes)
    sender:send("kept", "", true)
    receiver:expect("kept", "")
    local numbers = receiver:history "number"
    assert.equal(200, #numbers)
    for i = 1, 200 do assert.equal(tostring(i), numbers[i]) end
    assert.is_true(bytes == receiver.last.bytes)
    sender:close()
    receiver:close()
  end)

  it("drops what is longer than any message for us, and counts it", function()
    local observer = mqtt_observer.new(broker)
    observer:send("long", ("x"):rep(65537))
    observer:send("after", "1")
    observer:expect("after", "1")
    assert.is_nil(observer.last.long)
    assert.equal(1, observer.link:dropped())
    observer:close()
  end)

  it("does nothing once it is closed", function()
    local observer = mqtt_observer.new(broker)
    local link = observer.link
    assert.is_true(link:getfd() >= 0)
    observer:send("self", "1")
    mqtt.wait(1, -1, link)
    link:close()
    link:close()
    assert.equal(-1, link:getfd())
    assert.same({ nil, "the connection is closed" }, { link:step() })
    assert.same({ nil, "there is no connection" }, { link:publish("a", "b") })
    assert.same({ nil, "there is no connection" }, { link:subscribe "a" })
    assert.is_nil(link:next())
    assert.is_false(link:is_accepted())
    assert.is_false(mqtt.wait(0, -1, link))
    assert.equal("seam.mqtt.Link: closed", tostring(link))
  end)

  it("sends nothing before it is welcome", function()
    local link = assert(mqtt.connect(options()))
    assert.same({ nil, "there is no connection" }, { link:publish("a", "b") })
    link:close()
  end)

  it("says that a broker refuses, is not there, or goes", function()
    assert.is_truthy(({ mqtt.connect(options { port = 1 }) })[2]:find "refused")
    local other = mqtt_broker.new { "allow_anonymous false" }:start()
    assert.is_truthy(failure_of(mqtt.connect(options { port = other.port })):find "not authorised")
    other:remove()
    other = mqtt_broker.new():start()
    local observer = mqtt_observer.new(other)
    other:kill()
    assert.is_string(failure_of(observer.link))
    other:remove()
  end)

  it("does not wait for a broker that does not answer", function()
    local ports = require "support.peer.ports"
    local started = socket.gettime()
    for _, kind in ipairs { "full", "deaf" } do
      for _, tls in ipairs { false, true } do
        local link = assert(mqtt.connect(options { port = ports.open { kind = kind }, tls = tls }))
        for _ = 1, 3 do
          mqtt.wait(0.02, -1, link)
          assert.is_true(link:step())
        end
        assert.is_false(link:is_accepted())
        link:close()
      end
    end
    assert.is_true(socket.gettime() - started < 5)
  end)

  it("gives everything back when it is forgotten", function()
    collectgarbage()
    collectgarbage()
    local before = own_process.descriptors()
    for i = 1, 20 do
      local link = assert(mqtt.connect(options { client_id = "forgotten" .. i }))
      for _ = 1, i do
        mqtt.wait(0.01, -1, link)
        link:step()
      end
      pcall(mqtt.connect, options { client_id = 1 })
    end
    collectgarbage()
    collectgarbage()
    assert.equal(before, own_process.descriptors())
  end)

  it("waits for a descriptor, for a link, and no longer than it is told", function()
    local listener = assert(socket.bind("127.0.0.1", 0))
    local _, port = listener:getsockname()
    assert.is_false(mqtt.wait(0, listener:getfd()))
    local client = assert(socket.connect("127.0.0.1", port))
    assert.is_true(mqtt.wait(5, listener:getfd()))
    client:close()
    listener:close()
    local observer = mqtt_observer.new(broker)
    observer:send("wake", "1")
    local started = socket.gettime()
    assert.is_false(mqtt.wait(10, -1, observer.link))
    assert.is_true(socket.gettime() - started < 9)
    started = socket.gettime()
    assert.is_false(mqtt.wait(0.05, -1))
    assert.is_true(socket.gettime() - started >= 0.04)
    observer:close()
  end)

  it("exports one symbol, is never unmapped, and leaves Lua to the host", function()
    local path = module_path()
    local exported = {}
    for name in files.output_of("nm -D --defined-only " .. path):gmatch("%x+ %a ([^\n]+)") do
      exported[#exported + 1] = name
    end
    assert.same({ "luaopen_seam_mqtt" }, exported)
    local dynamic = files.output_of("readelf -dW " .. path)
    assert.is_truthy(dynamic:find("NODELETE", 1, true))
    assert.is_nil(dynamic:find("liblua", 1, true))
    local build = path:match("^(.*)/lua/[%d.]+/seam/mqtt%.so$")
    local below = files.output_of("nm -u " .. build .. "/CMakeFiles/seam-mqtt-plain.dir/src/mqtt/*.o")
    assert.is_truthy(below:find("mosquitto_new", 1, true), "nm shows nothing")
    assert.is_nil(below:match("%f[%w]luaL?_%w+"))
  end)
end)

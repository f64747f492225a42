-- SPDX-License-Identifier: MIT
-- bin/seam-mqtt between a real mosquitto and bin/seam-sandbox: what appears, what is carried out and what
-- is not, and what happens when either end is away.

local child = require "support.child"
local files = require "support.files"
local guarded = require "support.guarded"
local json = require "seam.json"
local mqtt_broker = require "support.mqtt_broker"
local mqtt_observer = require "support.mqtt_observer"
local socket = require "socket"

local missing = mqtt_broker.missing()

local BACK, EXTRA = "681bf7bc-e7c6-48e6-acfe-6dbabd0615c5", "c9fc699a-3f87-4d23-b5c2-1f8ac85aeca1"
local KEY = "seam_test2ZTo_0mEYQW2TvNDCxG5Atpj85Ffw"
local LOCK_CONFIG = "homeassistant/lock/seam_" .. BACK .. "/config"

local function topic(name) return "seam/lock/" .. BACK .. "/" .. name end

local function start_sandbox(port, options)
  local program = guarded.start(
    ("exec %s bin/seam-sandbox --port %d %s"):format(child.lua(), port, options or "--login"))
  program.port = program:says("SEAM_ENDPOINT=http://127%.0%.0%.1:(%d+)")
  program.endpoint = "http://127.0.0.1:" .. program.port
  return program
end

--- Starts the bridge with settings, and the sandbox or whatever listens at an endpoint.
local function start_bridge(endpoint, lines, environment)
  local path = os.tmpname()
  files.write(path, table.concat(lines, "\n") .. "\n")
  local program = guarded.start(("SEAM_API_KEY=%s SEAM_ENDPOINT=%s %s exec %s bin/seam-mqtt --config %s"):format(
    KEY, endpoint, environment or "", child.lua(), path))
  program.config = path
  return program
end

local function settings(broker, more)
  local lines = {
    "port = " .. broker.port, "polling_interval = 0.2", "refresh = 1", "unreachable_after = 1", "repeat_window = 0.3",
  }
  for _, line in ipairs(more or {}) do lines[#lines + 1] = line end
  return lines
end

local function stop(...)
  for i = 1, select("#", ...) do
    local program = select(i, ...)
    if program then
      program:stop()
      if program.config then os.remove(program.config) end
    end
  end
end

--- How often the sandbox was asked to open a door.
local function unlocks(sandbox)
  local _, count = sandbox:said():gsub("POST /locks/unlock_door", "")
  return count
end

local function client_of(sandbox)
  return require("seam").new { api_key = KEY, endpoint = sandbox.endpoint }
end

--- A publisher that sends the same QoS 1 message again, marked as a duplicate, as after a lost answer.
local function publish_twice(broker, name, payload)
  local connection = assert(socket.connect("127.0.0.1", broker.port))
  local function text(value) return string.char(0, #value) .. value end
  local function packet(kind, body) return string.char(kind, #body) .. body end
  local body = text(name) .. string.char(0, 7) .. payload
  assert(connection:send(packet(0x10, text "MQTT" .. string.char(4, 2, 0, 30) .. text "twice")
    .. packet(0x32, body) .. packet(0x3a, body)))
  -- CONNACK and two PUBACKs: the broker has taken both.
  connection:settimeout(5)
  assert.equal(12, #assert(connection:receive(12)))
  connection:close()
end

describe("hosts/mqtt/seam-mqtt.service", function()
  it("is a unit that systemd understands, and little of the machine is left to it", function()
    if files.output_of("command -v systemd-analyze") == "" then return pending("systemd-analyze is not installed") end
    assert.equal("", files.output_of("systemd-analyze verify hosts/mqtt/seam-mqtt.service 2>&1"))
    local said = files.output_of("systemd-analyze security --offline=true hosts/mqtt/seam-mqtt.service 2>&1")
    local exposure = tonumber(said:match("exposure level for [^:]+: ([%d.]+)"))
    if not exposure then return pending("this systemd-analyze judges no unit that is not installed") end
    assert.is_true(exposure < 2, "exposure level " .. exposure)
  end)
end)

describe("bin/seam-mqtt", function()
  if missing then return it("runs against a broker", function() pending(missing) end) end

  local sandbox, broker, bridge, observer

  describe("with everything in place", function()
    setup(function()
      sandbox, broker = start_sandbox(0), mqtt_broker.new():start()
      observer = mqtt_observer.new(broker)
      bridge = start_bridge(sandbox.endpoint, settings(broker))
      observer:expect("seam/bridge/state", "online")
    end)

    teardown(function()
      if observer then observer:close() end
      stop(bridge, sandbox)
      if broker then broker:remove() end
    end)

    it("describes each lock, its battery and where things go", function()
      local lock = json.decode(observer:expect(LOCK_CONFIG, function(text) return text ~= "" end))
      assert.equal(topic "set", lock.command_topic)
      assert.equal(topic "state", lock.state_topic)
      assert.equal("seam_" .. BACK, lock.unique_id)
      assert.equal("BACK DOOR", lock.device.name)
      assert.same({ 0, false, false }, { lock.qos, lock.retain, lock.optimistic })
      assert.same({ { topic = topic "availability" }, { topic = "seam/bridge/state" } }, lock.availability)
      local battery = json.decode(observer.last["homeassistant/sensor/seam_" .. BACK .. "_battery/config"])
      assert.equal("battery", battery.device_class)
      assert.equal("100", observer.last[battery.state_topic])
      assert.equal("LOCKED", observer.last[topic "state"])
      assert.equal("online", observer.last[topic "availability"])
    end)

    it("shows a lock that cannot be moved as what it is", function()
      assert.equal("", observer.last["homeassistant/lock/seam_" .. EXTRA .. "/config"])
      local bolt = json.decode(observer.last["homeassistant/binary_sensor/seam_" .. EXTRA .. "_bolt/config"])
      assert.equal("lock", bolt.device_class)
      assert.is_nil(bolt.command_topic)
    end)

    it("keeps what it says at the broker for whoever comes later", function()
      local late = mqtt_observer.new(broker)
      late:expect("seam/bridge/state", "online")
      late:expect(topic "state", "LOCKED")
      late:expect(LOCK_CONFIG, observer.last[LOCK_CONFIG])
      late:close()
    end)

    it("unlocks and locks, and says so once Seam has", function()
      observer:send(topic "set", "UNLOCK")
      observer:expect(topic "state", "UNLOCKED")
      observer:expect(topic "attributes", function(text) return text:find('"last_method":"remote"', 1, true) end)
      observer:send(topic "set", "LOCK")
      observer:expect(topic "state", "LOCKED")
      local states = observer:history(topic "state")
      local count = #states
      assert.same({ "UNLOCKING", "UNLOCKED", "LOCKING", "LOCKED" },
        { states[count - 3], states[count - 2], states[count - 1], states[count] })
      assert.is_false(client_of(sandbox).locks.get(BACK).properties.locked == false)
    end)

    it("opens once when a command comes twice", function()
      observer:watch(0.5)
      local before = unlocks(sandbox)
      publish_twice(broker, topic "set", "UNLOCK")
      observer:expect(topic "state", "UNLOCKED")
      bridge:says("UNLOCK of " .. BACK:gsub("%p", "%%%0") .. " again [^:]*: ignored")
      observer:watch(0.3)
      assert.equal(before + 1, unlocks(sandbox))
      observer:send(topic "set", "LOCK")
      observer:expect(topic "state", "LOCKED")
    end)

    it("subscribes to commands in the one way that is never delivered twice", function()
      broker.program:says("as seam%-mqtt%-seam %(p2, c1,")
      broker.program:says("seam%-mqtt%-seam 0 seam/lock/%+/set")
    end)

    it("ignores what is no command and what is for nobody", function()
      observer:send(topic "set", "OPEN")
      observer:send("seam/lock/nobody/set", "UNLOCK")
      bridge:says("not a command")
      bridge:says("no such lock is known")
    end)

    it("publishes events and codes, but no PIN", function()
      local client = client_of(sandbox)
      local code = client.access_codes.create { device_id = BACK, name = "Guest" }
      observer:expect(topic "codes", function(text) return text:find('"status":"set"', 1, true) end)
      local pin = client.access_codes.get(code).code
      client.locks.simulate.keypad_code_entry { device_id = BACK, code = pin }
      observer:until_(function()
        return table.concat(observer:history(topic "event")):find('"event_type":"lock.unlocked"', 1, true)
      end, "the event")
      observer:expect(topic "attributes", function(text) return text:find(code.access_code_id, 1, true) end)
      -- What moved by hand is seen as well.
      observer:expect(topic "state", "UNLOCKED")
      for _, message in ipairs(observer.seen) do
        assert.is_nil(message[2]:find('"' .. pin .. '"', 1, true), "a PIN in " .. message[1])
      end
    end)

    it("shows a lock that does not obey, and why", function()
      local client = client_of(sandbox)
      observer:send(topic "set", "LOCK")
      observer:expect(topic "state", "LOCKED")
      client.devices.simulate.disconnect(BACK)
      observer:send(topic "set", "UNLOCK")
      observer:expect(topic "attributes", function(text)
        return text:find('"last_error_code":"device_disconnected"', 1, true)
      end)
      observer:expect(topic "availability", "offline")
      observer:until_(function()
        return table.concat(observer:history(topic "state"), " "):find("UNLOCKING JAMMED", 1, true)
      end, "JAMMED")
      client.devices.simulate.connect(BACK)
      observer:expect(topic "availability", "online")
      observer:expect(topic "state", "LOCKED")
    end)

    it("writes only what changed", function()
      observer:watch(0.5)
      local before = #observer.seen
      observer:watch(2.2)
      assert.equal(before, #observer.seen)
    end)

    it("says that it is gone when it is killed", function()
      bridge:kill()
      observer:expect("seam/bridge/state", "offline")
    end)
  end)

  describe("when something is away", function()
    before_each(function() sandbox, broker = start_sandbox(0), mqtt_broker.new() end)

    after_each(function()
      if observer then observer:close() end
      stop(bridge, sandbox)
      broker:remove()
      observer, bridge = nil, nil
    end)

    it("waits for a broker, and has it know everything again after a crash; no command is sent again", function()
      bridge = start_bridge(sandbox.endpoint, settings(broker))
      bridge:says("the broker is away: Connection refused")
      broker:start()
      observer = mqtt_observer.new(broker)
      observer:expect("seam/bridge/state", "online")
      observer:send(topic "set", "UNLOCK")
      observer:expect(topic "state", "UNLOCKING")
      observer:close()
      broker:kill()
      bridge:says("confirmed")
      broker:start()
      observer = mqtt_observer.new(broker)
      observer:expect(topic "state", "UNLOCKED")
      observer:expect(LOCK_CONFIG, function(text) return text ~= "" end)
      observer:watch(0.5)
      assert.equal(1, unlocks(sandbox))
      observer:send(topic "set", "LOCK")
      observer:expect(topic "state", "LOCKED")
    end)

    it("does not carry out what the broker kept", function()
      broker:start()
      observer = mqtt_observer.new(broker)
      observer:send(topic "set", "UNLOCK", true)
      bridge = start_bridge(sandbox.endpoint, settings(broker))
      bridge:says("kept by the broker")
      observer:expect("seam/bridge/state", "online")
      observer:watch(0.5)
      assert.equal(0, unlocks(sandbox))
      assert.equal("LOCKED", observer.last[topic "state"])
    end)

    it("says when Seam is away, commands nothing meanwhile, and comes back", function()
      broker:start()
      observer = mqtt_observer.new(broker)
      bridge = start_bridge(sandbox.endpoint, settings(broker))
      observer:expect("seam/bridge/state", "online")
      local port = sandbox.port
      stop(sandbox)
      observer:expect("seam/bridge/state", "offline")
      assert.is_truthy(observer.last["seam/bridge/error"]:find("SeamHttpError", 1, true))
      observer:send(topic "set", "UNLOCK")
      observer:expect(topic "attributes", function(text)
        return text:find('"last_error_outcome":"not_sent"', 1, true)
      end)
      observer:expect(topic "state", "LOCKED")
      sandbox = start_sandbox(port)
      observer:expect("seam/bridge/state", "online")
      observer:expect("seam/bridge/error", "")
      assert.equal(0, unlocks(sandbox))
    end)

    it("takes back what it said of locks that are gone, also of earlier runs, and nothing of others", function()
      broker:start()
      observer = mqtt_observer.new(broker)
      local old, others = "homeassistant/lock/seam_old-lock/config", "homeassistant/lock/seam_shed/config"
      observer:send(old, '{"state_topic":"seam/lock/old-lock/state"}', true)
      observer:send(others, '{"state_topic":"shed/state"}', true)
      bridge = start_bridge(sandbox.endpoint, settings(broker))
      observer:expect(old, "")
      observer:expect(LOCK_CONFIG, function(text) return text ~= "" end)
      local port = sandbox.port
      stop(sandbox)
      sandbox = start_sandbox(port, "")
      observer:expect(LOCK_CONFIG, "")
      observer:expect(topic "state", "")
      assert.equal('{"state_topic":"shed/state"}', observer.last[others])
    end)
  end)

  describe("at a broker that lets not everybody in", function()
    local authority

    setup(function()
      sandbox = start_sandbox(0)
      authority = require("support.tls_authority").new()
      authority:root("stranger")
      authority:issue("broker")
      authority:issue("other_name", { names = "DNS:elsewhere.example" })
    end)

    teardown(function()
      stop(sandbox)
      authority:remove()
    end)

    after_each(function()
      if observer then observer:close() end
      stop(bridge)
      if broker then broker:remove() end
      observer, bridge, broker = nil, nil, nil
    end)

    local function tls_broker(certificate)
      return mqtt_broker.new {
        "allow_anonymous true", ("certfile %s/%s.pem"):format(authority.folder, certificate),
        ("keyfile %s/leaf.key"):format(authority.folder),
      }:start()
    end

    local function tls_bridge(lines, environment)
      lines[#lines + 1] = "broker = localhost"
      return start_bridge(sandbox.endpoint, settings(broker, lines), environment)
    end

    it("talks TLS to one whose certificate is good", function()
      broker = tls_broker "broker"
      observer = mqtt_observer.new(broker, { host = "localhost", ca_file = authority.ca_file })
      bridge = tls_bridge { "ca_file = " .. authority.ca_file }
      observer:expect("seam/bridge/state", "online")
      observer:send(topic "set", "UNLOCK")
      observer:expect(topic "state", "UNLOCKED")
    end)

    it("goes by what the system trusts where no file is named", function()
      broker = tls_broker "broker"
      bridge = tls_bridge({ "tls = yes" }, "SSL_CERT_FILE=" .. authority.ca_file)
      bridge:says("connected to the broker")
    end)

    it("talks to no stranger and to none with another's name", function()
      broker = tls_broker "broker"
      bridge = tls_bridge { "ca_file = " .. authority.folder .. "/stranger.pem" }
      bridge:says("certificate verify failed")
      stop(bridge)
      broker:remove()
      broker = tls_broker "other_name"
      bridge = tls_bridge { "ca_file = " .. authority.ca_file }
      bridge:says("the broker is away")
      assert.is_nil(bridge:said():find("connected to the broker", 1, true))
    end)

    it("shows its password, and only to the broker", function()
      broker = mqtt_broker.new { "allow_anonymous false" }
      local password_file = broker.folder .. "/passwords"
      files.write(broker.folder .. "/broker.conf",
        files.read(broker.folder .. "/broker.conf") .. "password_file " .. password_file .. "\n")
      files.output_of(("mosquitto_passwd -b -c %s house s3cret-w0rd 2>&1"):format(password_file))
      files.write(broker.folder .. "/secret", "s3cret-w0rd\n")
      broker:start()
      local lines = settings(broker, { "username = house", "password_file = " .. broker.folder .. "/secret" })
      bridge = start_bridge(sandbox.endpoint, lines)
      bridge:says("connected to the broker")
      local command_line = files.read("/proc/" .. bridge.pid .. "/cmdline") or ""
      assert.is_nil((bridge:said() .. command_line):find("s3cret-w0rd", 1, true))
      stop(bridge)
      bridge = start_bridge(sandbox.endpoint, settings(broker, { "username = house" }), "SEAM_MQTT_PASSWORD=wrong")
      bridge:says("not authorised")
    end)
  end)
end)

-- SPDX-License-Identifier: MIT

local cli = require "seam.mqtt.cli"
local config = require "seam.mqtt.config"
local files = require "support.files"

describe("seam.mqtt.config", function()
  it("has defaults for a broker on this machine", function()
    local read = config.parse ""
    assert.same({ "127.0.0.1", 1883, false, "seam", "homeassistant", false },
      { read.broker, read.port, read.tls, read.topic, read.discovery_prefix, read.pins })
  end)

  it("reads settings, and knows what follows from them", function()
    local read = config.parse(
      "# a comment\n ca_file = /etc/ca.pem \r\n\nbroker=mqtt.lan\ntopic = house/seam\npins = yes")
    assert.same({ "mqtt.lan", 8883, true, "seam-mqtt-house-seam", true },
      { read.broker, read.port, read.tls, read.client_id, read.pins })
  end)

  for text, reason in pairs {
    ["brocker = x"] = "line 1: unknown setting 'brocker'; did you mean 'broker'?",
    ["\nport = 99999"] = "line 2: port must be a port, 1 to 65535",
    ["pins = maybe"] = "line 1: pins must be yes or no",
    ["topic = a/#"] = "line 1: topic must be a topic without wildcards, such as seam or house/seam",
    ["refresh = 0"] = "line 1: refresh must be a number of seconds, more than 0 and at most 86400",
    ["on_failure = x"] = "line 1: on_failure must be jammed or previous",
    ["nonsense"] = "line 1: wanted: name = value",
    ["password = x"] = "line 1: a secret does not belong into this file: use password_file = PATH, "
      .. "or the environment variable SEAM_MQTT_PASSWORD",
    ["tls_insecure = yes"] = "line 1: unknown setting 'tls_insecure'",
  } do
    it("refuses " .. text:gsub("%c", " "), function()
      local read, said = config.parse(text)
      assert.is_nil(read)
      assert.equal(reason, said)
    end)
  end

  it("takes secrets from files", function()
    local path, secret = os.tmpname(), os.tmpname()
    files.write(secret, "word\n")
    files.write(path, "username = house\npassword_file = " .. secret)
    assert.equal("word", config.load(path).password)
    files.write(secret, "\n")
    local _, reason = config.load(path)
    assert.is_truthy(reason:find("is empty", 1, true))
    os.remove(secret)
    _, reason = config.load(path)
    assert.is_truthy(reason:find("password_file: ", 1, true))
    os.remove(path)
  end)

  it("reads the example", function()
    assert.is_table(config.parse(files.read "hosts/mqtt/seam-mqtt.conf"))
  end)

  it("has every setting on its page", function()
    local page = files.read "docs/mqtt.md"
    for _, name in ipairs(config.names()) do
      assert.is_truthy(page:find("| `" .. name .. "` |", 1, true), "no row for " .. name)
    end
  end)
end)

describe("seam.mqtt.cli", function()
  it("reads its arguments", function()
    assert.same({ config = "x", check = true }, cli.parse { "--config", "x", "--check" })
    assert.same({ config = "y" }, cli.parse { "--config=y" })
    assert.same({ nil, "unknown option --confg; did you mean '--config'?" }, { cli.parse { "--confg" } })
  end)
end)

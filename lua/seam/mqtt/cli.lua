-- SPDX-License-Identifier: MIT
-- The command bin/seam-mqtt: reads its arguments and its configuration, and runs the bridge.

local config_of = require "seam.mqtt.config"
local nearest = require "seam.nearest"

local M = {}

-- EX_CONFIG of sysexits.h: starting again will not help.
local WRONG_CONFIG = 78

local USAGE = [[
usage: seam-mqtt [options]

Shows the locks of a Seam workspace to Home Assistant, Domoticz and openHAB by MQTT, and carries out
their commands. docs/mqtt.md says more.

  --config FILE   settings, lines "name = value"; without it the defaults and the environment
  --check         only read the configuration
  --help          this text

The environment has the secrets that the configuration names no files for: SEAM_API_KEY,
SEAM_MQTT_USERNAME, SEAM_MQTT_PASSWORD.
]]

local KNOWN = { ["--config"] = true, ["--check"] = true, ["--help"] = true }

local function log(text)
  io.stderr:write("seam-mqtt: " .. text:gsub("%c", " ") .. "\n")
end

--- Settings of a command line; nil and a sentence for one that cannot be.
---@param arguments string[]
---@return table|nil
---@return string|nil reason
function M.parse(arguments)
  local settings, place = {}, 1
  while arguments[place] do
    local name, value = arguments[place]:match("^(%-%-[%w-]+)=(.*)$")
    name = name or arguments[place]
    if name == "--config" then
      if not value then
        place = place + 1
        value = arguments[place]
      end
      if not value then return nil, "--config needs a file" end
      settings.config = value
    elseif KNOWN[name] and not value then
      settings[name:sub(3)] = true
    else
      return nil, "unknown option " .. name .. nearest.hint(name, KNOWN)
    end
    place = place + 1
  end
  return settings
end

local function complain(sentence)
  log(sentence)
  return WRONG_CONFIG
end

local function is_loopback(host)
  return host == "localhost" or host == "::1" or host:find("^127%.") ~= nil
end

local function run(config)
  local ok, mqtt = pcall(require, "seam.mqtt")
  if not ok then
    return complain("the C module seam.mqtt is not there; install libmosquitto-dev and build again: " .. tostring(mqtt))
  end
  if not config.tls and not is_loopback(config.broker) then
    log("warning: without tls everybody on the way to " .. config.broker .. " can read and command")
  end
  local _, err = require("seam.mqtt.daemon").run(config, mqtt, log)
  return complain(tostring(err))
end

--- Runs the command; returns its exit status.
---@param arguments string[]
---@return integer
function M.main(arguments)
  local settings, reason = M.parse(arguments)
  if not settings then return complain(reason) end
  if settings.help then
    io.stdout:write(USAGE)
    return 0
  end
  local config
  config, reason = config_of.load(settings.config)
  if not config then return complain(reason) end
  if settings.check then
    io.stdout:write(("broker %s:%d, topics %s/..., discovery %s/...\n")
      :format(config.broker, config.port, config.topic, config.discovery_prefix))
    return 0
  end
  return run(config)
end

return M

-- SPDX-License-Identifier: MIT
-- The bridge's configuration: lines "name = value" of a file, and secrets from files or the environment.
-- Secrets stand neither in the configuration nor among the arguments, where others can read them.

local environment = require "seam.environment"
local nearest = require "seam.nearest"

require("seam.uncompiled")()

local M = {}

local KINDS = {
  broker = "text", port = "port", tls = "switch", ca_file = "text", username = "text", password_file = "text",
  client_id = "text", keepalive = "seconds", topic = "topic", discovery_prefix = "topic",
  api_key_file = "text", endpoint = "text", polling_interval = "seconds", refresh = "seconds",
  unreachable_after = "seconds", cursor = "text", codes = "switch", pins = "switch", allow_unlock = "switch",
  on_failure = "on_failure", repeat_window = "seconds",
}

local DEFAULTS = {
  broker = "127.0.0.1", tls = false, keepalive = 30, topic = "seam", discovery_prefix = "homeassistant",
  polling_interval = 10, refresh = 300, unreachable_after = 60, codes = true, pins = false, allow_unlock = true,
  on_failure = "jammed", repeat_window = 3,
}

local SECRETS = {
  password = "password_file = PATH, or the environment variable SEAM_MQTT_PASSWORD",
  api_key = "api_key_file = PATH, or the environment variable SEAM_API_KEY",
}

local SWITCHES = { yes = true, on = true, ["true"] = true, no = false, off = false, ["false"] = false }

local READERS = {}

function READERS.text(value) return value ~= "" and value or nil, "must not be empty" end

function READERS.switch(value) return SWITCHES[value], "must be yes or no" end

function READERS.port(value)
  local port = tonumber(value)
  return port and port % 1 == 0 and port >= 1 and port <= 65535 and port or nil, "must be a port, 1 to 65535"
end

function READERS.seconds(value)
  local seconds = tonumber(value)
  return seconds and seconds > 0 and seconds <= 86400 and seconds or nil,
    "must be a number of seconds, more than 0 and at most 86400"
end

function READERS.topic(value)
  local fits = value ~= "" and not value:find("[#+%s%z]") and not value:find("^[/$]") and not value:find("/$")
  return fits and value or nil, "must be a topic without wildcards, such as seam or house/seam"
end

function READERS.on_failure(value)
  return (value == "jammed" or value == "previous") and value or nil, "must be jammed or previous"
end

local function set(config, name, value)
  if SECRETS[name] then return ("a secret does not belong into this file: use %s"):format(SECRETS[name]) end
  local kind = KINDS[name]
  if not kind then return ("unknown setting '%s'%s"):format(name, nearest.hint(name, KINDS)) end
  local read, rule = READERS[kind](value)
  if read == nil then return ("%s %s"):format(name, rule) end
  config[name] = read
end

local function read_line(config, line)
  if line:find("^%s*$") or line:find("^%s*#") then return nil end
  local name, value = line:match("^%s*([%w_]+)%s*=%s*(.-)%s*$")
  if not name then return "wanted: name = value" end
  return set(config, name, value)
end

--- Reads the text of a configuration.
---@param text string
---@return table|nil config
---@return string|nil reason
function M.parse(text)
  local config, number = {}, 0
  for name, value in pairs(DEFAULTS) do config[name] = value end
  for line in (text .. "\n"):gmatch("(.-)\r?\n") do
    number = number + 1
    local reason = read_line(config, line)
    if reason then return nil, ("line %d: %s"):format(number, reason) end
  end
  if config.ca_file then config.tls = true end
  config.port = config.port or (config.tls and 8883 or 1883)
  config.client_id = config.client_id or "seam-mqtt-" .. config.topic:gsub("[^%w]", "-")
  return config
end

--- The settings there are, in the order of their names.
---@return string[]
function M.names()
  local names = {}
  for name in pairs(KINDS) do names[#names + 1] = name end
  table.sort(names)
  return names
end

local function read_file(path)
  local file, reason = io.open(path, "rb")
  if not file then return nil, reason end
  local text
  text, reason = file:read("*a")
  file:close()
  return text, reason
end

--- The first line of a file that holds nothing but a secret.
local function read_secret(path)
  local text, reason = read_file(path)
  if not text then return nil, reason end
  local secret = text:match("^([^\r\n]*)")
  if secret == "" then return nil, path .. " is empty" end
  return secret
end

local function add_secrets(config)
  config.username = config.username or environment.get("SEAM_MQTT_USERNAME")
  config.password = environment.get("SEAM_MQTT_PASSWORD")
  for _, name in ipairs { "password", "api_key" } do
    local path = config[name .. "_file"]
    if path then
      local secret, reason = read_secret(path)
      if not secret then return nil, ("%s_file: %s"):format(name, reason) end
      config[name] = secret
    end
  end
  if config.password and not config.username then return nil, "there is a password, but no username" end
  return config
end

--- Reads a configuration and the secrets it names.
---@param path string|nil nil: the defaults
---@return table|nil config
---@return string|nil reason
function M.load(path)
  local text, reason = "", nil
  if path then text, reason = read_file(path) end
  if not text then return nil, reason end
  local config
  config, reason = M.parse(text)
  if config then config, reason = add_secrets(config) end
  if config then return config end
  return nil, path and not reason:find(path, 1, true) and path .. ": " .. reason or reason
end

return M

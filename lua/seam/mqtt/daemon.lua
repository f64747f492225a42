-- SPDX-License-Identifier: MIT
-- The bridge put together: one client, one connection, one loop, and what goes on in it for ever.

local codes = require "seam.mqtt.codes"
local commands = require "seam.mqtt.commands"
local connection_of = require "seam.mqtt.connection"
local discovery = require "seam.mqtt.discovery"
local events = require "seam.mqtt.events"
local health_of = require "seam.mqtt.health"
local locks_of = require "seam.mqtt.locks"
local loop_of = require "seam.mqtt.loop"
local yielding = require "seam.yielding"
local seam = require "seam.safe"
local topics_of = require "seam.mqtt.topics"

local M = {}

-- The connection to the broker is looked after at least so often, in seconds.
local TURN = 1
-- After a defect, and while a lock is missing.
local PAUSE, SOON = 5, 30

local function take_message(bridge, topic, payload, retained)
  local id = bridge.topics.commanded(topic)
  if id then return commands.receive(bridge, id, payload, retained) end
  -- What an earlier run has left; our own words come back as well, but not as retained.
  id = retained and discovery.read(bridge.topics, topic, payload)
  if id then bridge.locks:adopt(id) end
end

local function link_options(config, topics)
  return {
    host = config.broker, port = config.port, tls = config.tls, ca_file = config.ca_file,
    client_id = config.client_id, keepalive = math.max(1, math.floor(config.keepalive)),
    username = config.username, password = config.password,
    will_topic = topics.bridge_state, will_payload = "offline",
  }
end

local function new_connection(bridge, mqtt)
  local topics = bridge.topics
  return connection_of.new {
    connect = mqtt.connect, link = link_options(bridge.config, topics), log = bridge.log, random = math.random,
    now = function() return bridge.client.now() end, time = function() return bridge.client.time() end,
    filters = { topics.commands, topics.discovered[1], topics.discovered[2] },
    on_message = function(topic, payload, retained)
      loop_of.spawn(function() take_message(bridge, topic, payload, retained) end, bridge.report)
    end,
  }
end

--- Repeats a step for ever; a defect in one costs that step.
local function keep_doing(bridge, step)
  loop_of.spawn(function()
    while true do
      local ok, delay = yielding.pcall(step)
      if not ok then bridge.report(delay) end
      bridge.client.sleep(ok and delay or PAUSE)
    end
  end, bridge.report)
end

--- Lists the locks and their codes; seconds until the next time.
local function list(bridge)
  local are_missing, err = bridge.locks:list()
  if err then return math.min(PAUSE, bridge.config.refresh) end
  for _, entry in ipairs(bridge.locks:all()) do codes.publish(bridge, entry) end
  return are_missing and math.min(SOON, bridge.config.refresh) or bridge.config.refresh
end

local function new_bridge(config, mqtt, log)
  local core = require "seam.core"
  local loop = loop_of.new(mqtt.wait, core.now)
  local client, err = seam.new { loop = loop, api_key = config.api_key, endpoint = config.endpoint }
  if not client then return nil, err end
  local bridge = {
    config = config, client = client, loop = loop, log = log,
    report = function(problem) log("defect: " .. tostring(problem)) end,
    topics = topics_of.new(config.topic, config.discovery_prefix),
    asked = {}, asked_codes = {}, asked_all = false,
  }
  bridge.connection = new_connection(bridge, mqtt)
  bridge.health = health_of.new(bridge.connection, bridge.topics,
    { now = core.now, log = log, patience = config.unreachable_after })
  bridge.locks = locks_of.new(bridge)
  return bridge
end

--- Runs the bridge, for ever.
---@param config table as seam.mqtt.config reads it
---@param mqtt table the C module
---@param log fun(text: string)
---@return nil
---@return seam.Error err why it could not be started
function M.run(config, mqtt, log)
  local bridge, err = new_bridge(config, mqtt, log)
  if not bridge then return nil, err end
  local watcher
  watcher, err = events.watcher(bridge)
  if not watcher then return nil, err end
  keep_doing(bridge, function() return list(bridge) end)
  keep_doing(bridge, function() return events.step(bridge, watcher) end)
  while true do
    bridge.connection:turn()
    bridge.loop.turn(TURN, bridge.connection.link)
  end
end

return M

-- SPDX-License-Identifier: MIT
-- The access codes of a lock as a topic; PINs only where the configuration says so.

local json = require "seam.json"

local M = {}

local SHOWN = { "access_code_id", "name", "type", "status", "starts_at", "ends_at" }

local function shown(code, with_pin)
  local view = {}
  for _, name in ipairs(SHOWN) do view[name] = code[name] end
  if with_pin then view.code = code.code end
  return view
end

local function takes_codes(device)
  return device.can_program_online_access_codes ~= nil or device.can_program_offline_access_codes ~= nil
end

local function list(client, id)
  local paginator, err = client.create_paginator(client.access_codes.list, { device_id = id })
  if not paginator then return nil, err end
  return paginator:flatten_to_list()
end

--- Publishes the codes of a lock; where they are not wanted, takes back what an earlier run published.
---@param bridge table
---@param entry table of a lock
function M.publish(bridge, entry)
  local topic = bridge.topics.lock(entry.id, "codes")
  if not bridge.config.codes or not takes_codes(entry.device) then return bridge.connection:retain(topic, "") end
  local codes, err = list(bridge.client, entry.id)
  if not codes then return bridge.log(("the codes of %s cannot be listed: %s"):format(entry.id, tostring(err))) end
  local views = json.array()
  for i, code in ipairs(codes) do views[i] = shown(code, bridge.config.pins) end
  table.sort(views, function(a, b) return a.access_code_id < b.access_code_id end)
  -- The lock may have gone while we asked.
  if bridge.locks:find(entry.id) == entry then bridge.connection:retain(topic, json.encode(views) or "[]") end
end

return M

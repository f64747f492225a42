-- SPDX-License-Identifier: MIT
-- Deliveries to webhooks: signed as Svix signs, tried again on Seam's schedule when the receiver does not answer 2xx.

local json = require "seam.sandbox.json"

local M = {}

-- Seconds before each attempt, counted from the one before.
M.SCHEDULE = { 0, 5, 300, 1800, 7200, 18000, 36000, 36000 }

local KEPT = 1000

local function wants(webhook, event_type)
  for _, wanted in ipairs(webhook.event_types) do
    if wanted == "*" or wanted == event_type then return true end
  end
  return false
end

--- The headers of one delivery attempt. The timestamp is the sandbox's clock.
---@return table headers name -> value
function M.sign(secret, id, timestamp, body)
  local core = require "seam.core"
  local key = core.base64_decode((secret:gsub("^whsec_", "")))
  local stamp = ("%.0f"):format(math.floor(timestamp))
  local mac = core.hmac_sha256(key, id .. "." .. stamp .. "." .. body)
  return {
    ["content-type"] = "application/json", ["svix-id"] = id, ["svix-timestamp"] = stamp,
    ["svix-signature"] = "v1," .. core.base64_encode(mac),
  }
end

local attempt

local function again(world, delivery)
  local wait = M.SCHEDULE[delivery.attempts + 1]
  if not wait then
    delivery.status = "failed"
    return
  end
  world.clock:after(wait, function() attempt(world, delivery) end)
end

function attempt(world, delivery)
  if world.webhooks:get(delivery.webhook.id) ~= delivery.webhook then
    delivery.status = "dropped"
    return
  end
  delivery.attempts = delivery.attempts + 1
  local headers = M.sign(delivery.webhook.secret, delivery.id, world.clock:now(), delivery.body)
  local pending = delivery.attempts
  world.send_webhook(delivery.webhook.url, headers, delivery.body, function(ok)
    if delivery.attempts ~= pending or delivery.status ~= "pending" then return end
    if ok then delivery.status = "delivered" else again(world, delivery) end
  end)
end

--- Queues an event for every webhook that wants it.
function M.queue(world, event)
  for _, webhook in ipairs(world.webhooks.list) do
    if wants(webhook, event.event_type) then
      local delivery = {
        id = "msg_" .. world.request_ids:token(27), webhook = webhook, event_type = event.event_type,
        body = json.encode(event), attempts = 0, status = "pending",
      }
      local list = world.deliveries
      list[#list + 1] = delivery
      if #list > KEPT then table.remove(list, 1) end
      if world.send_webhook then
        again(world, delivery)
      else
        delivery.status = "no receiver"
      end
    end
  end
end

return M

-- SPDX-License-Identifier: MIT
-- Fuzz target: id, timestamp, signature and body, a line each, to seam.webhook. Oracle: accepted is
-- what the scheme's own sentences accept, worked out here once more; nothing raises.
-- A line "signed" in place of the signature stands for the right one, "+" in front of further text.

local core = require "seam.core"
local webhook = require "seam.webhook.safe"

local KEY = ("k"):rep(24)
local NOW = 1700000000

local hook = assert(webhook.new("whsec_" .. core.base64_encode(KEY), { now = function() return NOW end }))

local function expected(id, timestamp, signature, body)
  if id == "" or timestamp == "" or signature == "" or #signature > 4096 then return false end
  if #timestamp > 12 or timestamp:find("%D") or (timestamp:find("^0") and timestamp ~= "0") then return false end
  if math.abs(NOW - tonumber(timestamp)) > 300 then return false end
  local right = "v1," .. core.base64_encode(core.hmac_sha256(KEY, id .. "." .. timestamp .. "." .. body))
  local count = 0
  for entry in (signature .. " "):gmatch("([^ ]+) ") do
    count = count + 1
    if count <= 32 and entry == right then return true end
  end
  return false
end

return function(bytes)
  local id, timestamp, signature, body = bytes:match("^([^\n]*)\n([^\n]*)\n([^\n]*)\n(.*)$")
  if not id then return end
  if signature:sub(1, 6) == "signed" then
    signature = "v1," .. core.base64_encode(core.hmac_sha256(KEY, id .. "." .. timestamp .. "." .. body))
      .. signature:sub(7)
  end
  local event, err = hook:verify(body,
    { ["SVIX-id"] = id, ["webhook-timestamp"] = timestamp, ["svix-signature"] = { signature } })
  local verified = event ~= nil or err.name == "SeamInvalidWebhookPayloadError"
  assert(event ~= nil or type(err) == "table" and err.name, "neither an event nor an error object")
  assert(verified == expected(id, timestamp, signature, body), "accepted and expected differ")
  assert(event == nil or type(event.event_id) == "string", "an event without id")
end

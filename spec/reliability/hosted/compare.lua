-- SPDX-License-Identifier: MIT
-- For callgrind: webhooks whose signature is wrong at each of its 44 places, then a right one; the
-- first verification is only there to have everything in place.
local webhook = require "seam.webhook"

local NOW = 1700000000
local BODY = '{"event_id":"e1","event_type":"lock.unlocked"}'

local verifier = webhook.new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", { now = function() return NOW end })
local headers = verifier:sign(BODY, "msg_1", NOW)
local signature = headers["svix-signature"]:match("^v1,(.*)$")

local function verify(text)
  headers["svix-signature"] = "v1," .. text
  return (pcall(verifier.verify, verifier, BODY, headers))
end

assert(#signature == 44 and verify(signature))
for place = 1, #signature do
  local other = signature:sub(place, place) == "A" and "B" or "A"
  assert(not verify(signature:sub(1, place - 1) .. other .. signature:sub(place + 1)))
end
assert(verify(signature))

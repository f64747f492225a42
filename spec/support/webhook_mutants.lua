-- SPDX-License-Identifier: MIT
-- A good webhook message and damaged versions of it, the same ones for the same seed.

local webhook = require "seam.webhook"

local M = {
  SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  NOW = 1740422679,
  ID = "msg_p5jXN8AQM9LWM0D4loKWxJek",
  BODY = '{"event_id":"e1","event_type":"lock.unlocked","device_id":"d1"}',
}

M.HEADERS = webhook.new(M.SECRET):sign(M.BODY, M.ID, M.NOW)
M.SIGNATURE = M.HEADERS["svix-signature"]

local function noise(random, count, bytes)
  local text = {}
  for i = 1, count do text[i] = string.char(random(bytes) - 1) end
  return table.concat(text)
end

local EDITS = {
  function(text, at, random, bytes) return text:sub(1, at - 1) .. noise(random, 1, bytes) .. text:sub(at + 1) end,
  function(text, at) return text:sub(1, at - 1) .. text:sub(at + 1) end,
  function(text, at, random, bytes) return text:sub(1, at) .. noise(random, 1, bytes) .. text:sub(at + 1) end,
  function(text, at) return text:sub(1, at - 1) end,
  function(text, at) return text:sub(at) .. text:sub(1, at - 1) end,
  function(text, at) return text .. text:sub(at) end,
  function(text, at, random, bytes) return text:sub(1, at - 1) .. noise(random, 4, bytes) .. text:sub(at + 4) end,
}

--- Blanks and further entries around the signature mean nothing; everything else does.
local function is_the_same(body, headers)
  return body == M.BODY and headers["svix-id"] == M.ID and headers["svix-timestamp"] == M.HEADERS["svix-timestamp"]
    and (" " .. headers["svix-signature"] .. " "):find(" " .. M.SIGNATURE .. " ", 1, true) ~= nil
end

local PARTS = { "body", "svix-id", "svix-timestamp", "svix-signature" }

--- The good message after one to three edits that change what it says.
---@param random function of support.json_random
---@param bytes integer|nil new bytes are below this one, 256 when nil
---@return string body
---@return table headers
function M.next(random, bytes)
  local body, headers = M.BODY, {}
  for name, value in pairs(M.HEADERS) do headers[name] = value end
  for _ = 1, random(3) do
    local part, edit = PARTS[random(4)], EDITS[random(#EDITS)]
    local text = part == "body" and body or headers[part]
    if #text > 0 then text = edit(text, random(#text), random, bytes or 256) end
    if part == "body" then body = text else headers[part] = text end
  end
  if is_the_same(body, headers) then return M.next(random, bytes) end
  return body, headers
end

return M

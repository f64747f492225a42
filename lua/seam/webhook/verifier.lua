-- SPDX-License-Identifier: MIT
-- One webhook's verifier: which messages are from Seam, and what they say. Nothing here raises.

local digest = require "seam.webhook.digest"
local errors = require "seam.errors"
local header_reader = require "seam.webhook.headers"
local json = require "seam.json"
local nearest = require "seam.nearest"
local resource = require "seam.resource"
local signature = require "seam.webhook.signature"

require("seam.uncompiled")()

local M = {}

local DEFAULT_TOLERANCE = 300

local OPTIONS = { tolerance = true, now = true, seen = true, raw = true }

local function refused(code, reason)
  return nil, errors.new("SeamWebhookVerificationError", reason, { code = code })
end

--- NaN as a tolerance would let every message pass, and a misspelt one would go unnoticed.
local function check_options(options)
  if type(options) ~= "table" then return nil, "Options must be a table" end
  for name in pairs(options) do
    if not OPTIONS[name] then
      return nil, ("Unknown option '%s'%s"):format(tostring(name), nearest.hint(name, OPTIONS))
    end
  end
  local tolerance = options.tolerance
  if tolerance and not (type(tolerance) == "number" and tolerance >= 0) then
    return nil, "The tolerance option must be a number of seconds, not negative, or false for no check"
  end
  for _, name in ipairs { "now", "seen" } do
    if options[name] ~= nil and type(options[name]) ~= "function" then
      return nil, ("The %s option must be a function"):format(name)
    end
  end
  if options.raw ~= nil and type(options.raw) ~= "boolean" then
    return nil, "The raw option must be true or false"
  end
  return true
end

--- A clock that gives NaN would let every message pass.
local function read_clock(self)
  local now = self.now()
  if type(now) == "number" and now == now then return now end
  return refused("failed", "The now option's function returned no time")
end

local function check_time(self, timestamp)
  -- Digits only: "nan" is a number to some readers, and then never too old.
  if #timestamp > 12 or not (timestamp:find("^[1-9]%d*$") or timestamp == "0") then
    return refused("invalid_headers", "Invalid Signature Headers")
  end
  if not self.tolerance then return true end
  local now, err = read_clock(self)
  if not now then return nil, err end
  -- In whole seconds, as Svix counts: a message is not older than 300 s at 300.9 s.
  local age = math.floor(now) - tonumber(timestamp)
  if age > self.tolerance then return refused("too_old", "Message timestamp too old") end
  if -age > self.tolerance then return refused("too_new", "Message timestamp too new") end
  return true
end

local function parse_event(body)
  local event, reason = json.decode(body)
  if type(event) == "table" and type(event.event_id) == "string"
    and type(event.event_type) == "string" then
    return resource.wrap("event", event)
  end
  reason = reason or "it has no event_id and event_type"
  return nil, errors.new("SeamInvalidWebhookPayloadError",
    "The webhook is signed correctly but is not an event: " .. reason)
end

--- A hook that cannot say must not mean "new": sent again later, the message is asked for again.
local function check_seen(self, id)
  if not self.seen then return true end
  local seen, problem = self.seen(id)
  if seen then return refused("replayed", "The message was seen before") end
  if seen == nil and problem ~= nil then
    return refused("seen_failed", "Whether the message was seen before is not known")
  end
  return true
end

local function check_signature(self, found, body)
  if not signature.is_bounded(found.signature) then
    return refused("invalid_headers", "Invalid Signature Headers")
  end
  local own, reason = signature.make(self.keys, found.id, found.timestamp, body)
  if not own then return refused("failed", "The signature could not be computed: " .. reason) end
  if not signature.matches(own, found.signature) then
    return refused("no_match", "No matching signature found")
  end
  return true
end

--- Makes a verifier's state.
---@param secret any a secret or a list of them
---@param options table|nil see seam.webhook.new
---@return table|nil state
---@return seam.Error|nil err SeamInvalidOptionsError
function M.new(secret, options)
  if options == nil then options = {} end
  local ok, reason = check_options(options)
  if not ok then return nil, errors.invalid_options(reason) end
  local keys = signature.keys(secret, options.raw)
  if not keys then
    return nil, errors.invalid_options(options.raw and "A raw webhook secret must be a text that is not empty"
      or "A webhook secret must be base64 text, with or without whsec_")
  end
  local tolerance = options.tolerance
  if tolerance == nil then tolerance = DEFAULT_TOLERANCE end
  return { keys = keys, tolerance = tolerance, now = options.now or digest.wall, seen = options.seen }
end

--- Verifies a message.
---@param self table state
---@param body any
---@param headers any
---@return table|nil event
---@return string|seam.Error id of the message, or the error
function M.verify(self, body, headers)
  if type(body) ~= "string" then
    return refused("invalid_body", "The body must be the raw text that arrived, got " .. type(body))
  end
  local found, code, reason = header_reader.read(headers)
  if not found then return refused(code, reason) end
  local ok, err = check_time(self, found.timestamp)
  if ok then ok, err = check_signature(self, found, body) end
  if not ok then return nil, err end
  local event
  event, err = parse_event(body)
  if not event then return nil, err end
  ok, err = check_seen(self, found.id)
  if not ok then return nil, err end
  return event, found.id
end

local function cannot_sign(param, reason)
  return nil, errors.new("SeamInvalidParamsError", ("A webhook's %s must be %s"):format(param, reason),
    { param = param })
end

--- Signs a message.
---@param self table state
---@param body string
---@param id string
---@param timestamp number|nil
---@return table<string, string>|nil headers
---@return seam.Error|nil
function M.sign(self, body, id, timestamp)
  if type(body) ~= "string" then return cannot_sign("body", "a text") end
  if type(id) ~= "string" or id == "" then return cannot_sign("id", "a text that is not empty") end
  if timestamp == nil then timestamp = self.now() end
  if type(timestamp) ~= "number" or not (timestamp >= 0 and timestamp < 1e12) then
    return cannot_sign("timestamp", "epoch seconds")
  end
  local stamp = ("%.0f"):format(math.floor(timestamp))
  local signatures, reason = signature.make(self.keys, id, stamp, body)
  if not signatures then return cannot_sign("signature", "possible to compute: " .. reason) end
  for i, text in ipairs(signatures) do signatures[i] = "v1," .. text end
  return {
    ["svix-id"] = id,
    ["svix-timestamp"] = stamp,
    ["svix-signature"] = table.concat(signatures, " "),
  }
end

return M

-- SPDX-License-Identifier: MIT
-- Receives webhooks: who sends them, whether they were handled, and what Svix must hear to send again or not.

local body_reader = require "seam.openresty.body"
local counters = require "seam.openresty.counters"
local errors = require "seam.errors"
local event_handlers = require "seam.openresty.event_handlers"
local message_memory = require "seam.openresty.message_memory"
local options = require "seam.openresty.options"
local reply = require "seam.openresty.reply"
local webhook = require "seam.webhook.safe"

local M = {}

local OPTIONS = {
  secret = "any", on = "any", dict = "dict", max_body = "positive", tolerance = "any", remember = "positive",
  metrics = "dict",
}
local DEFAULT_MAX_BODY = 1024 * 1024
-- Svix tries for 28 hours; a message whose good answer got lost comes again within that time.
local DEFAULT_REMEMBER = 2 * 86400

-- By the verifier's code; every other one means that the message is not from Seam.
local REFUSALS = {
  replayed = { 204, "replayed" },
  -- Another worker is at it, or the dictionary failed: Svix shall ask again later.
  seen_failed = { 503, "busy" },
  failed = { 500, "failed" },
}

local function refuse(err)
  if err.name == "SeamInvalidWebhookPayloadError" then
    ngx.log(ngx.ERR, "seam: a webhook that cannot be read: ", err.message)
    return "unreadable", 204
  end
  local refusal = REFUSALS[err.code]
  if err.code ~= "replayed" then
    ngx.log(ngx.WARN, "seam: a webhook was refused: ", err.message, " (", err.code, ")")
  end
  if refusal then return refusal[2], refusal[1], refusal[1] ~= 204 and err.message or nil end
  return "refused", 400, "This message is not from Seam: " .. err.message
end

local function handle(state, event, id)
  local done, problem = event_handlers.run(state.entries, event, id)
  if not done then
    if state.memory then state.memory:release(id) end
    ngx.log(ngx.ERR, "seam: the handler of webhook ", id, " (", event.event_type, ") failed: ", tostring(problem))
    return "failed", 500, "The message was not handled"
  end
  if state.memory then state.memory:remember(id) end
  return "handled", 204
end

--- What became of the request: a word for the metrics, the status, and a sentence.
local function receive(state)
  if ngx.req.get_method() ~= "POST" then
    ngx.header["Allow"] = "POST"
    return "refused", 405, "Webhooks come by POST"
  end
  local body, status, reason = body_reader.read(state.max_body)
  if not body then return status == 413 and "too_large" or "failed", status, reason end
  local event, id = state.hook:verify(body, ngx.req.get_headers(0))
  if not event then return refuse(id) end
  return handle(state, event, id)
end

local function new_state(given)
  local checked = options.check(given, OPTIONS, { "secret", "on" })
  local entries, reason = event_handlers.read(checked.on)
  if not entries then options.raise(errors.invalid_options(reason)) end
  local memory = checked.dict and message_memory.new(checked.dict, checked.remember or DEFAULT_REMEMBER)
  local hook, err = webhook.new(checked.secret, {
    tolerance = checked.tolerance,
    now = function() return ngx.time() end,
    seen = memory and function(id) return memory:claim(id) end,
  })
  if not hook then options.raise(err) end
  return {
    hook = hook, entries = entries, memory = memory, metrics = checked.metrics,
    max_body = math.floor(checked.max_body or DEFAULT_MAX_BODY),
  }
end

--- Makes a handler for content_by_lua. Options:
--- secret: the webhook's secret, or a list of them while one is being replaced;
--- on: functions by event type, called as f(event, message id); keys may be patterns such as "lock.*" and "*"; or
---   one function for all; or a list of these. All that fit are called, the exact type first. One that raises,
---   or returns nil and a reason, makes the answer 500: Svix sends the message again;
--- dict: name of a lua_shared_dict that remembers which messages were handled; without it one may be handled twice;
--- remember: for how many seconds; two days when absent;
--- max_body: bytes; 1 MiB when absent;
--- tolerance: as for seam.webhook.new: seconds, 300 when absent;
--- metrics: name of the lua_shared_dict of openresty.metrics.
---@param given table
---@return function handler
function M.new(given)
  local state = new_state(given)
  return function()
    local result, status, sentence = receive(state)
    if state.metrics then counters.add(state.metrics, "seam_webhooks_total", { { "result", result } }, 1) end
    reply.text(status, sentence)
  end
end

return M

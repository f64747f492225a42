-- SPDX-License-Identifier: MIT
-- What `require "seam.webhook"` and `require "seam.webhook.safe"` return: verifiers whose methods
-- raise error objects, or return nil and them.

local errors = require "seam.errors"
local verifier = require "seam.webhook.verifier"

local M = {}

---@class seam.Webhook
---@field verify fun(self: seam.Webhook, body: string, headers: table): table, string
---@field sign fun(self: seam.Webhook, body: string, id: string, timestamp: number|nil): table<string, string>

--- The state, keys and all, lives in closures: dumping the object never shows it. A dot in place of
--- the colon is understood.
local function assemble(state, finish)
  if not state then return nil end
  local hook = {}
  local function method(f)
    return function(first, ...)
      if rawequal(first, hook) then return finish(f(state, ...)) end
      return finish(f(state, first, ...))
    end
  end
  hook.verify, hook.sign = method(verifier.verify), method(verifier.sign)
  return setmetatable(hook, { __name = "seam.Webhook", __tostring = function() return "seam webhook" end })
end

--- Builds a face.
---@param raises boolean
---@return table webhook
function M.new(raises)
  local finish, webhook = errors.finisher(raises), {}

  local function make(secret, options)
    local state, err = verifier.new(secret, options)
    return finish(assemble(state, finish), err)
  end

  --- Makes a verifier. Options:
  --- tolerance: how many seconds a message may be old, or from the future; 300 when absent, false for any;
  --- now: a function that returns epoch seconds; the system's clock when absent;
  --- seen: a function that is given the id of a message that is from Seam, and returns true when it was
  ---   handled before; the message is then refused with the code "replayed" (answer 2xx: it was handled);
  --- raw: true when the secrets are the keys themselves and not base64 text.
  ---@param secret string|string[] the webhook's secret, or several while one is being replaced
  ---@param options table|nil
  ---@return seam.Webhook
  --- Raises SeamInvalidOptionsError.
  ---
  --- hook:verify(body, headers) -> event, message id. The body is the raw one, not one that was decoded
  --- and encoded again; headers have names in any case, of Svix or Standard Webhooks, as any server gives
  --- them. Raises SeamWebhookVerificationError when it is not from Seam (`code`: missing_headers,
  --- invalid_headers, invalid_body, too_old, too_new, no_match, replayed, seen_failed, failed), and
  --- SeamInvalidWebhookPayloadError when it is but cannot be read (answer 2xx: sending it again would not help).
  ---
  --- hook:sign(body, id [, timestamp in epoch seconds]) -> headers as Seam would send them, for tests.
  function webhook.new(secret, ...)
    if rawequal(secret, webhook) then return make(...) end
    return make(secret, ...)
  end

  return webhook
end

return M

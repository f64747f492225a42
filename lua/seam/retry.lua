-- SPDX-License-Identifier: MIT
-- Whether a failed attempt may be sent again, and when. The one rule above all: a request that may
-- have reached the server is never sent again unless it only reads.

local M = {}

local BASE_DELAY = 0.2
local MAX_DELAY = 5

-- A server in trouble must not be asked more because of it: retries draw on a purse that clean
-- calls slowly refill (the token bucket of AWS's SDKs: 500 tokens, 5 a retry).
local PURSE = 500
local RETRY_COST = 5
local REFUND = 1

local function is_retriable_status(status)
  return status == 408 or status == 429 or status >= 500
end

--- Never sent: any request may go again, unless trust itself failed or nothing would change.
local NEVER_AGAIN = { tls = true, invalid_request = true, cancelled = true, memory = true, cannot_wait = true }
-- A read whose answer was lost may ask again; an answer that is too large will be so again.
local READ_AGAIN = { timeout = true, closed = true, connect = true, dns = true }

--- Decides by what is known of the attempt.
---@param reads boolean whether the endpoint only reads
---@param err seam.Error
---@param rate_limited_writes boolean|nil whether a write that met a rate limit may go again: it was not carried out
---@return boolean
function M.may_repeat(reads, err, rate_limited_writes)
  if not err:is "SeamHttpError" and not err.status_code then return false end
  if NEVER_AGAIN[err.code] and not err.status_code then return false end
  if err.outcome == "not_sent" then return true end
  if not reads then return err.status_code == 429 and rate_limited_writes == true end
  if err.status_code then
    return err.code ~= "invalid_response" and is_retriable_status(err.status_code)
  end
  return READ_AGAIN[err.code] or false
end

--- Seconds before the next attempt: full jitter, and never less than the server asked for.
---@param attempt integer how many attempts were made, 1 or more
---@param retry_after number|nil
---@param random number in [0, 1)
---@return number
function M.delay(attempt, retry_after, random)
  local ceiling = math.min(MAX_DELAY, BASE_DELAY * 2 ^ (attempt - 1))
  return math.max(random * ceiling, retry_after or 0)
end

---@class seam.RetryBudget
local budget_methods = {}
local budget_mt = { __name = "seam.RetryBudget", __index = budget_methods }

--- A client's purse for retries.
---@return seam.RetryBudget
function M.budget()
  return setmetatable({ tokens = PURSE }, budget_mt)
end

--- Pays for one retry.
---@return boolean paid false when there is not enough left
function budget_methods:take()
  if self.tokens < RETRY_COST then return false end
  self.tokens = self.tokens - RETRY_COST
  return true
end

--- Puts back what a success allows.
---@param retried boolean whether the call needed a retry
function budget_methods:refund(retried)
  if self.tokens == PURSE then return end
  self.tokens = math.min(PURSE, self.tokens + (retried and RETRY_COST or REFUND))
end

return M

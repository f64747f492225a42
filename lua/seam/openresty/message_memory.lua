-- SPDX-License-Identifier: MIT
-- Which webhook messages were handled, for all workers: in a shared dictionary. A message is claimed while
-- its handlers run, so that two workers never handle it at the same time, and remembered once they are done.

local M = {}

-- Svix gives a receiver 15 seconds. A worker that died keeps its claim this long, in seconds.
local CLAIM_SECONDS = 60

local CLAIM, DONE = "seam:claim:", "seam:done:"

---@class seam.MessageMemory
local methods = {}
local metatable = { __index = methods }

---@param dict table a shared dictionary
---@param seconds number how long an id is remembered
---@return seam.MessageMemory
function M.new(dict, seconds)
  return setmetatable({ dict = dict, seconds = seconds }, metatable)
end

--- For seam.webhook's `seen`: whether the message was handled. A false claims it.
---@param id string
---@return boolean|nil seen
---@return string|nil problem somebody else is at it, or the dictionary failed
function methods:claim(id)
  local claimed, problem = self.dict:add(CLAIM .. id, true, CLAIM_SECONDS)
  if not claimed then return nil, problem or "no answer of the dictionary" end
  local seen
  -- Asked with the claim in hand: between the question and the claim another worker could be done.
  seen, problem = self.dict:get(DONE .. id)
  if seen == nil and problem == nil then return false end
  self:release(id)
  return seen, problem
end

--- The message was handled: it is refused from now on.
---@param id string
function methods:remember(id)
  local done, problem, forced = self.dict:set(DONE .. id, true, self.seconds)
  if not done or forced then
    ngx.log(ngx.WARN, "seam: the dictionary of handled webhook messages is too small: ",
      problem or "older ones were forgotten early")
  end
  self:release(id)
end

--- The message was not handled: it may come again.
---@param id string
function methods:release(id)
  self.dict:delete(CLAIM .. id)
end

return M

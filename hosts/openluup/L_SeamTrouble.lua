-- SPDX-License-Identifier: MIT
-- Trouble with Seam: what kind it is, how the Seam device shows it, when to try again.

local actions = require "L_SeamActions"
local names = require "L_SeamNames"

local M = {}

-- Kinds of trouble, as luup.set_failure takes them.
local NONE, NO_ANSWER, NOT_ALLOWED = 0, 1, 2

-- The next try comes soon, then later and later; seconds.
local FIRST_DELAY, LONGEST_DELAY = 5, 300

local methods = {}
local metatable = { __index = methods }

---@param luup table
---@param device integer the Seam device
---@param variables table
---@return table trouble
function M.new(luup, device, variables)
  return setmetatable({ luup = luup, device = device, variables = variables, count = 0 }, metatable)
end

local function kind_of(err)
  if type(err) ~= "table" then return NOT_ALLOWED end
  if err.status_code == 401 or err.status_code == 403 then return NOT_ALLOWED end
  if err.name == "SeamInvalidTokenError" or err.name == "SeamInvalidOptionsError" then return NOT_ALLOWED end
  return NO_ANSWER
end

local function show(self, kind, text)
  self.variables:set(names.SEAM, "LastError", text, self.device)
  if kind == self.kind then return end
  self.kind = kind
  self.luup.set_failure(kind, self.device)
  if kind ~= NONE then self.luup.log("seam: " .. text, 2) end
  if self.luup.device_message then
    self.luup.device_message(self.device, kind == NONE and -1 or 2, text, 0, "Seam")
  end
end

--- Notes and shows what went wrong.
---@param err seam.Error|string
---@return number delay seconds until the next try
---@return boolean not_allowed whether it is about who we are: the key
function methods:note(err)
  local kind = kind_of(err)
  show(self, kind, actions.describe(err))
  self.count = self.count + 1
  local delay = math.min(FIRST_DELAY * 2 ^ math.min(self.count - 1, 20), LONGEST_DELAY)
  return math.max(delay, type(err) == "table" and err.retry_after or 0), kind == NOT_ALLOWED
end

--- Shows that all is well.
function methods:clear()
  self.count = 0
  show(self, NONE, "")
end

---@return boolean
function methods:is_there()
  return self.kind ~= nil and self.kind ~= NONE
end

return M

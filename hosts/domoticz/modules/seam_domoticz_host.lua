-- SPDX-License-Identifier: MIT
-- What the other modules share for one event: the host, the client, and how trouble is told.

local key = require "seam_domoticz_key"
local seam = require "seam.safe"

local M = {}

local methods = {}
local metatable = { __index = methods }

---@param domoticz table
---@param settings table
---@return table host { domoticz =, data =, settings = }
function M.new(domoticz, settings)
  return setmetatable({ domoticz = domoticz, data = domoticz.data, settings = settings }, metatable)
end

--- The client, made at first use.
---@return table|nil client
---@return any err a sentence, or an error object
function methods:client()
  if self.made then return self.made end
  local secret, reason = key.read(self.settings)
  if not secret then return nil, reason end
  local err
  self.made, err = seam.new { api_key = secret, endpoint = self.settings.endpoint }
  return self.made, err
end

function methods:log(text)
  self.domoticz.log(text, self.domoticz.LOG_STATUS or self.domoticz.LOG_INFO)
end

function methods:log_error(text)
  self.domoticz.log(text, self.domoticz.LOG_ERROR)
end

--- Tells a person, in the log and by Domoticz' notifications.
---@param subject string
---@param message string
function methods:notify(subject, message)
  self:log_error(subject .. ": " .. message)
  self.domoticz.notify(subject, message)
end

--- Tells of trouble that lasts: once, until it is another or over.
---@param about string
---@param subject string
---@param message any
function methods:trouble(about, subject, message)
  message = tostring(message)
  -- The request's id is another one every time; it goes into the log, and is no news.
  local news = message:gsub(", request [^,)]+", "")
  if self.data.told[about] == news then return end
  self.data.told[about] = news
  self:notify(subject, message)
end

--- Notes that it is over.
---@param about string
---@param text string for the log
function methods:over(about, text)
  if not self.data.told[about] then return end
  self.data.told[about] = nil
  self:log(text)
end

return M

-- SPDX-License-Identifier: MIT
-- Seam's limits for each lock and minute, kept by waiting before a call rather than by being refused.

local M = {}

M.LIMITS = { create = 10, update = 10, delete = 20 }

local WINDOW = 60

-- When each client made its calls, so that one sync after another keeps the limits too.
local calls_of = setmetatable({}, { __mode = "k" })

local function calls_for(client, device_id, action)
  local calls = calls_of[client] or {}
  calls_of[client] = calls
  local name = action .. " " .. device_id
  calls[name] = calls[name] or {}
  return calls[name]
end

--- Waits until one more call of this kind is allowed.
---@param client table
---@param device_id string
---@param action "create"|"update"|"delete"
function M.wait(client, device_id, action)
  local calls = calls_for(client, device_id, action)
  while calls[1] and calls[1] + WINDOW <= client.now() do table.remove(calls, 1) end
  if #calls < M.LIMITS[action] then return end
  client.sleep(math.max(calls[1] + WINDOW - client.now(), 0))
  table.remove(calls, 1)
end

--- Notes a call once it is over: the server counted it before that.
---@param client table
---@param device_id string
---@param action "create"|"update"|"delete"
function M.note(client, device_id, action)
  local calls = calls_for(client, device_id, action)
  calls[#calls + 1] = client.now()
end

return M

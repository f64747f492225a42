-- SPDX-License-Identifier: MIT
-- What helpers above the client call it with: errors come back behind nil, whichever face the client
-- has, and what the caller wrote may fail without taking the helper along. Nothing here keeps a
-- coroutine from waiting.

local errors = require "seam.errors"
local yielding = require "seam.yielding"

local M = {}

local NOT_A_CLIENT = "A client is wanted here: what seam.new returns, or the module seam itself"

--- The same client with the safe face: its calls return nil and the error where they would raise.
---@param client any a client of seam or seam.safe, or one of these modules
---@return table|nil safe
---@return seam.Error|nil err SeamInvalidParamsError when it is no client; or there is no key for the module's own
function M.client(client)
  local metatable = type(client) == "table" and getmetatable(client)
  local safe_face = type(metatable) == "table" and rawget(metatable, "seam_safe_face")
  if safe_face then return safe_face() end
  return nil, errors.invalid_params(nil, NOT_A_CLIENT, "client")
end

--- A helper's function, given its client with the safe face.
---@param f fun(client: table, ...): any
---@return fun(client: any, ...): any as f; nil and an error too when what comes first is no client
function M.with_client(f)
  return function(client, ...)
    local face, err = M.client(client)
    if not face then return nil, err end
    return f(face, ...)
  end
end

--- pcall for functions that may wait, on every Lua.
---@param f function
---@param ... any its arguments
---@return boolean ok
---@return any ... its results, or what it raised
function M.pcall(f, ...)
  return yielding.pcall(f, ...)
end

local function settle(ok, value, extra)
  if ok then return value, extra end
  if errors.is_error(value) then return nil, value end
  error(value, 0)
end

--- Calls a function of the caller's that calls a client, of either face.
---@param f function
---@param ... any its arguments
---@return any value
---@return any extra the error where value is nil; what is none of our errors is raised on
function M.call(f, ...)
  return settle(M.pcall(f, ...))
end

return M

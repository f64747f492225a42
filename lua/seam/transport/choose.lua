-- SPDX-License-Identifier: MIT
-- Which transport carries a client's requests: the one it was given, the one of its loop, or the one
-- that fits the place where the program runs.

local loop = require "seam.lazy" "seam.loop"

local M = {}

--- nginx's Lua module gives every program of its own this table; nothing is loaded elsewhere.
local function is_in_nginx()
  return type(rawget(_G, "ngx")) == "table" and require("seam.transport.nginx").is_here()
end

--- Opens the transport of a client.
---@param given table the client's checked options
---@return table transport
function M.open(given)
  if given.loop == nil and not given.blocking and is_in_nginx() then
    return require("seam.transport.nginx").new(given)
  end
  -- Nothing to resolve for most: they block.
  local found = given.loop ~= nil and loop.resolve(given.loop) or nil
  return require("seam.transport.curl").new(given, found)
end

return M

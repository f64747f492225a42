-- SPDX-License-Identifier: MIT
-- A whole list, however many pages it has. `client` is one that returns nil and an error.

require("seam.uncompiled")()

local M = {}

--- All items of a list endpoint. Servers that know no pages answer with all there is.
---@param client table
---@param method function for example client.access_codes.list
---@param params table
---@return table[]|nil items
---@return seam.Error|nil
function M.all(client, method, params)
  local items, pagination = method(params)
  if items == nil then return nil, pagination end
  if type(pagination) ~= "table" or not pagination.has_next_page then return items end
  local from_here = { page_cursor = pagination.next_page_cursor }
  for name, value in pairs(params) do from_here[name] = value end
  local pages, err = client.create_paginator(method, from_here)
  if not pages then return nil, err end
  local rest
  rest, err = pages:flatten_to_list()
  if not rest then return nil, err end
  for _, item in ipairs(rest) do items[#items + 1] = item end
  return items
end

return M

-- SPDX-License-Identifier: MIT
-- Seam's strict query serialiser: parameters as a table in, the text behind "?" out.
-- Rules: seamapi/url-search-params-serializer 3.0.3, the standard of all official SDKs.

local serializer = require "seam.lazy" "seam.query.serializer"

require("seam.uncompiled")()

local M = {}

--- The text where there is but one parameter, in letters that need no escaping: most questions are by
--- an id, and this takes a tenth of the time. nil for all others. The names of the API need no look.
local function single(params, specs)
  local name, value = next(params)
  if type(value) ~= "string" or value == "" or type(name) ~= "string" then return nil end
  if name == "_strict" or value:find("[^0-9a-z_%-A-Z]") then return nil end
  if not (specs and specs[name]) and name:find("[^a-z_]") then return nil end
  if next(params, name) ~= nil then return nil end
  return name .. "=" .. value .. "&_strict=true"
end

--- Serialises parameters. The text is final: encoding it again would change it.
---@param params table name to string, number, boolean, seam.null, list or table
---@param specs table|nil parameter specs of an endpoint, which tell empty lists from empty tables
---@return string|nil text "" when nothing is to be sent, else ending in "_strict=true"
---@return string|nil name the parameter that cannot be serialised
---@return string|nil reason
function M.serialize(params, specs)
  if type(params) ~= "table" then return nil, "params", "is a " .. type(params) .. ", not a table" end
  local simple = single(params, specs)
  if simple then return simple end
  return serializer.serialize(params, specs)
end

return M

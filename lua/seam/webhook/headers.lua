-- SPDX-License-Identifier: MIT
-- The three headers of a signed message, out of whatever table of headers a host hands over.

require("seam.uncompiled")()

local M = {}

local FIELDS = { "id", "timestamp", "signature" }

-- Svix's own names and those of Standard Webhooks.
local MEANING = {}
for _, field in ipairs(FIELDS) do
  MEANING["svix-" .. field], MEANING["webhook-" .. field] = field, field
end

--- Adds what was found under one name. What is said twice must be said alike: a host may read the
--- other one, and a message would be handled under an id that nobody signed.
local function add(found, field, value)
  if type(value) ~= "string" or (found[field] and found[field] ~= value) then
    found.ambiguous = true
  else
    found[field] = value
  end
end

--- OpenResty hands a repeated header over as a list.
local function add_all(found, field, value)
  if type(value) ~= "table" then return add(found, field, value) end
  for _, item in pairs(value) do add(found, field, item) end
end

--- Reads the headers, in any case and under either family of names.
---@param headers any
---@return table|nil found { id =, timestamp =, signature = }
---@return string|nil code missing_headers or invalid_headers
---@return string|nil reason
function M.read(headers)
  local found = {}
  for name, value in pairs(type(headers) == "table" and headers or {}) do
    local field = type(name) == "string" and MEANING[name:lower()]
    if field then add_all(found, field, value) end
  end
  if found.ambiguous then return nil, "invalid_headers", "Invalid Signature Headers" end
  for _, field in ipairs(FIELDS) do
    if (found[field] or "") == "" then return nil, "missing_headers", "Missing required headers" end
  end
  return found
end

return M

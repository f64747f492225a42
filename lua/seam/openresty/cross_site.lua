-- SPDX-License-Identifier: MIT
-- Whether a request was made by a page of this very site: a form on another site must not open a door.

local M = {}

local function one_text(value)
  return type(value) == "string" and value ~= "" and value or nil
end

local function host_of(origin)
  return (origin:match("^%a[%w+.-]*://(.+)$"))
end

local function is_own(origin, host)
  local own = host_of(origin)
  return own ~= nil and host ~= nil and own:lower() == host:lower()
end

--- Looks at what browsers say about who asks; they let no page change these headers. A client that is
--- no browser, or a very old one, has to send X-Requested-With: a form cannot, and a script of another
--- site may not.
---@param headers table with names in lower case
---@param origins table<string, boolean> origins that may ask besides the site's own
---@return boolean
function M.is_allowed(headers, origins)
  local origin, fetch_site = headers["origin"], headers["sec-fetch-site"]
  -- A header that came twice is none that a browser sent.
  if type(origin) == "table" or type(fetch_site) == "table" then return false end
  if origin and origins[origin] then return true end
  if fetch_site and fetch_site ~= "same-origin" then return false end
  if origin then return is_own(origin, one_text(headers["host"])) end
  return fetch_site == "same-origin" or one_text(headers["x-requested-with"]) ~= nil
end

return M

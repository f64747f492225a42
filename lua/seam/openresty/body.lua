-- SPDX-License-Identifier: MIT
-- The raw body of a request, from memory or from the file nginx put it into, up to a limit.

local M = {}

local function too_large() return nil, 413, "The body is larger than this address takes" end

--- Longer bodies stand in a file on this machine: reading one takes no longer than opening it.
local function read_file(path, max_bytes)
  local file = io.open(path, "rb")
  if not file then return nil, 500, "The body could not be read" end
  local text = file:read(max_bytes + 1) or ""
  file:close()
  if #text > max_bytes then return too_large() end
  return text
end

--- Reads the body. nginx's own client_max_body_size may refuse it before.
---@param max_bytes integer
---@return string|nil body
---@return integer|nil status to answer with
---@return string|nil reason
function M.read(max_bytes)
  local announced = tonumber(ngx.req.get_headers(0)["content-length"])
  -- Before any of it is read: nobody sends megabytes for a refusal.
  if announced and announced > max_bytes then return too_large() end
  ngx.req.read_body()
  local path = ngx.req.get_body_file()
  if path then return read_file(path, max_bytes) end
  local text = ngx.req.get_body_data() or ""
  if #text > max_bytes then return too_large() end
  return text
end

return M

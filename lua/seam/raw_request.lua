-- SPDX-License-Identifier: MIT
-- Requests by path, for what the API has and the SDK has no row for yet.

local call = require "seam.call"
local errors = require "seam.errors"
local nearest = require "seam.nearest"
local options = require "seam.options"
local rows = require "seam.rows"

require("seam.uncompiled")()

local M = {}

local METHODS = { GET = true, POST = true, PUT = true, PATCH = true, DELETE = true }
local OWN_FIELDS = { method = true, path = true, params = true, reads = true }
local FIELDS = {
  method = true, path = true, params = true, reads = true, timeout = true, retries = true,
  headers = true,
}

--- Dots that stand for folders, and slashes that stand for nothing, would name another endpoint than
--- the one that is looked up here.
local function check_path(path)
  if type(path) ~= "string" or not path:find("^/[A-Za-z0-9_~%-][A-Za-z0-9_.~/%-]*$")
    or path:find("//", 1, true) or path:find("/$") or (path .. "/"):find("/%.%.?/") then
    return nil, errors.invalid_params(errors.quoted(path),
      'request wants a path such as "/devices/list"; parameters go into params', "path")
  end
  return path
end

local function split(given)
  local call_options = {}
  for name, value in pairs(given) do
    if not FIELDS[name] then
      return nil, errors.invalid_params(errors.quoted(given.path), ("request has no field '%s'%s")
        :format(errors.quoted(name), nearest.hint(name, FIELDS)), errors.quoted(name))
    end
    if not OWN_FIELDS[name] then call_options[name] = value end
  end
  return options.call(call_options)
end

--- A row made up for the occasion. Whether it reads is known for documented paths only; for others
--- the caller must say so, else nothing is ever sent twice.
local function row_for(given)
  -- A server may not care for case; whether a path moves a door must not depend on it.
  local known = rows.at(given.path:lower()) or {}
  local method = given.method or known.method or "POST"
  if not METHODS[method] then
    return nil, errors.invalid_params(given.path,
      "method must be GET, POST, PUT, PATCH or DELETE", "method")
  end
  local reads = known.reads
  if reads == nil and known.path == nil then reads = given.reads == true end
  return { path = given.path, method = method, reads = reads, moves_door = known.moves_door, params = {} }
end

--- Sends a request by path.
---@param context seam.CallContext
---@param given table { path =, method =, params =, reads =, timeout =, retries =, headers = }
---@return table|nil body
---@return table|seam.Error meta { status =, request_id =, headers = }, or the error
function M.perform(context, given)
  if type(given) ~= "table" then
    return nil, errors.invalid_params("?", 'request wants a table such as { path = "/devices/list" }')
  end
  local path, err = check_path(given.path)
  if not path then return nil, err end
  local call_options, row
  call_options, err = split(given)
  if not call_options then return nil, err end
  row, err = row_for(given)
  if not row then return nil, err end
  if given.params ~= nil and type(given.params) ~= "table" then
    return nil, errors.invalid_params(path, "params must be a table", "params")
  end
  return call.raw(context, row, given.params or {}, call_options)
end

return M

-- SPDX-License-Identifier: MIT
-- access_codes/unmanaged and the simulated making of one: codes that did not come from this workspace.

local attempts = require "seam.sandbox.model.attempts"
local codes = require "seam.sandbox.model.access_codes"
local code_view = require "seam.sandbox.view.access_code"
local errors = require "seam.sandbox.errors"
local lookup = require "seam.sandbox.lookup"
local pages = require "seam.sandbox.pages"
local view = require "seam.sandbox.view.others"

local M = {}

M["/access_codes/unmanaged/list"] = function(world, params)
  lookup.device(world, params.device_id)
  local list = world.codes:newest(function(code)
    return not code.managed and code.device.id == params.device_id
      and lookup.contains((code.name or "") .. " " .. (code.pin or ""), params.search)
  end)
  local page, pagination = pages.cut(world, "/access_codes/unmanaged/list", params, list, 300000)
  return { access_codes = pages.render(world, page, code_view.render_unmanaged), pagination = pagination }
end

M["/access_codes/unmanaged/get"] = function(world, params)
  return { access_code = code_view.render_unmanaged(world, lookup.code_of(world, params, false)) }
end

M["/access_codes/unmanaged/delete"] = function(world, params)
  local code = lookup.code_of(world, params, false)
  local attempt = attempts.create(world, "DELETE_ACCESS_CODE", code.device)
  world.clock:after(0, function()
    codes.remove_unmanaged(world, code)
    attempts.succeed(world, attempt)
  end)
  return { action_attempt = view.action_attempt(world, attempt) }
end

local function allows_external(params)
  if params.is_external_modification_allowed ~= nil then return params.is_external_modification_allowed end
  return params.allow_external_modification
end

local function convert(world, params)
  codes.take_over(world, lookup.code_of(world, params, false), allows_external(params))
  return {}
end

M["/access_codes/unmanaged/convert_to_managed"] = convert

M["/access_codes/unmanaged/update"] = function(world, params)
  if params.is_managed then return convert(world, params) end
  lookup.code_of(world, params, false)
  return {}
end

M["/access_codes/simulate/create_unmanaged_access_code"] = function(world, params)
  local device = lookup.device(world, params.device_id)
  codes.require_support(device, {})
  if not params.code:find("^%d+$") or #params.code < 4 or #params.code > 8 then
    errors.invalid("code", "Code must have 4 to 8 digits and nothing else")
  end
  local code = codes.create_unmanaged(world, device, params.name, params.code)
  return { access_code = code_view.render_unmanaged(world, code) }
end

return M

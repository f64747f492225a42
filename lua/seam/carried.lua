-- SPDX-License-Identifier: MIT
-- What a client offers to hosts that carry the bytes themselves: the request as data, the answer read.

local call = require "seam.call"
local errors = require "seam.errors"
local masking = require "seam.masking"
local options = require "seam.options"
local prepared = require "seam.prepared"
local rows = require "seam.rows"

local M = {}

local function documented_row(path)
  local row = type(path) == "string" and rows.at(path)
  if row then return row end
  return nil, errors.invalid_params(errors.quoted(path),
    ("There is no documented endpoint %s: use client.request"):format(errors.quoted(path)))
end

--- Ends like a call whose bytes somebody else has carried.
local function masking_finisher(context, finish)
  return function(value, extra)
    if value == nil then extra = masking.error(extra, context.config.credentials) end
    return finish(value, extra)
  end
end

--- client.prepare("/locks/unlock_door", params) -> the request as data
function M.prepare(context, finish, path, given, given_options)
  local row, err = documented_row(path)
  if not row then return nil, err end
  local call_options
  call_options, err = options.call(given_options)
  if not call_options then return nil, err end
  local request
  request, err = call.request(context, row, given, call_options)
  if not request then return nil, err end
  return prepared.new(row, request, masking_finisher(context, finish), call.wait_of(context, row, call_options))
end

--- client.interpret("/locks/unlock_door", status, headers, body) -> what a prepared request's interpret returns, for
--- hosts where the answer comes to another Lua state than the one that prepared the request
function M.interpret(context, _, path, status, headers, body)
  local row, err = documented_row(path)
  if not row then return nil, err end
  return prepared.interpret(row, masking_finisher(context, function(...) return ... end), status, headers, body)
end

return M

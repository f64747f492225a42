-- SPDX-License-Identifier: MIT
-- The option tables of the handlers: known names, kinds of values. What is wrong is logged and raised.

local errors = require "seam.errors"
local nearest = require "seam.nearest"
local protected = require "seam.protected"

require("seam.uncompiled")()

local M = {}

--- nginx shows an error that is no text as "unknown error": so it is in the log as well.
---@param err seam.Error
function M.raise(err)
  ngx.log(ngx.ERR, tostring(err))
  error(err, 0)
end

local function bad(name, reason)
  M.raise(errors.invalid_options(("The %s option %s"):format(name, reason)))
end

local CHECKS = {}

function CHECKS.dict(name, value)
  if type(value) ~= "string" then bad(name, "must be the name of a lua_shared_dict, got a " .. type(value)) end
  local dict = ngx.shared[value]
  if dict then return dict end
  bad(name, ("names '%s', which nginx does not have: add \"lua_shared_dict %s 1m;\" to its http block%s")
    :format(errors.quoted(value), errors.quoted(value), nearest.hint(value, ngx.shared)))
end

local function not_a_client(name, value)
  return errors.invalid_options(("The %s option must be a client of seam.new, got a %s"):format(name, type(value)))
end

function CHECKS.client(name, value)
  local client, err = protected.client(value)
  if not client then M.raise(errors.is_error(err, "SeamInvalidParamsError") and not_a_client(name, value) or err) end
  return client
end

function CHECKS.positive(name, value)
  if type(value) == "number" and value > 0 and value < math.huge then return value end
  bad(name, "must be a positive number")
end

function CHECKS.texts(name, value)
  if type(value) ~= "table" then bad(name, "must be a list of texts, got a " .. type(value)) end
  local set = {}
  for _, text in ipairs(value) do
    if type(text) ~= "string" then bad(name, "must be a list of texts") end
    set[text] = true
  end
  return set
end

function CHECKS.any(_, value) return value end

local function check_value(name, value, kind)
  if CHECKS[kind] then return CHECKS[kind](name, value) end
  if type(value) ~= kind then bad(name, ("must be a %s, got a %s"):format(kind, type(value))) end
  return value
end

--- Checks an option table.
---@param given any
---@param known table<string, string> kind of each option: a type's name, dict, client, positive, texts or any
---@param required string[] names that must be there
---@return table checked a copy; dictionaries in place of their names, clients with the safe face
function M.check(given, known, required)
  if type(given) ~= "table" then
    M.raise(errors.invalid_options("Options must be a table, got a " .. type(given)))
  end
  local checked = {}
  for name, value in pairs(given) do
    if not known[name] then
      M.raise(errors.invalid_options(("Unknown option '%s'%s"):format(errors.quoted(name), nearest.hint(name, known))))
    end
    checked[name] = check_value(name, value, known[name])
  end
  for _, name in ipairs(required) do
    if checked[name] == nil then bad(name, "is missing") end
  end
  return checked
end

--- Refuses an option with a sentence of the caller's.
M.bad = bad

return M

-- SPDX-License-Identifier: MIT
-- Event loops that a client can wait on: the ones known by name, and what any other has to offer.

local errors = require "seam.errors"
local nearest = require "seam.nearest"

local M = {}

---@class seam.Loop how a host waits; three functions make any host's loop fit
---@field watch fun(pool: userdata, ready: fun()): fun() calls `ready` whenever the descriptor `pool:getfd()`
--- is readable, until the function that it returns is called. The descriptor stays the same meanwhile.
---@field after fun(seconds: number, f: fun()) calls `f` once, later. Only used where the system has no
--- descriptor to watch (see docs/loops.md).
---@field suspend fun(start: fun(wake: fun())) suspends the coroutine that runs until `wake`, which `start`
--- is given before, is called; `wake` is called from `ready` or from another coroutine, once.
---@field refusal nil|fun(): string|nil why nobody can wait at the present place, nil where it is possible
---@field run_all nil|fun(functions: function[]) runs functions in coroutines of the host, returns when
--- all have ended; they never raise

local KNOWN = { blocking = true, luv = true, copas = true, cqueues = true }

local function bad(reason)
  return nil, errors.invalid_options("The loop option " .. reason)
end

local function by_name(name)
  if not KNOWN[name] then
    return bad(("has no loop '%s'%s"):format(errors.quoted(name), nearest.hint(name, KNOWN)))
  end
  local ok, loop = pcall(require, "seam.loop." .. name)
  if ok then return loop end
  return bad(("asks for '%s', which cannot be loaded: %s"):format(name, errors.quoted(loop)))
end

--- The loop of an option.
---@param given string|table|nil a name, or an object with watch, after and suspend
---@return seam.Loop|nil loop nil without an error for those who block
---@return seam.Error|nil
function M.resolve(given)
  if given == nil or given == "blocking" then return nil end
  if type(given) == "string" then return by_name(given) end
  if type(given) ~= "table" then
    return bad("must be a name or a table, got a " .. type(given))
  end
  for _, name in ipairs { "watch", "after", "suspend" } do
    if type(given[name]) ~= "function" then return bad("must have a function " .. name) end
  end
  return given
end

return M

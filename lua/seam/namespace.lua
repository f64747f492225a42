-- SPDX-License-Identifier: MIT
-- The tree of callable endpoints, made from the generated rows when it is first walked.

local errors = require "seam.errors"
local nearest = require "seam.lazy" "seam.nearest"
local endpoint_rows = require "seam.rows"

require("seam.uncompiled")()

local M = {}

-- Which row a method function stands for; the keys are weak, and no row knows its function.
local row_of = setmetatable({}, { __mode = "k" })

local children_of

--- { [namespace] = { [child name] = true } }, with "" for the root.
local function read_index()
  if children_of then return children_of end
  -- Kept only when it is whole: memory may run out on the way, and the next call starts anew.
  local found = { [""] = {} }
  for _, full_name in ipairs(require "seam.api.index") do
    local parent = ""
    for part in full_name:gmatch("[^.]+") do
      found[parent][part] = true
      parent = parent == "" and part or parent .. "." .. part
      found[parent] = found[parent] or {}
    end
  end
  children_of = found
  return found
end

local function unknown_member(full_name, key, rows, children)
  local known = {}
  for name in pairs(rows) do known[name] = true end
  for name in pairs(children) do known[name] = true end
  return errors.new("SeamInvalidParamsError",
    ("%s has no endpoint '%s'%s"):format(full_name, errors.quoted(key), nearest.hint(key, known)),
    { outcome = "not_sent", attempts = 0 })
end

--- A namespace whose members appear when they are first used.
---@param full_name string for example "access_codes.unmanaged"
---@param make_method fun(row: table, namespace: table): function
---@return table
function M.new(full_name, make_method)
  local children = read_index()[full_name]
  local namespace = {}
  local metatable = { __name = "seam.namespace" }
  function metatable.__tostring() return "seam namespace " .. full_name end
  function metatable.__index(_, key)
    if type(key) ~= "string" or key:sub(1, 1) == "_" then return nil end
    local rows = endpoint_rows.of(full_name)
    local member
    if rows[key] then
      member = make_method(rows[key], namespace)
      row_of[member] = rows[key]
    elseif children[key] then
      member = M.new(full_name .. "." .. key, make_method)
    else
      -- A misspelt endpoint would else be "attempt to call a nil value", without the right name.
      error(unknown_member(full_name, key, rows, children), 0)
    end
    rawset(namespace, key, member)
    return member
  end
  return setmetatable(namespace, metatable)
end

--- The names at the top of the tree.
---@return table<string, boolean>
function M.roots()
  return read_index()[""]
end

--- The row behind a method such as client.devices.list.
---@param method any
---@return table|nil
function M.row_of(method)
  return row_of[method]
end

return M

-- SPDX-License-Identifier: MIT
-- Codes on a lock by way of Access Grants: one grant for each stay and lock, with one method of mode code.
-- `client` is one that returns nil and an error.

local errors = require "seam.errors"
local health = require "seam.codes.health"
local listing = require "seam.codes.listing"
local null = require("seam.json").null
local time = require "seam.time"

local M = { changes_pin = false, noun = "access grant" }

local function requested_pin(grant)
  for _, method in ipairs(grant.requested_access_methods or {}) do
    if method.mode == "code" then return method.code end
  end
end

local function method_of(grant, methods)
  for _, id in ipairs(grant.access_method_ids or {}) do
    local method = methods[id]
    if method and method.mode == "code" then return method end
  end
end

local function overlay(item, mutation)
  local to = mutation.to
  if mutation.mutation_code == "updating_access_times" and type(to) == "table" then
    item.starts_at, item.ends_at = time.parse(to.starts_at), time.parse(to.ends_at)
  end
end

local function item_of(grant, methods)
  local method = method_of(grant, methods)
  local item = {
    id = grant.access_grant_id, name = grant.name, created_at = grant.created_at or "",
    starts_at = time.parse(grant.starts_at), ends_at = time.parse(grant.ends_at),
    code = method and method.code or requested_pin(grant), resource = method or grant,
  }
  for _, mutation in ipairs(grant.pending_mutations or {}) do overlay(item, mutation) end
  -- A grant without an end has a start nevertheless: the moment it was made.
  if not item.ends_at then item.starts_at = nil end
  item.state, item.problem = health.of_access_grant(grant, method)
  item.going = item.state == "removing"
  return item
end

--- Every grant that reaches a lock.
---@param client table
---@param device_id string
---@return table[]|nil items
---@return seam.Error|nil
function M.list(client, device_id)
  local grants, err = listing.all(client, client.access_grants.list, { device_id = device_id })
  if not grants then return nil, err end
  local methods, by_id, items = nil, {}, {}
  if #grants > 0 then
    methods, err = listing.all(client, client.access_methods.list, { device_id = device_id })
    if not methods then return nil, err end
  end
  for _, method in ipairs(methods or {}) do by_id[method.access_method_id] = method end
  for place, grant in ipairs(grants) do items[place] = item_of(grant, by_id) end
  return items
end

--- A grant may lead to more than online codes: Seam knows best.
function M.refusal() end

---@param fields table name, starts_at, ends_at, code, person, user_identity_id
---@return string|nil id
---@return seam.Error|nil
function M.create(client, device_id, fields)
  local person = not fields.user_identity_id and { full_name = fields.person } or nil
  local grant, err = client.access_grants.create {
    device_ids = { device_id }, name = fields.name, starts_at = fields.starts_at, ends_at = fields.ends_at,
    requested_access_methods = { { mode = "code", code = fields.code } },
    user_identity = person, user_identity_id = fields.user_identity_id,
  }
  if grant == nil then return nil, err end
  if type(grant) ~= "table" or type(grant.access_grant_id) ~= "string" then
    return nil, errors.new("SeamHttpError", "Seam answered with an access grant that has no id", {
      code = "invalid_response", outcome = "unknown", path = "/access_grants/create",
    })
  end
  return grant.access_grant_id
end

---@param item table as list gave it
---@param fields table the changed ones; ongoing = true takes the end away
---@return boolean|nil ok
---@return seam.Error|nil
function M.update(client, item, fields)
  return client.access_grants.update {
    access_grant_id = item.id, name = fields.name, starts_at = fields.starts_at,
    ends_at = fields.ongoing and null or fields.ends_at,
  }
end

---@return boolean|nil ok
---@return seam.Error|nil
function M.delete(client, item)
  return client.access_grants.delete { access_grant_id = item.id }
end

return M

-- SPDX-License-Identifier: MIT
-- Codes on a lock by way of the access_codes endpoints. `client` is one that returns nil and an error.

local errors = require "seam.errors"
local health = require "seam.codes.health"
local listing = require "seam.codes.listing"
local time = require "seam.time"

local M = { changes_pin = true, noun = "access code" }

--- What the code will be once everything asked for is in force: changes reach a lock late.
local function overlay(item, mutation)
  local to, kind = mutation.to, mutation.mutation_code
  if kind == "deleting" then item.going = true end
  if type(to) ~= "table" then return end
  if kind == "updating_name" then item.name = to.name end
  if kind == "updating_code" then item.code = to.code end
  if kind == "updating_time_frame" then
    item.starts_at, item.ends_at = time.parse(to.starts_at), time.parse(to.ends_at)
  end
end

local function item_of(code)
  local item = {
    id = code.access_code_id, name = code.name, code = code.code, created_at = code.created_at or "",
    starts_at = time.parse(code.starts_at), ends_at = time.parse(code.ends_at),
    going = code.status == "removing", resource = code,
  }
  if code.type == "ongoing" then item.starts_at, item.ends_at = nil, nil end
  for _, mutation in ipairs(code.pending_mutations or {}) do overlay(item, mutation) end
  item.state, item.problem = health.of_access_code(code)
  return item
end

--- Everything this workspace manages on a lock.
---@param client table
---@param device_id string
---@return table[]|nil items
---@return seam.Error|nil
function M.list(client, device_id)
  local codes, err = listing.all(client, client.access_codes.list, { device_id = device_id })
  if not codes then return nil, err end
  local items = {}
  for _, code in ipairs(codes) do
    -- A server that does not filter must not make another door's codes look like this one's.
    if code.device_id == nil or code.device_id == device_id then items[#items + 1] = item_of(code) end
  end
  return items
end

local function has_capability(device)
  for _, name in ipairs(device.capabilities_supported or {}) do
    if name == "access_code" then return true end
  end
  return false
end

--- Why a lock takes no codes at all; nil where it does.
---@param device table
---@return string|nil reason
function M.refusal(device)
  if device.can_program_online_access_codes == nil and not has_capability(device) then
    return "the lock takes no access codes"
  end
end

---@param fields table name, starts_at, ends_at, code
---@return string|nil id
---@return seam.Error|nil
function M.create(client, device_id, fields)
  local code, err = client.access_codes.create {
    device_id = device_id, name = fields.name, starts_at = fields.starts_at, ends_at = fields.ends_at,
    code = fields.code,
  }
  if code == nil then return nil, err end
  if type(code) ~= "table" or type(code.access_code_id) ~= "string" then
    return nil, errors.new("SeamHttpError", "Seam answered with an access code that has no id", {
      code = "invalid_response", outcome = "unknown", path = "/access_codes/create",
    })
  end
  return code.access_code_id
end

---@param item table as list gave it
---@param fields table the changed ones; ongoing = true takes the time frame away
---@return boolean|nil ok
---@return seam.Error|nil
function M.update(client, item, fields)
  return client.access_codes.update {
    access_code_id = item.id, name = fields.name, starts_at = fields.starts_at, ends_at = fields.ends_at,
    code = fields.code, type = fields.ongoing and "ongoing" or nil,
  }
end

---@return boolean|nil ok
---@return seam.Error|nil
function M.delete(client, item)
  return client.access_codes.delete { access_code_id = item.id }
end

return M

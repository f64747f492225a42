-- SPDX-License-Identifier: MIT
-- Many locks at once: each its own sync, and what fails on one is in its own report.

local errors = require "seam.errors"
local planning = require "seam.codes.planning"
local report_of = require "seam.codes.report"

require("seam.uncompiled")()

local M = {}

local function bad(place, reason)
  return nil, errors.invalid_params(nil, ("doors[%d] %s"):format(place, reason), "doors")
end

local function check_doors(doors)
  if type(doors) ~= "table" then
    return nil, errors.invalid_params(nil, "doors must be a list of { device, wanted }", "doors")
  end
  local checked, seen = {}, {}
  for place, door in ipairs(doors) do
    if type(door) ~= "table" then return bad(place, "must be a table { device, wanted }") end
    local device, wanted = door.device or door[1], door.wanted or door[2]
    local id = planning.id_of(device)
    if not id then return bad(place, "has no lock: an id, or a device the SDK returned") end
    -- Two at the same lock would each create what the other has not finished.
    if seen[id] then return bad(place, ("is the same lock as doors[%d]"):format(seen[id])) end
    seen[id], checked[place] = place, { id = id, device = device, wanted = wanted }
  end
  return checked
end

local OWN = { concurrency = true, on_progress = true, loop = true }

--- The options of seam.map, and those of each sync.
local function split(given)
  local own, others = {}, {}
  for name, value in pairs(given or {}) do (OWN[name] and own or others)[name] = value end
  return own, others
end

---@param client table
---@param doors table[]
---@param given table|nil
---@param sync function
---@return table[]|nil reports
---@return seam.Error|nil
function M.sync(client, doors, given, sync)
  local checked, err = check_doors(doors)
  if not checked then return nil, err end
  if given ~= nil and type(given) ~= "table" then
    return nil, errors.invalid_options("options of seam.codes must be a table, got a " .. type(given))
  end
  local own, options = split(given)
  return require("seam.safe").map(checked, function(door)
    local report, problem = sync(client, door.device, door.wanted, options)
    return report or report_of.failure(door.id, problem)
  end, own)
end

return M

-- SPDX-License-Identifier: MIT
-- Everything a sandbox knows: its records, its generators, its clock. Modules of model/ act on it.

local clock = require "seam.sandbox.clock"
local ids = require "seam.sandbox.ids"
local records = require "seam.sandbox.records"

local M = {}

--- Empties the workspace: no accounts, devices, codes, events or webhooks; options and clock stay.
function M.clear(world)
  world.clock.agenda = {}
  world.webviews = records.new()
  world.accounts = records.new()
  world.devices = records.new()
  world.codes = records.new()
  world.attempts = records.new()
  world.events = records.new()
  world.webhooks = records.new()
  world.deliveries = {}
  world.calls = {}
  world.guide_ids = {}
end

--- A world with an empty workspace.
---@param options table filled by options.fill
function M.new(options)
  local world = {
    options = options,
    clock = clock.new(options.now),
    ids = ids.new(options.seed, "ids"),
    pins = ids.new(options.seed, "pins"),
    request_ids = ids.new(options.seed, "requests"),
    faults = {},
  }
  M.clear(world)
  if options.clock and options.clock ~= true then world.clock:set(options.clock) end
  if options.freeze then world.clock:freeze(options.freeze ~= true and options.freeze or nil) end
  return world
end

return M

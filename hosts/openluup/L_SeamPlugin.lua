-- SPDX-License-Identifier: MIT
-- One Seam device: its start, and the rounds in which it asks Seam.

local actions = require "L_SeamActions"
local core = require "seam.core"
local events_of = require "L_SeamEvents"
local host_of = require "L_SeamHost"
local jobs_of = require "L_SeamJobs"
local key = require "L_SeamKey"
local locks_of = require "L_SeamLocks"
local names = require "L_SeamNames"
local seam = require "seam.safe"
local trouble_of = require "L_SeamTrouble"
local variables_of = require "L_SeamVariables"

local M = {}

-- Seconds between rounds and between listings, where the user does not say otherwise; never less than LEAST.
local POLL, LIST, LEAST = 15, 300, 5
local AT_ONCE = 0.1

local methods = {}
local metatable = { __index = methods }

---@param luup table
---@param device integer the Seam device
---@return table plugin
function M.new(luup, device)
  local variables, host = variables_of.new(luup), host_of.new(luup)
  local locks = locks_of.new(luup, device, variables)
  return setmetatable({
    luup = luup, device = device, host = host, variables = variables, locks = locks,
    events = events_of.new(device, variables, locks), jobs = jobs_of.new(host),
    -- By child, when it was moved from here last.
    moved_at = {}, trouble = trouble_of.new(luup, device, variables), round_number = 0,
  }, metatable)
end

---@return number seconds of a clock that only goes forward
function methods.now() return core.now() end

-- Rounds -----------------------------------------------------------------------------------------

local function connect(self)
  if self.client then return true end
  local options, err = key.options()
  if not options then return nil, err end
  options.loop = self.host.loop
  local client
  client, err = seam.new(options)
  if not client then return nil, err end
  local ok
  ok, err = self.events:begin(client)
  if not ok then return nil, err end
  self.client, self.listed_at = client, nil
  return true
end

local function note_locks(self, listing)
  self.keypads = {}
  for _, lock in ipairs(listing) do
    if locks_of.has_codes(lock) then self.keypads[lock.device_id] = true end
  end
  if self.codes_known then return end
  self.codes_known = true
  for id in pairs(self.keypads) do self.events.codes_changed[id] = true end
end

local function list_locks(self)
  local started = self.now()
  local listing, err = self.client.locks.list()
  if not listing then return nil, err end
  self.listed_at = started
  self.variables:set(names.SEAM, "Locks", #listing, self.device)
  note_locks(self, listing)
  -- A Vera restarts when its devices change: not while a door moves.
  if self.jobs:is_busy() then self.listed_at = nil else self.locks:sync(listing) end
  self.locks:show(listing, function(child)
    return self.jobs:is_busy(child) or (self.moved_at[child] or 0) >= started
  end)
  return true
end

local function list_codes(self)
  local children, due = self.locks:children(), self.events.codes_changed
  local show_pins = self.variables:get(names.SEAM, "ShowPins", self.device) == "1"
  local id = next(due)
  while id do
    due[id] = nil
    if children[id] and (self.keypads or {})[id] then
      local pages, err = self.client.create_paginator(self.client.access_codes.list, { device_id = id })
      local codes
      if pages then codes, err = pages:flatten_to_list() end
      if not codes then
        due[id] = true
        return nil, err
      end
      self.locks:show_codes(children[id], codes, show_pins)
    end
    id = next(due)
  end
  return true
end

local function is_list_due(self)
  if self.events:take_changed() or not self.listed_at then return true end
  local seconds = self.variables:number(names.SEAM, "ListSeconds", self.device, LIST, LEAST)
  return self.now() - self.listed_at >= seconds
end

--- Users are named in events, so their numbers have to be there first.
local function work(self)
  local ok, err = connect(self)
  if ok and not self.codes_known then ok, err = list_locks(self) end
  if ok and next(self.events.codes_changed) then ok, err = list_codes(self) end
  if ok then ok, err = self.events:poll() end
  if ok and is_list_due(self) then ok, err = list_locks(self) end
  if ok then ok, err = list_codes(self) end
  return ok, err
end

local function next_round(self, seconds)
  self.round_number = self.round_number + 1
  local number = self.round_number
  self.host:after(seconds, function()
    if number == self.round_number then self:round() end
  end)
end

--- What was not allowed is tried again with a key that is read anew. What is under way ends with the client that it
--- began with.
local function delay_after(self, err)
  local delay, not_allowed = self.trouble:note(err)
  if not_allowed and self.client then
    if not self.jobs:is_busy() then self.client:close() end
    self.client = nil
  end
  self.listed_at = nil
  return delay
end

local function end_round(self, ok, err)
  self.is_running = false
  local seconds
  if not ok then
    seconds = delay_after(self, err)
  else
    self.trouble:clear()
    seconds = self.variables:number(names.SEAM, "PollSeconds", self.device, POLL, LEAST)
    if self.is_wanted_again then seconds, self.listed_at = AT_ONCE, nil end
  end
  self.is_wanted_again = false
  next_round(self, seconds)
end

--- Asks Seam for everything that is due.
function methods:round()
  if self.is_running then return end
  self.is_running = true
  self.host:spawn(function() return work(self) end, function(ok, err) end_round(self, ok, err) end)
end

--- Has the locks listed soon.
function methods:refresh()
  self.listed_at = nil
  if self.is_running then
    self.is_wanted_again = true
  else
    next_round(self, AT_ONCE)
  end
end

--- A call went through: if there was trouble, it may be over.
function methods:note_success()
  if self.trouble:is_there() then self:refresh() end
end

-- What luup calls --------------------------------------------------------------------------------

--- Starts, without waiting for anything.
---@return boolean ok
---@return string reason
---@return string name
function methods:start()
  self.variables:set(names.SEAM, "Version", seam._VERSION, self.device)
  local ok, err = connect(self)
  if not ok then
    next_round(self, delay_after(self, err))
    return false, actions.describe(err), "Seam"
  end
  next_round(self, AT_ONCE)
  return true, "", "Seam"
end

function methods:on_timer(token)
  self.host:on_timer(token)
end

local function task_for(self, action, child, arguments)
  if not self.locks:id_of(child) then return nil, "it is no lock of Seam" end
  if not self.client then
    return nil, self.variables:get(names.SEAM, "LastError", self.device) or "there is no connection to Seam"
  end
  return actions.tasks[action](self, child, arguments or {})
end

--- The <run> of an action: false where it cannot be, which the log explains.
---@return boolean
function methods:run(action, child, arguments)
  local task, reason = task_for(self, action, child, arguments)
  if task then
    self.jobs:want(child, action, task)
    return true
  end
  self.luup.log(("seam: %s of device %s refused: %s"):format(action, tostring(child), reason), 2)
  return false
end

--- The <job> of an action.
---@return integer state
---@return number seconds
function methods:job(action, child, job)
  return self.jobs:step(child, action, job)
end

return M

-- SPDX-License-Identifier: MIT
-- A stub of the luup engine that loads a plugin's real files and drives them, after openLuup 2025.02; luup_files and
-- luup_scheduler are its other halves. As in the real one: values are text, functions are found by global name in the
-- current device's environment, actions of a child go to a parent that handles children, out-arguments come from the
-- service descriptions that the parent names, chdev.sync asks for a reload when the set of children differs.
-- Not here: rooms, scenes, watches, attributes, HTTP, user_data, logs in files; a reload is only counted.

local luup_files = require "support.luup_files"
local scheduler_of = require "support.luup_scheduler"

local M = {}

local HA = "urn:micasaverde-com:serviceId:HaDevice1"

local methods = {}
local metatable = { __index = methods }

local function variable_functions(host)
  local luup = {}
  function luup.variable_get(service, name, number)
    local device = host.luup.devices[number or host.scheduler.current]
    local entry = device and device.variables[service .. "#" .. name]
    return entry
  end
  function luup.variable_set(service, name, value, number)
    number = number or host.scheduler.current
    local device = assert(host.luup.devices[number], "no such device")
    device.variables[service .. "#" .. name] = tostring(value)
    host.writes[#host.writes + 1] = { device = number, service = service, name = name, value = tostring(value) }
  end
  function luup.set_failure(status, number)
    luup.variable_set(HA, "CommFailure", status, number)
  end
  function luup.log(text) host.log[#host.log + 1] = text end
  function luup.device_message(number, status, text)
    host.messages[#host.messages + 1] = { device = number, status = status, text = text }
  end
  function luup.call_delay(name, seconds, data)
    local device = host.luup.devices[host.scheduler.current]
    local f = assert(device and device.environment[name], "unknown global function name: " .. name)
    assert(data == nil or type(data) == "string", "call_delay hands on text")
    host.scheduler:add_delay(f, seconds, data)
    host.delays[#host.delays + 1] = seconds
    return 0
  end
  return luup
end

local function add_device(host, number, fields)
  fields.variables = {}
  host.luup.devices[number] = fields
  host.highest = math.max(host.highest, number)
  return fields
end

local function set_lines(host, number, lines)
  for service, name, value in lines:gmatch("%s*([^,]+),([^=]+)=(%C*)") do
    host.luup.devices[number].variables[service .. "#" .. name] = value
  end
end

local function append(host, parent, place, altid, description, device_type, file, parameters)
  assert(not place.seen[altid], "duplicate altid in chdev.append()")
  place.seen[altid] = true
  if place.old[altid] then
    if description ~= "" then host.luup.devices[place.old[altid]].description = description end
    place.old[altid] = nil
    return
  end
  place.reload = true
  local number = host.highest + 1
  host.highest = number
  place.new[number] = { id = altid, description = description, device_type = device_type, device_num_parent = parent,
    file = luup_files.device(host.folder, file), parameters = parameters }
end

local function new_chdev(host)
  local chdev = {}
  function chdev.start(parent)
    local place = { seen = {}, old = {}, new = {} }
    for number, device in pairs(host.luup.devices) do
      if device.device_num_parent == parent then place.old[device.id] = number end
    end
    return place
  end
  function chdev.append(parent, place, altid, description, device_type, file, _, parameters)
    append(host, parent, place, altid, description, device_type, file, parameters)
  end
  function chdev.sync(_, place, no_reload)
    host.syncs = host.syncs + 1
    for _, number in pairs(place.old) do
      host.luup.devices[number], place.reload = nil, true
    end
    for number, device in pairs(place.new) do
      add_device(host, number, device)
      set_lines(host, number, device.parameters or "")
    end
    if place.reload and not (no_reload and host.luup.openLuup) then host.reloads = host.reloads + 1 end
  end
  return chdev
end

--- Starts a host.
---@param options table { folder = where the plugin's files are, vera = true: without openLuup's scheduler, speed = }
---@return table host
function M.new(options)
  local host = setmetatable({ folder = options.folder, scheduler = scheduler_of.new(options.speed), writes = {},
    log = {}, messages = {}, delays = {}, highest = 2, syncs = 0, reloads = 0 }, metatable)
  host.luup = variable_functions(host)
  host.luup.devices, host.luup.chdev = {}, new_chdev(host)
  if not options.vera then
    host.luup.openLuup = {}
    package.loaded["openLuup.scheduler"] = host.scheduler:module()
  end
  host.package_path = package.path
  package.path = options.folder .. "/?.lua;" .. package.path
  return host
end

function methods:close()
  package.path = self.package_path
  package.loaded["openLuup.scheduler"] = nil
end

local function load_answers(self, services)
  self.answers = self.answers or {}
  for _, service in ipairs(services) do
    self.answers[service.serviceId] = luup_files.answers(self.folder, service.SCPDURL)
  end
end

--- Makes a device that stands alone and runs its start function, as a job of openLuup's does.
---@param file string
---@param variables table|nil values by "service#name" that are there from before
---@return integer number
---@return any ok what the start function returned
---@return string|nil reason
function methods:create(file, variables)
  local number = self.highest + 1
  local device = add_device(self, number, { id = "", description = file, device_num_parent = 0 })
  for name, value in pairs(variables or {}) do device.variables[name] = value end
  device.file = luup_files.device(self.folder, file)
  load_answers(self, device.file.services)
  local startup
  device.environment, device.actions, startup = luup_files.implementation(self.folder, device.file.implementation,
    self.luup)
  local _, ok, reason = self.scheduler:switch(number, device.environment[startup], number)
  return number, ok, reason
end

--- A child from before, as user_data would bring it.
function methods:add_child(parent, altid, description, file)
  local number = self.highest + 1
  add_device(self, number, { id = altid, description = description, device_num_parent = parent,
    file = luup_files.device(self.folder, file) })
  return number
end

---@return integer|nil number
function methods:child(altid)
  for number, device in pairs(self.luup.devices) do
    if device.id == altid then return number end
  end
end

local function answers_of(self, number, service, action)
  local values = {}
  for name, variable in pairs((self.answers[service] or {})[action] or {}) do
    values[name] = self.luup.variable_get(service, variable, number)
  end
  return values
end

--- Calls an action as the HTTP interface and scenes do.
---@return integer err 0; -1 where the device refuses; 401 where there is none
---@return table answers
---@return table|nil job
function methods:action(number, service, name, arguments)
  local device = assert(self.luup.devices[number])
  local parent = self.luup.devices[device.device_num_parent]
  local handler = parent and parent.file.handles_children and device.device_num_parent or number
  local action = (self.luup.devices[handler].actions or {})[service .. "#" .. name]
  if not action then return 401, {} end
  local text, job = {}, nil
  for key, value in pairs(arguments or {}) do text[key] = tostring(value) end
  if action.run then
    local ok, response = self.scheduler:switch(handler, action.run, number, text)
    if not ok or response == false then return -1, {} end
    text = {}
  end
  if action.job then job = select(2, self.scheduler:add_job(handler, number, action.job, text)) end
  return 0, answers_of(self, number, service, name), job
end

---@return string|nil
function methods:get(number, service, name)
  return self.luup.variable_get(service, name, number)
end

--- Values a variable was given, in order.
function methods:written(number, name)
  local values = {}
  for _, write in ipairs(self.writes) do
    if write.device == number and write.name == name then values[#values + 1] = write.value end
  end
  return values
end

function methods:run_until(condition, seconds) return self.scheduler:run_until(condition, seconds) end
function methods:run_for(seconds) self.scheduler:run_for(seconds) end

--- Goes on until a job has ended.
---@return integer status
---@return string notes
function methods:finish(job, seconds)
  self:run_until(function() return job.status > 1 end, seconds or 20)
  return job.status, job.notes
end

return M

-- SPDX-License-Identifier: MIT
-- Stands in for Domoticz 2025.1 with dzVents 3.1, for specs of hosts/domoticz. Real: the installed files, HTTP, shell
-- commands, one fresh set of modules for each event (as Domoticz has a Lua state for each), `?.lua` as the only
-- pattern, no C modules. Stubbed, as it was seen in the real one: which events a script gets; commands take effect
-- after the script; a switch shows its new state before the script runs; a press of the state that is shown starts no
-- event; update().silent() starts none; openURL's and executeShellCommand's answers are events; openURL's status below
-- 100 is curl's error; data is kept only when the script did not fail, and only if it is plain; the clock is virtual.

local child = require "support.child"
local environment = require "support.fake_environment"
local files = require "support.files"
local http = require "socket.http"
local ltn12 = require "ltn12"
local socket = require "socket"

local M = {}

M.URL = "http://127.0.0.1:1"

local MOST_EVENTS = 200

local methods = {}
local metatable = { __index = methods }
local real_time = os.time

--- Installs the scripts as a user would.
---@param variables table<string, string> Domoticz' environment
---@return table domoticz
function M.new(variables)
  local folder = os.tmpname()
  os.remove(folder)
  os.execute("mkdir -p " .. folder)
  local said = files.output_of(("%s hosts/domoticz/bin/seam-domoticz install %s 2>&1"):format(child.lua(), folder))
  return setmetatable({
    folder = folder, said = said, variables = variables, now = 1700000000, devices = {}, kept = {}, queue = {},
    logs = {}, notifications = {}, requests = {}, shell = {}, problems = {}, user_events = {},
  }, metatable)
end

function methods:remove()
  os.execute("rm -r " .. self.folder)
end

--- Adds a Door Lock.
function methods:add(id, name, device_id, locked)
  self.devices[#self.devices + 1] = {
    id = id, name = name, description = device_id and "seam=" .. device_id or "", locked = locked, batteryLevel = nil,
    updates = {},
  }
  return self.devices[#self.devices]
end

local function plain(value, where)
  local kind = type(value)
  if kind == "table" then
    assert(getmetatable(value) == nil, where .. " has a metatable: it would not be kept")
    local copy = {}
    for key, inner in pairs(value) do copy[plain(key, where)] = plain(inner, where .. "." .. tostring(key)) end
    return copy
  end
  assert(kind == "string" or kind == "number" or kind == "boolean", where .. " is a " .. kind .. ": it is not kept")
  assert(value == value and value ~= math.huge and value ~= -math.huge, where .. " is no number that can be kept")
  return value
end

-- What a script asks for, done after it has run.
local COMMANDS = {}

function COMMANDS.update(self, command)
  local device = command.device
  device.locked = command.value == 1
  device.updates[#device.updates + 1] = { locked = device.locked, silent = command.silent or false }
  if not command.silent then self:later(0, { kind = "device", device = device }) end
end

function COMMANDS.event(self, command)
  assert(type(command.name) == "string" and command.name ~= "")
  if command.name:find("^seam%-event") or command.name:find("^seam%-result") then
    self.user_events[#self.user_events + 1] = { name = command.name, data = command.data }
  end
  self:later(command.after or 0, { kind = "custom", trigger = command.name, data = command.data })
end

local function fetch(request)
  local pieces, body = {}, request.postData
  local headers = {}
  for name, value in pairs(request.headers or {}) do headers[name] = value end
  if body then headers["content-length"] = tostring(#body) end
  local ok, status, received = http.request {
    url = request.url, method = request.method or "GET", headers = headers, redirect = false,
    source = body and ltn12.source.string(body) or nil, sink = ltn12.sink.table(pieces),
  }
  if not ok then
    local code = ({ ["connection refused"] = 7, timeout = 28, closed = 52 })[status] or 56
    return { kind = "http", statusCode = code, statusText = tostring(status), headers = {}, data = "" }
  end
  return { kind = "http", statusCode = status, statusText = "", headers = received, data = table.concat(pieces) }
end

function COMMANDS.url(self, command)
  local request = command.request
  self.requests[#self.requests + 1] = request
  if request.url:find(M.URL, 1, true) then
    local idx, battery = request.url:match("idx=(%d+)"), request.url:match("battery=(%d+)")
    assert(request.url:find("parsetrigger=false", 1, true), "udevice without parsetrigger=false starts an event")
    self:device(tonumber(idx)).batteryLevel = tonumber(battery)
    return
  end
  local answer = fetch(request)
  answer.trigger = request.callback
  if self.hold and self.hold(request) then
    self.held = answer
  elseif request.callback then
    self:later(0, answer)
  end
end

function COMMANDS.shell(self, command)
  local request = command.request
  self.shell[#self.shell + 1] = request
  local problems = os.tmpname()
  local exports = ""
  for name, value in pairs(self.variables) do exports = exports .. ("export %s='%s'; "):format(name, value) end
  local said = files.output_of(("%s{ %s ; } 2>%s; printf 'status %%d' $?"):format(exports, request.command, problems))
  local output, status = said:match("^(.*)status (%d+)$")
  self:later(0, {
    kind = "shell", trigger = request.callback, data = output, statusCode = tonumber(status),
    errorText = (files.read(problems):gsub("\n", "")),
  })
  os.remove(problems)
end

local function timed(command)
  return { afterSec = function(seconds)
    command.after = seconds
    return {}
  end, silent = function()
    command.silent = true
    return {}
  end }
end

local function device_object(device, commands)
  return {
    id = device.id, idx = device.id, name = device.name, description = device.description, isDevice = true,
    state = device.locked and "Locked" or "Unlocked", active = device.locked, batteryLevel = device.batteryLevel,
    update = function(value, text)
      assert((value == 0 or value == 1) and text == "")
      commands[#commands + 1] = { kind = "update", device = device, value = value }
      return timed(commands[#commands])
    end,
  }
end

local function domoticz_object(self, commands)
  local function log(text, level)
    self.logs[#self.logs + 1] = { text = text, level = level }
  end
  local function queue(command)
    commands[#commands + 1] = command
    return timed(command)
  end
  return {
    LOG_INFO = 2, LOG_ERROR = 5, LOG_STATUS = 3, log = log, data = plain(self.kept, "data"),
    settings = { ["Domoticz url"] = M.URL },
    notify = function(subject, message)
      self.notifications[#self.notifications + 1] = subject .. ": " .. message
    end,
    openURL = function(request)
      if type(request) == "string" then request = { url = request, method = "GET" } end
      return queue { kind = "url", request = request }
    end,
    executeShellCommand = function(request) return queue { kind = "shell", request = request } end,
    emitEvent = function(name, data) return queue { kind = "event", name = name, data = plain(data, name) } end,
    devices = function(id)
      if id then return device_object(self:device(id), commands) end
      return { forEach = function(f)
        for _, device in ipairs(self.devices) do f(device_object(device, commands)) end
      end }
    end,
  }
end

local function item_of(event, commands)
  if event.kind == "device" then return device_object(event.device, commands) end
  local item = { trigger = event.trigger, data = event.data }
  if event.kind == "timer" then item.isTimer = true end
  if event.kind == "custom" then item.isCustomEvent = true end
  if event.kind == "http" then
    item.isHTTPResponse, item.callback = true, event.trigger
    item.statusCode, item.statusText, item.headers = event.statusCode, event.statusText, event.headers
    item.ok = event.statusCode >= 200 and event.statusCode <= 299
  end
  if event.kind == "shell" then
    item.isShellCommandResponse, item.statusCode, item.errorText = true, event.statusCode, event.errorText
    item.timeoutOccurred, item.ok = false, event.statusCode == 0
  end
  return item
end

local KINDS = { device = "devices", timer = "timer", http = "httpResponses", shell = "shellCommandResponses",
  custom = "customEvents" }

local function is_wanted(on, event)
  for _, trigger in ipairs(on[KINDS[event.kind]] or {}) do
    if event.kind == "timer" or trigger == "*" then return true end
    local name = event.kind == "device" and event.device.id or event.trigger
    if trigger == name then return true end
    if type(trigger) == "string" and type(name) == "string" then
      local pattern = "^" .. trigger:gsub("[%-%.]", "%%%0"):gsub("%*", ".*") .. "$"
      if name:find(pattern) then return true end
    end
  end
  return false
end

--- Runs f as in a Lua state of its own.
local function in_fresh_state(self, f)
  local saved, path, cpath = {}, package.path, package.cpath
  for name, module in pairs(package.loaded) do
    if name:find("^seam") or name == "cjson" then saved[name] = module end
  end
  for name in pairs(saved) do package.loaded[name] = nil end
  package.path, package.cpath = self.folder .. "/modules/?.lua;" .. self.folder .. "/scripts/?.lua", ""
  environment.set(self.variables)
  rawset(os, "time", function(...) return select("#", ...) > 0 and real_time(...) or self.now end)
  rawset(_G, "scriptsFolderPath", self.folder .. "/scripts")
  local known = {}
  for _, device in ipairs(self.devices) do
    known[#known + 1] = { baseType = "device", id = device.id, name = device.name, description = device.description }
  end
  rawset(_G, "domoticzData", known)
  local ok, problem = pcall(f)
  rawset(_G, "domoticzData", nil)
  rawset(_G, "scriptsFolderPath", nil)
  rawset(os, "time", real_time)
  environment.restore()
  for name in pairs(package.loaded) do
    if name:find("^seam") or name == "cjson" then package.loaded[name] = nil end
  end
  for name, module in pairs(saved) do package.loaded[name] = module end
  package.path, package.cpath = path, cpath
  if not ok then self.problems[#self.problems + 1] = tostring(problem) end
end

--- Hands an event to the script.
function methods:dispatch(event)
  local commands = {}
  in_fresh_state(self, function()
    local script = dofile(self.folder .. "/scripts/seam_locks.lua")
    if not is_wanted(script.on, event) then return end
    for name, definition in pairs(script.data) do
      if self.kept[name] == nil then self.kept[name] = definition.initial end
    end
    local domoticz = domoticz_object(self, commands)
    script.execute(domoticz, item_of(event, commands), {})
    local kept = {}
    for name in pairs(script.data) do kept[name] = plain(domoticz.data[name], "data." .. name) end
    self.kept = kept
  end)
  for _, command in ipairs(commands) do COMMANDS[command.kind](self, command) end
end

function methods:later(seconds, event)
  event.due = self.now + seconds
  self.queue[#self.queue + 1] = event
end

local function take_next(self, until_)
  local best
  for place, event in ipairs(self.queue) do
    if event.due <= until_ and (not best or event.due < self.queue[best].due) then best = place end
  end
  return best and table.remove(self.queue, best)
end

--- Lets virtual seconds pass, with everything that is due in them. A pause takes a little real time too, for the
--- sandbox' own clock.
function methods:run(seconds)
  local stop, left = self.now + seconds, MOST_EVENTS
  while true do
    local event = take_next(self, stop)
    if not event then break end
    left = left - 1
    assert(left > 0, "the script and its events chase each other")
    if event.due > self.now then
      socket.sleep(self.pace or 0)
      self.now = event.due
    end
    self:dispatch(event)
  end
  self.now = stop
end

--- A finger, or a user's script, on a lock.
function methods:press(id, state)
  local device = self:device(id)
  if device.locked == (state == "Locked") then return false end
  device.locked = state == "Locked"
  self:dispatch { kind = "device", device = device }
  return true
end

--- What "every minute" starts, and all that follows at once.
function methods:minute()
  self:dispatch { kind = "timer", trigger = "every minute" }
  self:run(0)
end

function methods:device(id)
  for _, device in ipairs(self.devices) do
    if device.id == id then return device end
  end
end

--- How often a path of Seam was asked for.
function methods:count(path)
  local count = 0
  for _, request in ipairs(self.requests) do
    if request.url:find(path, 1, true) then count = count + 1 end
  end
  for _, request in ipairs(self.shell) do
    if request.command:find(path, 1, true) then count = count + 1 end
  end
  return count
end

--- All that a person can read: log, notifications, what is kept, command lines.
function methods:everything_said()
  local parts = {}
  for _, entry in ipairs(self.logs) do parts[#parts + 1] = entry.text end
  for _, text in ipairs(self.notifications) do parts[#parts + 1] = text end
  for _, request in ipairs(self.shell) do parts[#parts + 1] = request.command end
  local function add(value)
    if type(value) ~= "table" then
      parts[#parts + 1] = tostring(value)
      return
    end
    for key, inner in pairs(value) do
      add(key)
      add(inner)
    end
  end
  add(self.kept)
  for _, event in ipairs(self.user_events) do add(event) end
  return table.concat(parts, "\n")
end

return M

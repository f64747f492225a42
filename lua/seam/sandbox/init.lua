-- SPDX-License-Identifier: MIT
-- A Seam workspace with Salto KS locks, simulated in this process: no network, no account, its own clock.

local accounts = require "seam.sandbox.model.accounts"
local code_updates = require "seam.sandbox.model.code_updates"
local code_view = require "seam.sandbox.view.access_code"
local conditions = require "seam.sandbox.conditions"
local devices = require "seam.sandbox.model.devices"
local device_view = require "seam.sandbox.view.device"
local faults = require "seam.sandbox.faults"
local json = require "seam.sandbox.json"
local lifecycle = require "seam.sandbox.model.lifecycle"
local locks = require "seam.sandbox.model.locks"
local nearest = require "seam.nearest"
local options_of = require "seam.sandbox.options"
local resource = require "seam.resource"
local router = require "seam.sandbox.router"
local seats = require "seam.sandbox.model.seats"
local transport = require "seam.sandbox.transport"
local webhooks = require "seam.sandbox.model.webhooks"
local world_of = require "seam.sandbox.world"

local M = {}

---@class seam.Sandbox
local Sandbox = {}
Sandbox.__index = Sandbox
Sandbox.__name = "seam.Sandbox"

function Sandbox:__tostring()
  return "seam.Sandbox (" .. #self.world.devices.list .. " devices)"
end

local function fail(message)
  error("seam.sandbox: " .. message, 3)
end

local LOGIN_FIELDS = { email = true, password = true }
local FAULT_FIELDS = {
  kind = true, path = true, paths = true, times = true, skip = true, carried_out = true, device = true,
  seconds = true, status = true, headers = true, body = true, code = true, error_type = true, message = true,
}

local function check_fields(what, given, known)
  for name in pairs(given) do
    if not known[name] then
      fail(what .. " has no field '" .. tostring(name) .. "'" .. nearest.hint(tostring(name), known))
    end
  end
end

local function device_of(self, wanted)
  local id = type(wanted) == "table" and (wanted.device_id or wanted.id) or wanted
  if type(id) ~= "string" or id == "" then fail("a device is wanted: its name, its id or a resource") end
  local found = self.world.devices:get(id) or self.world.devices:where(function(device)
    return device.name == id or device.nickname == id
  end)[1]
  if found then return found end
  fail("there is no device '" .. tostring(id) .. "'"
    .. (#self.world.devices.list == 0 and "; log in to a Connect Webview first" or ""))
end

--- Answers a request as the API would; the pure core below the client's transport and the HTTP server.
---@param request table method, path, query, headers, body (strings; headers by name)
---@return table response status, headers, body; see seam.sandbox.router
function Sandbox:handle(request)
  return router.handle(self.world, request)
end

--- Epoch seconds of the sandbox's clock.
function Sandbox:now()
  self.world.clock:tick()
  return self.world.clock:now()
end

--- Seconds since the sandbox was made, by its own clock; never goes back.
function Sandbox:monotonic()
  return self.world.clock:monotonic()
end

--- Stops the clock, at a moment where one is given.
---@param moment number|string|nil epoch seconds or ISO 8601
function Sandbox:freeze(moment)
  self.world.clock:freeze(moment and options_of.check("freeze", moment) or nil)
  return self
end

--- Lets a stopped clock run again.
function Sandbox:run()
  self.world.clock:run()
  return self
end

--- Moves the clock to a moment. Forward, everything in between happens; backward, nothing is undone.
---@param moment number|string epoch seconds or ISO 8601
function Sandbox:set_time(moment)
  self.world.clock:set(options_of.check("clock", moment))
  return self
end

--- Moves the clock forward; everything that falls due on the way happens in order, each at its moment.
---@param seconds number
function Sandbox:advance(seconds)
  if type(seconds) ~= "number" or seconds ~= seconds or seconds < 0 then
    fail("advance wants a number of seconds that is not negative, got " .. tostring(seconds))
  end
  self.world.clock:advance(seconds)
  return self
end

--- Lets everything happen that is due by now; returns the seconds until the next thing, or nil.
function Sandbox:tick()
  self.world.clock:tick()
  local due = self.world.clock:next_due()
  return due and not self.world.clock.frozen_at and due - self.world.clock:now() or nil
end

--- Logs in on a Connect Webview's page.
---@param webview string|table its id, or a resource with connect_webview_id
---@param credentials table|nil email (jane@example.com), password (1234)
---@return boolean|nil ok
---@return string|nil reason what the page would say
function Sandbox:login(webview, credentials)
  local id = type(webview) == "table" and webview.connect_webview_id or webview
  local record = self.world.webviews:get(id)
  if not record then fail("there is no Connect Webview '" .. tostring(id) .. "'") end
  credentials = credentials or {}
  check_fields("login", credentials, LOGIN_FIELDS)
  local ok, reason = accounts.login(self.world, record, credentials.email or "jane@example.com",
    credentials.password or self.world.options.login_password)
  self.world.clock:tick()
  return ok, reason
end

--- Connects an account in one step: a Connect Webview is made and somebody logs in on it.
---@param credentials table|nil email (jane@example.com), password (1234)
---@return boolean|nil ok
---@return string|nil reason what the page would say
function Sandbox:connect(credentials)
  local webview = self:client().connect_webviews.create { accepted_providers = { "salto_ks" } }
  return self:login(webview, credentials)
end

--- A lock as a program that read the API's answer would hold it: a fresh table without nulls.
---@param device string|table name, id, or a resource
function Sandbox:device(device)
  self.world.clock:tick()
  return resource.wrap("device", json.plain(device_view.render(self.world, device_of(self, device))))
end

--- The access codes of a lock, managed or not, oldest first.
function Sandbox:access_codes(device)
  self.world.clock:tick()
  local record, list = device_of(self, device), {}
  for _, code in ipairs(self.world.codes:where(function(item) return item.device == record end)) do
    local render = code.managed and code_view.render or code_view.render_unmanaged
    list[#list + 1] = resource.wrap("access_code", json.plain(render(self.world, code)))
  end
  return list
end

--- Everything that has happened, oldest first.
---@param event_type string|nil only events of this type
function Sandbox:events(event_type)
  self.world.clock:tick()
  local list = {}
  for _, event in ipairs(self.world.events.list) do
    if not event_type or event.event_type == event_type then
      list[#list + 1] = resource.wrap("event", json.plain(event))
    end
  end
  return list
end

--- Someone types a PIN on a lock's keypad.
---@return boolean opened
---@return string|nil reason_code unknown_code, expired_code, blocked_by_privacy_mode, credential_error, no_keypad
function Sandbox:enter_code(device, pin)
  self.world.clock:tick()
  local record = device_of(self, device)
  if not record.has_keypad then return false, "no_keypad" end
  return locks.enter_code(self.world, record, tostring(pin))
end

--- Someone turns the lock by hand.
---@param locked boolean
function Sandbox:turn_by_hand(device, locked)
  self.world.clock:tick()
  if type(locked) ~= "boolean" then fail("turn_by_hand wants true (locked) or false (unlocked)") end
  locks.turn(self.world, device_of(self, device), locked, { method = "manual" })
end

--- Sets a lock's battery, from 0 to 1.
function Sandbox:set_battery(device, level)
  if type(level) ~= "number" or not (level >= 0 and level <= 1) then fail("a battery level lies between 0 and 1") end
  self.world.clock:tick()
  devices.set_battery(self.world, device_of(self, device), level)
end

--- Sets how many user subscriptions the site of a lock has.
function Sandbox:set_seat_limit(device, limit)
  self.world.clock:tick()
  local record = device_of(self, device)
  seats.set_limit(self.world, record.account.site, options_of.check("seat_limit", limit))
  lifecycle.use_free_room(self.world, record)
end

--- Changes an option while the sandbox runs, for example "action_delay".
function Sandbox:set(name, value)
  self.world.options[name] = options_of.check(name, value)
  return self
end

local function kinds_text()
  local known = {}
  for kind in pairs(faults.KINDS) do known[kind] = true end
  for kind in pairs(conditions.KINDS) do known[kind] = true end
  return known
end

local Fault = {}
Fault.__index = Fault

--- Ends the fault; what had waited for its end goes on.
function Fault:clear()
  if self.stop then
    local stop = self.stop
    self.stop = nil
    stop()
    self.sandbox.world.clock:tick()
  end
end

--- Makes something go wrong. docs/sandbox.md lists the kinds and what each takes.
---@param fault table kind; path or paths, times, skip for faults of the wire; device for faults of a lock
---@return table fault with :clear()
function Sandbox:fault(fault)
  if type(fault) ~= "table" then fail("fault wants a table with a kind") end
  self.world.clock:tick()
  check_fields("a fault", fault, FAULT_FIELDS)
  local copy = {}
  for name, value in pairs(fault) do copy[name] = value end
  local stop
  if faults.KINDS[copy.kind] then
    stop = faults.add(self.world, copy)
  elseif conditions.KINDS[copy.kind] then
    if copy.device == nil then fail("the fault '" .. copy.kind .. "' needs a device") end
    stop = conditions.add(self.world, device_of(self, copy.device), copy)
  else
    fail("there is no fault '" .. tostring(copy.kind) .. "'" .. nearest.hint(tostring(copy.kind), kinds_text()))
  end
  local handle = setmetatable({ sandbox = self, stop = stop, kind = copy.kind }, Fault)
  self.armed[#self.armed + 1] = handle
  return handle
end

--- Ends every fault.
function Sandbox:clear_faults()
  local armed = self.armed
  self.armed = {}
  for _, fault in ipairs(armed) do fault:clear() end
end

--- Receives webhook deliveries in this process, signed as over HTTP. Needs seam.core for the signature.
---@param receive fun(url: string, headers: table, body: string): integer|boolean|nil an HTTP status; nil or true
--- count as 200, false as a failure
function Sandbox:on_webhook(receive)
  if not pcall(require, "seam.core") then fail("signing webhooks needs the C module seam.core; build it first") end
  self.world.send_webhook = function(url, headers, body, done)
    local answer = receive(url, headers, body)
    if type(answer) == "number" then answer = answer >= 200 and answer < 300 end
    done(answer ~= false)
  end
end

--- What became of the webhook deliveries (the last 1000): id, url, event_type, attempts, status.
function Sandbox:deliveries()
  self.world.clock:tick()
  local list = {}
  for place, item in ipairs(self.world.deliveries) do
    list[place] = {
      id = item.id, url = item.webhook.url, event_type = item.event_type, attempts = item.attempts,
      status = item.status,
    }
  end
  return list
end

--- The transport a client of this process uses.
function Sandbox:transport()
  return transport.new(self)
end

--- Options for seam.new, or for seam.safe's new, that lead to this sandbox.
---@param options table|nil further ones
function Sandbox:client_options(options)
  local filled = { api_key = self.world.options.api_key, endpoint = "https://sandbox.invalid" }
  for name, value in pairs(options or {}) do filled[name] = value end
  filled.transport = filled.transport or self:transport()
  return filled
end

--- A client that talks to this sandbox without a network; its calls raise errors, as seam.new's do.
---@param options table|nil as for seam.new; api_key, endpoint and transport have their own defaults here
function Sandbox:client(options)
  return require("seam").new(self:client_options(options))
end

--- A sandbox with an empty workspace: the locks arrive with the first login.
---@param options table|nil see docs/sandbox.md
---@return seam.Sandbox
function M.new(options)
  local filled = options_of.fill(options)
  local sandbox = setmetatable({ world = world_of.new(filled), armed = {} }, Sandbox)
  local world = sandbox.world
  world.on_connected = function(device) lifecycle.resume(world, device) end
  world.apply_update = function(code) code_updates.apply(world, code) end
  world.on_event = function(event) webhooks.queue(world, event) end
  if filled.on_webhook then sandbox:on_webhook(filled.on_webhook) end
  return sandbox
end

return M

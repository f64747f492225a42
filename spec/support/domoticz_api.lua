-- SPDX-License-Identifier: MIT
-- Domoticz' JSON API as its source has it (2025.1), as much as the setup helper asks for, in a process of its own. Run
-- as a program it serves until standard input closes; it writes every command it gets to standard output.
-- Stubbed: gethardware, addhardware, getdevices, createvirtualsensor, setused; values are text where Domoticz has text;
-- a new device is unused and has no description; a wrong login is 401. BREAK_AT names a device that setused
-- fails for.

local cjson = require "cjson"
local socket = require "socket"

local PASSWORD = "Basic " .. (arg and arg[1] or "")

local hardware, devices, next_id = {}, {}, 41

local COMMANDS = {}

function COMMANDS.gethardware()
  return { status = "OK", title = "gethardware", result = #hardware > 0 and hardware or nil }
end

function COMMANDS.addhardware(query)
  if not (query.name and query.enabled and query.htype) then return { title = "AddHardware" } end
  hardware[#hardware + 1] = { idx = tostring(#hardware + 3), Name = query.name, Type = tonumber(query.htype) }
  return { status = "OK", title = "AddHardware", idx = hardware[#hardware].idx }
end

function COMMANDS.getdevices()
  return { status = "OK", title = "Devices", result = #devices > 0 and devices or nil }
end

local function hardware_name(idx)
  for _, item in ipairs(hardware) do
    if item.idx == idx then return item.Name end
  end
  return "Unknown?"
end

function COMMANDS.createvirtualsensor(query)
  if query.sensortype ~= "6" then return {} end
  next_id = next_id + 1
  devices[#devices + 1] = {
    idx = tostring(next_id), Name = query.sensorname, Description = "", Used = 0,
    HardwareName = hardware_name(query.idx),
  }
  return { status = "OK", title = "CreateVirtualSensor", idx = tostring(next_id) }
end

function COMMANDS.setused(query)
  for _, device in ipairs(devices) do
    if device.idx == query.idx then
      device.Name, device.Description = query.name, query.description or device.Description
      device.SwitchTypeVal, device.Used = tonumber(query.switchtype), query.used == "true" and 1 or 0
      return { status = "OK", title = "SetUsed" }
    end
  end
  return {}
end

local function unescape(text)
  return (text:gsub("+", " "):gsub("%%(%x%x)", function(digits) return string.char(tonumber(digits, 16)) end))
end

local function answer(target, headers)
  if PASSWORD ~= "Basic " and headers.authorization ~= PASSWORD then return 401, {} end
  local query = {}
  for name, value in target:match("%?(.*)$"):gmatch("([^&=]+)=([^&]*)") do query[name] = unescape(value) end
  io.stdout:write(query.param, " ", query.name or query.sensorname or "", " ", query.description or "", "\n")
  io.stdout:flush()
  if query.param == "setused" and query.name == os.getenv "BREAK_AT" then return 500, {} end
  return 200, COMMANDS[query.param](query)
end

local function serve(connection)
  connection:settimeout(5)
  local target, headers = (connection:receive("*l") or ""):match("^GET (%S+)"), {}
  repeat
    local line = connection:receive("*l")
    local name, value = (line or ""):match("^([^:]+): *(.*)$")
    if name then headers[name:lower()] = value end
  until not line or line == ""
  if target then
    local status, document = answer(target, headers)
    local body = cjson.encode(document)
    connection:send(("HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"
      .. "Connection: close\r\n\r\n%s"):format(status, #body, body))
  end
  connection:close()
end

local listener = assert(socket.bind("127.0.0.1", 0))
local _, port = listener:getsockname()
io.stdout:write(("listening on http://127.0.0.1:%d\n"):format(tonumber(port)))
io.stdout:flush()
local stdin = { getfd = function() return 0 end, dirty = function() return false end }
while true do
  local ready = socket.select({ listener, stdin }, nil)
  if ready[stdin] then os.exit(0) end
  serve(listener:accept())
end

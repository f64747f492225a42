-- Tells who opens which door, going on after a restart where it was:
--   lua5.4 examples/watch_events.lua [cursor file] [since, the first time: 2028-08-12T15:00:00Z] [how many polls]

local seam = require "seam"
local watch = require "seam.watch"

local names = {}

--- A lock's name, asked for once.
local function name_of(device_id)
  names[device_id] = names[device_id] or seam.devices.get(device_id).display_name
  return names[device_id]
end

local function main(path, since, polls)
  local watcher = watch.events(seam, {
    cursor = path,
    since = since,
    max_polls = tonumber(polls),
    on = {
      ["lock.unlocked"] = function(event)
        local code = event.access_code_id and seam.access_codes.get(event.access_code_id)
        print(name_of(event.device_id), "unlocked", event.method, code and code.name or "no code")
      end,
      ["lock.locked"] = function(event) print(name_of(event.device_id), "locked", event.method) end,
      ["access_code.set_on_device"] = function(event) print(name_of(event.device_id), "has a new code") end,
      ["device.disconnected"] = function(event) print(name_of(event.device_id), "is out of reach") end,
    },
    on_error = function(err, event, state)
      -- A code may be gone by now: that event can never be told of in full.
      io.stderr:write(tostring(err), event and state.gave_up and " (given up)\n" or "\n")
    end,
  })
  print(watcher:run() .. " events")
end

local ok, err = pcall(main, ...)
if not ok then
  io.stderr:write(tostring(err), "\n")
  os.exit(1)
end

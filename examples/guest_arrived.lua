-- Says when a guest opens the door for the first time. With a file it goes on after a restart where it was:
--   lua5.4 examples/guest_arrived.lua [cursor file] [since, the first time: 2028-08-12T15:00:00Z] [how many polls]

local seam = require "seam"
local watch = require "seam.watch"

local function known_in(path)
  local known = {}
  for id in (path and io.lines(path) or function() end) do known[id] = true end
  return known
end

--- Where a mail or a message to the cleaners would be sent. What it raises is tried again.
local function say_hello(event)
  local code = seam.access_codes.get(event.access_code_id)
  print(("%s has arrived: %s, %s"):format(code.name, seam.devices.get(event.device_id).display_name, event.occurred_at))
end

local function main(path, since, polls)
  local list = path and path .. ".arrived"
  if list then assert(io.open(list, "a")):close() end
  local known = known_in(list)
  watch.events(seam, { cursor = path, since = since, max_polls = tonumber(polls), on = {
    ["lock.unlocked"] = function(event)
      local id = event.access_code_id
      if not id or known[id] then return end
      say_hello(event)
      known[id] = true
      if not list then return end
      local file = assert(io.open(list, "a"))
      assert(file:write(id, "\n"))
      file:close()
    end,
  }, on_error = function(err) io.stderr:write(tostring(err), "\n") end }):run()
end

local ok, err = pcall(main, ...)
if not ok then
  io.stderr:write(tostring(err), "\n")
  os.exit(1)
end

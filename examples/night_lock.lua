-- Locks for the night whatever is not locked, and says of each door how that went. For cron, at 22:00:
--   0 22 * * *  lua5.4 examples/night_lock.lua
-- Ends with 2 when a door may still be open, with 1 when nothing is known.

local seam = require "seam.safe"

--- A lock that is offline does not tell, and cannot be locked now (false, not nil): it is tried, and reported.
local function is_open(door)
  return door.can_remotely_lock ~= nil and door.properties.locked ~= true
end

--- Nothing is sent twice: where the answer was lost the door itself is asked.
local function lock(door)
  local attempt, err = seam.locks.lock_door(door)
  if attempt then return { door = door, done = true, text = "locked" } end
  local now = err.outcome == "unknown" and seam.devices.get(door)
  local done = now and now.properties.locked == true
  return { door = door, done = done, text = done and "locked, though " .. err.message or "NOT LOCKED: " .. err.message }
end

local function main()
  local doors, err = seam.locks.list()
  if not doors then return nil, err end
  local open, failed = {}, 0
  for _, door in ipairs(doors) do
    if is_open(door) then open[#open + 1] = door end
  end
  for _, result in ipairs(seam.map(open, lock, { concurrency = 8 })) do
    print(result.door.display_name, result.text)
    if not result.done then failed = failed + 1 end
  end
  print(("%d to lock, %d failed"):format(#open, failed))
  return failed
end

local failed, err = main()
if not failed then io.stderr:write(tostring(err), "\n") end
os.exit(not failed and 1 or failed > 0 and 2 or 0)

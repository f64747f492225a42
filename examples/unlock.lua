-- Unlocks a door and says what is known: lua5.4 examples/unlock.lua ["BACK DOOR"]

local seam = require "seam.safe"

local function find_lock(name)
  local locks, err = seam.locks.list()
  if not locks then return nil, err end
  for _, lock in ipairs(locks) do
    if lock.display_name == name or (not name and lock.can_remotely_unlock) then return lock end
  end
  return nil, "there is no lock " .. (name and "called " .. name or "that can be unlocked from here")
end

local function main(name)
  local lock, err = find_lock(name)
  if not lock then return nil, err end
  local attempt
  attempt, err = seam.locks.unlock_door(lock)
  if attempt then
    print(lock.display_name .. " is unlocked")
    return true
  end
  if err.outcome == "unknown" then
    -- The request may have arrived. The SDK never sends it again; look before you do.
    local now = seam.devices.get(lock)
    print(lock.display_name .. ": no answer in time; now it is", now or "out of sight")
  end
  return nil, err
end

local ok, err = main(...)
if not ok then
  io.stderr:write(tostring(err), "\n")
  os.exit(1)
end

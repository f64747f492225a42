-- Gives a guest a code from tomorrow 15:00 UTC for two nights, then takes it back:
--   lua5.4 examples/access_code.lua ["BACK DOOR"]

local seam = require "seam"

local DAY = 86400

local function find_lock(name)
  for _, lock in ipairs(seam.locks.list()) do
    local fits = lock.can_program_online_access_codes
    if fits and (not name or lock.display_name == name) then return lock end
  end
  error("there is no such lock that takes access codes", 0)
end

local function main(name)
  local lock = find_lock(name)
  local midnight = os.time() - os.time() % DAY
  local code = seam.access_codes.create {
    device = lock,
    name = "Guest",
    starts_at = midnight + DAY + 15 * 3600, -- times may be epoch seconds
    ends_at = midnight + 3 * DAY + 11 * 3600,
  }
  print(code)
  print("valid", code.starts_at, code.ends_at)
  print("PIN", code.code or "not known yet: the lock's maker assigns it before the stay begins")

  seam.access_codes.delete(code)
  print("deleted")
end

local ok, err = pcall(main, ...)
if not ok then
  io.stderr:write(tostring(err), "\n")
  os.exit(1)
end

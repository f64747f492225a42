-- Gives somebody a code and prints its PIN once the lock has it, not before:
--   lua5.4 examples/pin_when_ready.lua ["BACK DOOR"]

local seam = require "seam"
local wait = require "seam.wait.safe"

local function find_lock(name)
  for _, lock in ipairs(seam.locks.list()) do
    local fits = lock.can_program_online_access_codes
    if fits and (not name or lock.display_name == name) then return lock end
  end
  error("there is no such lock that takes access codes", 0)
end

local function main(name)
  local lock = find_lock(name)
  local code = seam.access_codes.create { device = lock, name = "Cleaner" }
  print(code.name, code.status)

  local ready, err = wait.access_code(seam, code, {
    timeout = 120,
    on_poll = function(found, elapsed)
      if found and found.status ~= "set" then print(("%s after %.0f s"):format(found.status, elapsed)) end
    end,
  })
  if not ready then
    -- Nobody should get a PIN that may not open the door.
    for _, problem in ipairs(err.problems or {}) do print("because", problem.message) end
    error(err, 0)
  end
  print(ready.name, ready.status, "PIN " .. ready.code)
end

local ok, err = pcall(main, ...)
if not ok then
  io.stderr:write(tostring(err), "\n")
  os.exit(1)
end

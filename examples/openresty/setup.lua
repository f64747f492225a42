-- SPDX-License-Identifier: MIT
-- Prepares the sandbox for the page: some access codes, and a webhook. Prints the webhook's secret.
-- setup.lua URL

local seam = require "seam"

local HOUR, DAY = 3600, 86400

local function with_codes()
  local locks = {}
  for _, lock in ipairs(seam.locks.list()) do
    if lock.can_program_online_access_codes then locks[#locks + 1] = lock end
  end
  return locks
end

local function main(url)
  local now = math.ceil(os.time() / HOUR) * HOUR
  local locks = with_codes()
  local back, front = locks[1], locks[2]
  seam.access_codes.create { device = back, name = "Cleaner" }
  seam.access_codes.create { device = back, name = "Guest Ada", starts_at = now + DAY, ends_at = now + 3 * DAY }
  seam.access_codes.create {
    device = back, name = "Plumber", starts_at = now + 4 * DAY, ends_at = now + 4 * DAY + 6 * HOUR,
  }
  seam.access_codes.create { device = front, name = "Guest Ada", starts_at = now + DAY, ends_at = now + 3 * DAY }
  print(seam.webhooks.create { url = url }.secret)
end

local ok, err = pcall(main, ...)
if not ok then
  io.stderr:write(tostring(err), "\n")
  os.exit(1)
end

-- Which batteries are to be changed, the emptiest first:
--   lua5.4 examples/battery_report.lua [below how many percent: 20]
-- Ends with 2 when there are any, for cron and monitors.

local fleet = require "seam.fleet"
local seam = require "seam"

local function is_low(battery, limit)
  return battery.level and battery.level < limit or battery.status == "low" or battery.status == "critical"
end

local function main(percent)
  local report = fleet.report(seam, { codes = false })
  local limit, low = (tonumber(percent) or 20) / 100, {}
  for _, lock in ipairs(report.locks) do
    if lock.battery and is_low(lock.battery, limit) then low[#low + 1] = lock end
  end
  table.sort(low, function(a, b) return (a.battery.level or 0) < (b.battery.level or 0) end)
  for _, lock in ipairs(low) do
    print(("%3.0f %%  %s"):format((lock.battery.level or 0) * 100, lock.name))
  end
  print(("%d of %d locks need a battery"):format(#low, #report.locks))
  return #low
end

local ok, result = pcall(main, ...)
if not ok then io.stderr:write(tostring(result), "\n") end
os.exit(not ok and 1 or result > 0 and 2 or 0)

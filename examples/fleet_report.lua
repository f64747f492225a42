-- How are all the locks? Prints a table; writes a page, with batteries over time, where files are named:
--   lua5.4 examples/fleet_report.lua [page.html [history.jsonl]]
-- Ends with 2 when a lock is critical, for cron and monitors.

local seam = require "seam"
local fleet = require "seam.fleet"

local function write(path, text)
  local file = assert(io.open(path, "wb"))
  assert(file:write(text))
  file:close()
end

local function main(page, history)
  local report = fleet.report(seam)
  print(report)
  if history then fleet.remember(history, report) end
  if page then write(page, fleet.html(report, history and fleet.history(history))) end
  return report.totals.critical
end

local ok, result = pcall(main, ...)
if not ok then io.stderr:write(tostring(result), "\n") end
os.exit(not ok and 1 or result > 0 and 2 or 0)

-- SPDX-License-Identifier: MIT
-- The report as one HTML page: no scripts, nothing fetched from anywhere.

local card = require "seam.fleet.html.card"
local element = require "seam.fleet.html.element"
local reports = require "seam.fleet.report"
local style = require "seam.fleet.html.style"
local verdict = require "seam.fleet.verdict"
local words = require "seam.fleet.words"

require("seam.uncompiled")()

local M = {}

local new, raw = element.new, element.raw

-- The page says so itself: even markup that got in would fetch and run nothing.
local POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

local function head(options)
  return new("head", nil, {
    new("meta", { "charset", "utf-8" }),
    new("meta", { "http-equiv", "Content-Security-Policy", "content", POLICY }),
    new("meta", { "name", "viewport", "content", "width=device-width, initial-scale=1" }),
    new("meta", { "name", "referrer", "content", "no-referrer" }),
    new("title", nil, options.title), new("style", nil, raw(style.sheet)),
  })
end

local SUMS = {
  { "critical", "critical", class = "critical", link = "critical" },
  { "attention", "attention", class = "attention", link = "attention" },
  { "ok", "OK", class = "ok", link = "ok" }, { "offline", "offline" }, { "low_battery", "low battery" },
  { "unlocked", "unlocked" }, { "failing_codes", "failing codes", codes = true },
  { "stuck_codes", "stuck codes", codes = true }, { "unmanaged_codes", "unmanaged codes", codes = true },
}

local function knows_codes(report)
  for _, lock in ipairs(report.locks) do
    if lock.codes then return true end
  end
  return false
end

local function sums(report)
  local items, with_codes = {}, knows_codes(report)
  for _, sum in ipairs(SUMS) do
    local count = report.totals[sum[1]]
    if with_codes or not sum.codes then
      local content = { new("b", nil, ("%d"):format(count)), new("span", nil, sum[2]) }
      if sum.link and count > 0 then content = new("a", { "href", "#" .. sum.link }, content) end
      items[#items + 1] = new("li", { "class", count > 0 and sum.class or "none" }, content)
    end
  end
  return new("ul", { "class", "sums" }, items)
end

local function accounts(report)
  local items = {}
  for _, account in ipairs(report.accounts) do
    for _, item in ipairs(account.errors) do
      local detail = item.message and new("small", nil, item.message) or ""
      items[#items + 1] = new("li", { "class", verdict.of_error(item) }, { new("bdi", nil, account.name), ": ",
        words.of_code(item.code), ", ", words.count(account.locks, "lock"), detail })
    end
  end
  for _, failure in ipairs(report.failures) do
    items[#items + 1] = new("li", { "class", "attention" },
      { "Not read: " .. failure.what, new("small", nil, tostring(failure.err.message)) })
  end
  return items[1] and new("ul", { "class", "why" }, items) or ""
end

local TITLES = { critical = "Critical", attention = "Attention", ok = "OK" }

local function sections(report, past, options)
  local cards = { critical = {}, attention = {}, ok = {} }
  for number, lock in ipairs(reports.worst_first(report.locks)) do
    local group = cards[lock.verdict]
    group[#group + 1] = card.new(lock, number, report, past, options)
  end
  local all = {}
  for _, name in ipairs(verdict.ORDER) do
    if cards[name][1] then
      local count = new("span", nil, words.count(#cards[name], "lock"))
      all[#all + 1] = new("section", { "id", name }, {
        new("h2", nil, { TITLES[name] .. " ", count }), new("div", { "class", "cards" }, cards[name]),
      })
    end
  end
  return all
end

local function foot(report, past)
  local limits = report.thresholds
  local text = ("Battery low below %s, critical below %s. Offline is critical after %s. Codes are stuck after %s.")
    :format(words.percent(limits.battery), words.percent(limits.battery_critical), words.duration(limits.offline),
      words.duration(limits.stuck))
  if past then
    text = ("%s History: %s%s."):format(text, words.count(past.reports, "report"),
      past.skipped > 0 and ", " .. words.count(past.skipped, "line") .. " could not be read" or "")
  end
  return new("footer", nil, text)
end

---@param report seam.FleetReport
---@param past seam.FleetHistory|nil
---@param options table checked options of fleet.html
---@return string html
function M.render(report, past, options)
  local taken = ("%s, %s UTC"):format(words.count(report.totals.locks, "lock"), words.moment(report.taken_at))
  local body = new("body", nil, {
    new("header", nil, {
      new("h1", nil, options.title), new("p", { "class", "quiet" }, taken), sums(report), accounts(report),
    }),
    new("main", nil, sections(report, past, options)), foot(report, past),
  })
  return "<!DOCTYPE html>\n" .. tostring(new("html", { "lang", "en" }, { head(options), body })) .. "\n"
end

return M

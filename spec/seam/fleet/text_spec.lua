-- SPDX-License-Identifier: MIT
-- The report as text, against a table that somebody read and found good.

local columns = require "seam.fleet.columns"
local files = require "support.files"
local fleet = require "seam.fleet"
local fleet_world = require "support.fleet_world"
local words = require "seam.fleet.words"

local function troubled_report()
  local sandbox, client = fleet_world.new()
  client.access_codes.create { device = sandbox:device "BACK DOOR", name = "Cleaner" }
  sandbox:fault { kind = "failing_programming", device = "BACK DOOR" }
  client.access_codes.create { device = sandbox:device "BACK DOOR", name = "Guest" }
  sandbox:connect { email = "john@example.com" }
  local account = client.connected_accounts.get { email = "john@example.com" }
  local names = { "Haus\27[2J 3\n", "B\195\188ro, dritter Stock, hinten links am Ende", "\233\131\168\229\177\139 204" }
  for i, lock in ipairs(client.devices.list { connected_account_id = account.connected_account_id }) do
    client.devices.update { device = lock, name = names[i] }
  end
  client.connected_accounts.simulate.disconnect(account)
  sandbox:set_battery("FRONT_DOOR", 0.12)
  sandbox:advance(7200)
  return fleet.report(client)
end

describe("fleet.text", function()
  it("is a table that a person can read", function()
    assert.equal(files.read "spec/golden/fleet.txt", tostring(troubled_report()) .. "\n")
  end)

  it("keeps to a width, and to problems, where told to", function()
    local report = troubled_report()
    local text = fleet.text(report, { width = 100, problems_only = true })
    for line in text:match("\n\n(.-)\n\n"):gmatch("[^\n]+") do
      assert.is_true(columns.width(line) <= 100, "too wide: " .. line)
      assert.equal(line, (line:gsub("[%z\1-\31]", "")))
    end
    assert.is_nil(text:find("EXTRA DOOR", 1, true), "a lock that is ok")
    assert.truthy(tostring(report):find("EXTRA DOOR", 1, true))
  end)

  it("has no columns of codes where nobody asked for them", function()
    local _, client = fleet_world.new()
    assert.is_nil(tostring(fleet.report(client, { codes = false })):find("FAIL", 1, true))
  end)

  it("says so where there are no locks", function()
    local client = require("seam.sandbox").new({ freeze = fleet_world.START }):client()
    assert.equal("0 locks, 2026-01-01 00:00 UTC: 0 critical, 0 attention, 0 ok", tostring(fleet.report(client)))
  end)

  it("refuses what is no report", function()
    assert.is_false((pcall(fleet.text, { locks = {} })))
    assert.is_nil((require("seam.fleet.safe").text "report"))
  end)
end)

describe("Text in columns", function()
  it("counts what a terminal shows", function()
    assert.equal(4, columns.width "B\195\188ro")
    assert.equal(8, columns.width "\233\131\168\229\177\139 204")
    assert.equal(1, columns.width "e\204\129")
    assert.equal(2, columns.width "\240\159\148\146")
  end)

  it("cuts between characters", function()
    assert.equal("abcdef", columns.cut("abcdef", 6))
    assert.equal("abc...", columns.cut("abcdefg", 6))
    assert.equal("\195\188\195\188...", columns.cut("\195\188\195\188\195\188\195\188\195\188\195\188", 5))
    assert.equal("\233\131\168...", columns.cut("\233\131\168\229\177\139\233\131\168", 5))
  end)

  it("breaks lines at blanks, and words that are too long", function()
    assert.same({ "one two", "three", "abcd..." }, columns.wrap("one two three abcdefghij", 7))
    assert.same({ "" }, columns.wrap("", 7))
  end)
end)

describe("Words of others", function()
  it("lose what moves a cursor, turns the reading direction or is no text", function()
    assert.equal("a [2Jb c", words.clean "a\27[2Jb\nc")
    assert.equal("a b", words.clean "a\194\155b")
    assert.equal("a b c", words.clean "a\226\128\174b\226\129\166c")
    assert.equal("a??b", words.clean "a\255\254b")
    assert.equal("B\195\188ro", words.clean "B\195\188ro")
    assert.equal("a b", words.clean "a\0b")
  end)

  it("have durations and percents rounded down", function()
    assert.equal("59 seconds", words.duration(59.9))
    assert.equal("1 minute", words.duration(60))
    assert.equal("23 hours", words.duration(86399))
    assert.equal("2 days", words.duration(2 * 86400 + 5))
    assert.equal("0 seconds", words.duration(-5))
    assert.equal("19%", words.percent(0.1999))
    assert.equal("29%", words.percent(0.29))
    assert.equal("100%", words.percent(1))
  end)
end)

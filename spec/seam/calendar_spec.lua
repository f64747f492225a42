-- SPDX-License-Identifier: MIT
-- seam.calendar: what platforms export, becomes what seam.codes wants; and what cannot be read is refused.

local calendar = require "seam.calendar"
local calendar_safe = require "seam.calendar.safe"
local codes = require "seam.codes"
local errors = require "seam.errors"
local files = require "support.files"
local sandbox_of = require "seam.sandbox"
local time = require "seam.time"

local BERLIN = { zone_offset = "+01:00", daylight_saving = "EU" }

local function fixture(name)
  return files.read("spec/support/calendars/" .. name .. ".ics")
end

--- A calendar around some lines.
local function around(...)
  return table.concat({ "BEGIN:VCALENDAR", "VERSION:2.0" }, "\n") .. "\n"
    .. table.concat({ ... }, "\n") .. "\nEND:VCALENDAR\n"
end

local function event(...)
  return (around("BEGIN:VEVENT", "UID:e1", ...):gsub("\nEND:VCALENDAR\n$", "\nEND:VEVENT\nEND:VCALENDAR\n"))
end

local function with(options, more)
  local all = {}
  for name, value in pairs(options) do all[name] = value end
  for name, value in pairs(more or {}) do all[name] = value end
  return all
end

--- "key name from to" of each entry.
local function printed(wanted)
  local list = {}
  for place, entry in ipairs(wanted) do
    list[place] = ("%s | %s | %s | %s"):format(entry.key, entry.name or "-", time.format(entry.starts_at):sub(1, 16),
      time.format(entry.ends_at):sub(1, 16))
  end
  return list
end

local function reasons(skipped)
  local list = {}
  for place, item in ipairs(skipped) do list[place] = item.uid .. " " .. item.reason end
  table.sort(list)
  return list
end

local function error_of(f, ...)
  local ok, err = pcall(f, ...)
  assert.is_false(ok, "an error was expected")
  assert.is_true(errors.is_error(err), "an error object was expected, got " .. tostring(err))
  return err
end

--- When one event begins and ends.
local function times_of(text, options)
  local entry = calendar.wanted(text, options)[1]
  assert.is_not_nil(entry, "an event was expected")
  return time.format(entry.starts_at):sub(1, 19), time.format(entry.ends_at):sub(1, 19)
end

describe("What platforms export", function()
  it("Airbnb: guests by their reservation, in summer and winter time; days it blocked are none", function()
    local wanted, skipped = calendar.wanted(fixture "airbnb", BERLIN)
    assert.same({
      "1418fb94e984-0a1b2c3d4e5f60718293a4b5c6d7e8f9@airbnb.com | Airbnb HMABCDEF12 "
        .. "| 2028-08-12T13:00 | 2028-08-15T09:00",
      "1418fb94e984-ffeeddccbbaa99887766554433221100@airbnb.com | Airbnb HMZYXWVU98 "
        .. "| 2028-11-01T14:00 | 2028-11-03T10:00",
    }, printed(wanted))
    assert.same({ "7f662ec65913-00112233445566778899aabbccddeeff@airbnb.com blocked" }, reasons(skipped))
  end)

  it("Booking.com: writes the same for guests and closed days; kept unless told otherwise", function()
    assert.same({ "0f1e2d3c4b5a69788796a5b4c3d2e1f0@booking.com | - | 2028-08-16T13:00 | 2028-08-18T09:00" },
      printed(calendar.wanted(fixture "booking", BERLIN)))
    assert.equal("unclear", calendar.bookings(fixture "booking", BERLIN)[1].kind)
    local wanted, skipped = calendar.wanted(fixture "booking", with(BERLIN, { unclear = "skip" }))
    assert.same({}, wanted)
    assert.same({ "0f1e2d3c4b5a69788796a5b4c3d2e1f0@booking.com unclear" }, reasons(skipped))
  end)

  it("VRBO: guests by name; what the owner blocked is none, unless it is wanted", function()
    local wanted, skipped = calendar.wanted(fixture "vrbo", BERLIN)
    assert.same({ "11111111-2222-4333-8444-555555555555 | Grace Hopper | 2028-08-22T13:00 | 2028-08-25T09:00" },
      printed(wanted))
    assert.same({ "66666666-7777-4888-8999-aaaaaaaaaaaa blocked" }, reasons(skipped))
    assert.equal(2, #calendar.wanted(fixture "vrbo", with(BERLIN, { blocked = "keep" })))
  end)

  it("a calendar of one's own: zones, durations, escapes, changes and cancellations", function()
    local wanted, skipped = calendar.wanted(fixture "house")
    assert.same({
      "summer@house.example | Ada Lovelace, with family | 2028-08-12T14:00 | 2028-08-14T08:00",
      "winter@house.example | Kurt Gödel | 2028-12-12T15:00 | 2028-12-14T15:30",
      "moved@house.example | Emmy Noether (Apartment 2) | 2028-09-05T13:00 | 2028-09-06T09:00",
    }, printed(wanted))
    assert.same({ "moved@house.example superseded", "off@house.example cancelled" }, reasons(skipped))
  end)

  it("with any line ends, a mark in front, and lower-case names", function()
    local expected = printed(calendar.wanted(fixture "house"))
    assert.same(expected, printed(calendar.wanted((fixture("house"):gsub("\n", "\r\n")))))
    assert.same(expected, printed(calendar.wanted("\239\187\191" .. fixture "house")))
    assert.same(expected, printed(calendar.wanted((fixture("house"):gsub("\n(%u+)([;:])", function(name, mark)
      return "\n" .. name:lower() .. mark
    end)))))
  end)

  it("can be told apart by a rule of one's own", function()
    local options = with(BERLIN, {
      kind_of = function(e) return e.summary == "Reserved" and "blocked" or "reservation" end,
      name_of = function(e) return e.summary:upper() end,
    })
    local bookings = calendar.bookings(fixture "airbnb", options)
    assert.same({ 1, "AIRBNB (NOT AVAILABLE)" }, { #bookings, bookings[1].name })
    assert.is_nil(calendar.bookings(fixture "vrbo", with(BERLIN, { name_of = function() return false end }))[1].name)
  end)
end)

describe("The times of a code", function()
  local DAYS = event("DTSTART;VALUE=DATE:20280812", "DTEND;VALUE=DATE:20280814")

  it("are check-in and check-out where the booking has days only", function()
    assert.same({ "2028-08-12T13:00:00", "2028-08-14T09:00:00" }, { times_of(DAYS, BERLIN) })
    assert.same({ "2028-08-12T16:30:00", "2028-08-14T12:00:00" },
      { times_of(DAYS, { check_in = "16:30", check_out = "12:00", zone_offset = 0 }) })
    assert.same({ "2028-08-12T19:00:00", "2028-08-14T15:00:00" },
      { times_of(DAYS, { zone_offset = "-05:00", daylight_saving = "US" }) })
    assert.same({ "2028-08-12T09:30:00", "2028-08-14T05:30:00" }, { times_of(DAYS, { zone_offset = 19800 }) })
    assert.same({ "2028-08-12T12:00:00", "2028-08-14T08:00:00" },
      { times_of(DAYS, { zone_offset = function(wall) return wall > 0 and 10800 end }) })
  end)

  it("begin earlier and end later as they are told, for all or for one", function()
    assert.same({ "2028-08-12T11:50:00", "2028-08-14T09:40:00" },
      { times_of(DAYS, with(BERLIN, { early = 3600, late = 1800, buffer = 600 })) })
    local seen
    assert.same({ "2028-08-12T11:00:00", "2028-08-14T09:00:00" }, { times_of(DAYS, with(BERLIN, {
      early = function(booking)
        seen = booking
        return 7200
      end,
      late = function() end,
    })) })
    assert.same({ "e1", time.parse "2028-08-12T13:00:00Z" }, { seen.uid, seen.begins })
  end)

  it("are the booking's own where it has them", function()
    local text = event("DTSTART:20280812T140000Z", "DTEND:20280814T080000Z")
    assert.same({ "2028-08-12T14:00:00", "2028-08-14T08:00:00" }, { times_of(text) })
    assert.same({ "2028-08-12T13:50:00", "2028-08-14T08:10:00" }, { times_of(text, { buffer = 600 }) })
  end)

  it("that have no zone are in the one that is told, and refused without", function()
    local text = event("DTSTART:20280812T140000", "DTEND:20280814T080000")
    assert.same({ "2028-08-12T12:00:00", "2028-08-14T06:00:00" }, { times_of(text, BERLIN) })
    local err = error_of(calendar.wanted, text)
    assert.equal("invalid_calendar", err.code)
    assert.matches("line 3: it has times without a zone: say zone_offset", err.message)
    assert.matches("say zone_offset", error_of(calendar.wanted, DAYS).message)
  end)

  it("in a zone that is not in the file need to be told what it is", function()
    local text = event("DTSTART;TZID=W. Europe Standard Time:20280812T140000", 'DTEND;TZID="W. Europe Standard Time":'
      .. "20280814T080000")
    assert.matches("the zone W%. Europe Standard Time is not in the file", error_of(calendar.wanted, text).message)
    assert.same({ "2028-08-12T12:00:00", "2028-08-14T06:00:00" },
      { times_of(text, { zones = { ["W. Europe Standard Time"] = "+02:00" } }) })
  end)

  it("count days of the calendar and hours of the clock in a duration", function()
    local function until_(duration, from)
      return select(2, times_of(event("DTSTART" .. (from or ":20280812T140000Z"), "DURATION:" .. duration), BERLIN))
    end
    assert.equal("2028-08-26T14:00:00", until_ "P2W")
    assert.equal("2028-08-13T16:03:04", until_ "P1DT2H3M4S")
    assert.equal("2028-08-12T14:30:00", until_ "PT30M")
    assert.equal("2028-08-14T09:00:00", until_("P2D", ";VALUE=DATE:20280812"))
    -- Over the end of summer time: the same hour of the next day, 25 hours later.
    assert.equal("2028-10-29T13:00:00", until_("P1D", ":20281028T140000"))
    assert.equal("2028-10-29T12:00:00", until_("PT24H", ":20281028T140000"))
  end)

  it("last a day where a date stands alone", function()
    assert.same({ "2028-08-12T13:00:00", "2028-08-13T09:00:00" }, { times_of(event "DTSTART:20280812", BERLIN) })
  end)

  it("before a moment are over", function()
    local wanted, skipped = calendar.wanted(DAYS, with(BERLIN, { since = time.parse "2028-08-14T09:00:00Z" }))
    assert.same({}, wanted)
    assert.same({ "e1 over" }, reasons(skipped))
    assert.equal(1, #calendar.wanted(DAYS, with(BERLIN, { since = time.parse "2028-08-14T08:59:59Z" })))
  end)

  it("that are none are left out", function()
    for _, text in ipairs {
      event("DTSTART:20280812", "DTEND:20280812"), event "DTSTART:20280812T140000Z",
    } do
      local wanted, skipped = calendar.wanted(text, BERLIN)
      assert.same({}, wanted)
      assert.same({ "e1 empty" }, reasons(skipped))
    end
  end)
end)

describe("A time zone in the file", function()
  local function in_zone(wall, ...)
    local text = around(table.concat({ "BEGIN:VTIMEZONE", "TZID:Z", ... }, "\n"), "END:VTIMEZONE", "BEGIN:VEVENT",
      "UID:e1", "DTSTART;TZID=Z:" .. wall, "DURATION:PT1H", "END:VEVENT")
    return (times_of(text))
  end

  local function part(kind, from, to, ...)
    return table.concat({ "BEGIN:" .. kind, "TZOFFSETFROM:" .. from, "TZOFFSETTO:" .. to, ... }, "\n")
      .. "\nEND:" .. kind
  end

  local NEW_YORK = {
    part("DAYLIGHT", "-0500", "-0400", "DTSTART:19870405T020000", "RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU;"
      .. "UNTIL=20060402T070000Z"),
    part("STANDARD", "-0400", "-0500", "DTSTART:19871025T020000", "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;"
      .. "UNTIL=20061029T060000Z"),
    part("DAYLIGHT", "-0500", "-0400", "DTSTART:20070311T020000", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU"),
    part("STANDARD", "-0400", "-0500", "DTSTART:20071104T020000", "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU"),
  }
  local unpack = rawget(table, "unpack") or rawget(_G, "unpack")

  local CASES = {
    { "19860701T120000", "1986-07-01T17:00:00", "before anything is told" },
    { "20060401T120000", "2006-04-01T17:00:00", "by the old rule, the day before" },
    { "20060402T120000", "2006-04-02T16:00:00", "by the old rule, the last time" },
    { "20070310T120000", "2007-03-10T17:00:00", "between the rules" },
    { "20070312T120000", "2007-03-12T16:00:00", "by the new rule" },
    { "20070405T120000", "2007-04-05T16:00:00", "no longer by the old rule" },
    { "20280312T015959", "2028-03-12T06:59:59", "the last second of winter" },
    { "20280312T023000", "2028-03-12T07:30:00", "in the gap, as if it were not there" },
    { "20280312T030000", "2028-03-12T07:00:00", "the first second of summer" },
    { "20281105T013000", "2028-11-05T05:30:00", "the first of two such hours" },
    { "20281105T020000", "2028-11-05T07:00:00", "winter again" },
  }
  for _, case in ipairs(CASES) do
    it("says which moment is meant: " .. case[3], function()
      assert.equal(case[2], in_zone(case[1], unpack(NEW_YORK)))
    end)
  end

  it("may have rules by days of the month, dates, half hours, and none at all", function()
    local by_days = {
      part("STANDARD", "-0400", "-0500", "DTSTART:20001105T020000", "RRULE:FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=1,2,3,4,"
        .. "5,6,7;BYDAY=SU"),
      part("DAYLIGHT", "-0500", "-0400", "DTSTART:20000312T020000", "RRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=8,9,10,"
        .. "11,12,13,14;BYDAY=SU"),
    }
    assert.equal("2028-03-12T16:00:00", in_zone("20280312T120000", unpack(by_days)))
    assert.equal("2028-03-11T17:00:00", in_zone("20280311T120000", unpack(by_days)))
    assert.equal("2028-11-05T17:00:00", in_zone("20281105T120000", unpack(by_days)))
    local by_dates = {
      part("STANDARD", "+0200", "+0100", "DTSTART:20001029T030000", "RDATE:20281029T030000"),
      part("DAYLIGHT", "+0100", "+0200", "DTSTART:20280326T020000"),
    }
    assert.equal("2028-03-25T11:00:00", in_zone("20280325T120000", unpack(by_dates)))
    assert.equal("2028-08-12T10:00:00", in_zone("20280812T120000", unpack(by_dates)))
    assert.equal("2028-12-12T11:00:00", in_zone("20281212T120000", unpack(by_dates)))
    assert.equal("2028-08-12T06:30:00", in_zone("20280812T120000",
      part("STANDARD", "+0530", "+0530", "DTSTART:19700101T000000")))
  end)

  it("keeps a rule no longer than it is told to, and no further than its year's day", function()
    local until_2006 = {
      part("DAYLIGHT", "-0500", "-0400", "DTSTART:20000402T020000", "RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU;"
        .. "UNTIL=20060101T000000Z"),
      part("STANDARD", "-0400", "-0500", "DTSTART:20001029T020000", "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU"),
    }
    assert.equal("2005-06-01T16:00:00", in_zone("20050601T120000", unpack(until_2006)))
    assert.equal("2006-06-01T17:00:00", in_zone("20060601T120000", unpack(until_2006)))
  end)

  it("is refused where its rules are not understood", function()
    local BAD = {
      "FREQ=MONTHLY;BYMONTH=3;BYDAY=1SU", "FREQ=YEARLY;BYDAY=1SU", "FREQ=YEARLY;BYMONTH=3", "FREQ=YEARLY;BYMONTH=3;"
        .. "BYDAY=SU", "FREQ=YEARLY;BYMONTH=3;BYDAY=1SU;COUNT=3", "FREQ=YEARLY;BYMONTH=3;BYDAY=1SU;INTERVAL=2", "X",
    }
    for _, rule in ipairs(BAD) do
      local ok, err = pcall(in_zone, "20280312T120000",
        part("STANDARD", "+0100", "+0200", "DTSTART:20000312T020000", "RRULE:" .. rule))
      assert.is_false(ok, rule)
      assert.matches("line %d+: a time zone has a rule that is not understood", err.message)
    end
    assert.is_false((pcall(in_zone, "20280312T120000", part("STANDARD", "1", "+0200", "DTSTART:20000312T020000"))))
    assert.is_false((pcall(in_zone, "20280312T120000")))
  end)
end)

describe("A calendar that cannot be read whole", function()
  local BAD = {
    { "", "there is no VCALENDAR in it" },
    { "<html><body>Please log in", "line 1: it is no line of an iCalendar file" },
    { "BEGIN:VEVENT\nEND:VEVENT\n", "line 1: it begins with no VCALENDAR" },
    { "UID:1\n", "line 1: it stands outside of a calendar" },
    { around("BEGIN:VEVENT", "UID:1"), "END:VCALENDAR ends nothing" },
    { (around("BEGIN:VEVENT", "END:VEVENT"):gsub("END:VCALENDAR\n", "")), "VCALENDAR has no end: the file is cut off" },
    { event("DTSTART:20280812", "x"), "it is no line of an iCalendar file" },
    { event("DTSTART;X=\"a:20280812"), "it is no line of an iCalendar file" },
    { event "SUMMARY:x", "the event has no DTSTART" },
    { event "DTSTART:2028-08-12", "DTSTART is neither a date nor a time" },
    { event "DTSTART:20280230", "DTSTART is neither a date nor a time" },
    { event "DTSTART;VALUE=DATE:20280812T120000Z", "DTSTART is neither a date nor a time" },
    { event "DTSTART:20280812T250000Z", "DTSTART is neither a date nor a time" },
    { event("DTSTART:20280812", "DTEND:soon"), "line 6: DTEND is neither" },
    { event("DTSTART:20280812", "DTEND:20280813T120000Z"), "begins with a date and ends with a time" },
    { event("DTSTART:20280812", "DTEND:20280811"), "ends before it begins" },
    { event("DTSTART:20280812T120000Z", "DTEND:20280811T120000Z"), "ends before it begins" },
    { event("DTSTART:20280812", "DURATION:2 days"), "DURATION is no duration" },
    { event("DTSTART:20280812", "DURATION:PT"), "DURATION is no duration" },
    { event("DTSTART:20280812", "DURATION:P1DT"), "DURATION is no duration" },
    { event("DTSTART:20280812", "DURATION:PT1H"), "counts days only" },
    { around("BEGIN:VEVENT", "DTSTART:20280812", "END:VEVENT"), "the event has no UID" },
  }
  for _, case in ipairs(BAD) do
    it("is refused: " .. case[2], function()
      local err = error_of(calendar.wanted, case[1], BERLIN)
      assert.same({ "SeamError", "invalid_calendar" }, { err.name, err.code })
      assert.matches(case[2], err.message)
    end)
  end

  it("is refused however it is cut off", function()
    local text = fixture "house"
    for length = 0, #text - #"END:VCALENDAR\n" - 1, 7 do
      assert.is_false((pcall(calendar.wanted, text:sub(1, length), BERLIN)), "cut off after " .. length .. " bytes")
    end
  end)

  it("is refused where events repeat, or goes without them when told to", function()
    for _, line in ipairs { "RRULE:FREQ=WEEKLY", "RDATE:20280819" } do
      local text = event("DTSTART:20280812", line)
      local err = error_of(calendar.wanted, text, BERLIN)
      assert.matches("line 3: the event repeats .* say recurring = 'skip'", err.message)
      local wanted, skipped = calendar.wanted(text, with(BERLIN, { recurring = "skip" }))
      assert.same({}, wanted)
      assert.same({ "e1 recurring" }, reasons(skipped))
    end
  end)

  it("takes what is neither text nor an address for a slip", function()
    assert.matches("A calendar is text", error_of(calendar.wanted, 6).message)
    assert.matches("A calendar is text", error_of(calendar.wanted).message)
  end)

  it("refuses options it does not know or cannot take", function()
    local function said(options) return error_of(calendar.wanted, fixture "house", options).message end
    assert.matches("no option 'checkin'; did you mean 'check_in'%?", said { checkin = "15:00" })
    assert.matches("check_in option .* time of day", said { check_in = "3 pm" })
    assert.matches("check_in option", said { check_in = "25:00" })
    assert.matches("check_out option", said { check_out = 11 })
    assert.matches("zone_offset option .* such as '%+02:00'", said { zone_offset = 2 })
    assert.matches("zone_offset option", said { zone_offset = "02:00" })
    assert.matches("zone_offset option", said { zone_offset = "Europe/Berlin" })
    assert.matches("daylight_saving option .* 'EU' or 'US'", said { daylight_saving = "eu" })
    assert.matches("daylight_saving needs a zone_offset", said { daylight_saving = "EU" })
    assert.matches("early option", said { early = -1 })
    assert.matches("buffer option", said { buffer = "1" })
    assert.matches("blocked option", said { blocked = true })
    assert.matches("zones%['X'%]", said { zones = { X = "Y" } })
    assert.matches("must be a table", said "x")
  end)
end)

describe("Two words on one event", function()
  it("the higher sequence counts, then the later stamp, in whatever order", function()
    local function word(sequence, stamp, day)
      return ("BEGIN:VEVENT\nUID:e1\nSEQUENCE:%d\nDTSTAMP:%s\nDTSTART:%s\nEND:VEVENT"):format(sequence, stamp, day)
    end
    local old, new = word(1, "20280805T000000Z", "20280812"), word(2, "20280801T000000Z", "20280813")
    local newer = word(2, "20280802T000000Z", "20280814")
    for _, words in ipairs { { old, new, newer }, { newer, new, old }, { new, newer, old } } do
      local wanted, skipped = calendar.wanted(around(table.concat(words, "\n")), BERLIN)
      assert.same({ "e1 | - | 2028-08-14T13:00 | 2028-08-15T09:00" }, printed(wanted))
      assert.same({ "e1 superseded", "e1 superseded" }, reasons(skipped))
    end
  end)
end)

describe("One of a series", function()
  it("is a booking of its own", function()
    local text = around(
      "BEGIN:VEVENT", "UID:e1", "RECURRENCE-ID;VALUE=DATE:20280812", "DTSTART:20280812", "END:VEVENT",
      "BEGIN:VEVENT", "UID:e1", "RECURRENCE-ID;VALUE=DATE:20280819", "DTSTART:20280820", "END:VEVENT")
    assert.same({ "e1/20280812 | - | 2028-08-12T13:00 | 2028-08-13T09:00",
      "e1/20280819 | - | 2028-08-20T13:00 | 2028-08-21T09:00" }, printed(calendar.wanted(text, BERLIN)))
  end)
end)

describe("calendar.doors", function()
  local function doors_of(source, options)
    local doors, skipped = calendar.doors(source, options)
    local list = {}
    for place, door in ipairs(doors) do
      local keys = {}
      for i, entry in ipairs(door.wanted) do keys[i] = entry.key end
      list[place] = (type(door.device) == "table" and door.device.device_id or door.device) .. ": "
        .. table.concat(keys, " ")
    end
    return list, skipped
  end

  it("finds the unit by location, or by the name in the summary", function()
    local list, skipped = doors_of(fixture "house", { units = { ["Apartment 1"] = "d1", ["Apartment 2"] = "d2" } })
    assert.same({ "d1: summer@house.example", "d2: winter@house.example moved@house.example" }, list)
    assert.same({ "moved@house.example superseded", "off@house.example cancelled" }, reasons(skipped))
  end)

  it("gives a door that several units share all their guests, and lists doors without any", function()
    local house = { device_id = "front" }
    assert.same({ "front: summer@house.example winter@house.example moved@house.example",
      "d1: summer@house.example", "d2: winter@house.example moved@house.example", "d3: " },
      (doors_of(fixture "house", { units = {
        ["Apartment 1"] = { house, "d1" }, ["Apartment 2"] = { house, "d2" }, ["Apartment 3"] = "d3",
      } })))
  end)

  it("leaves out and names what belongs to no unit", function()
    local list, skipped = doors_of(fixture "house", { units = { ["Apartment 1"] = "d1" } })
    assert.same({ "d1: summer@house.example" }, list)
    assert.same({ "moved@house.example no unit", "moved@house.example superseded", "off@house.example cancelled",
      "winter@house.example no unit" }, reasons(skipped))
  end)

  it("takes a rule of one's own for the unit", function()
    assert.same({ "d1: winter@house.example", "d2: " }, (doors_of(fixture "house", {
      units = { A = "d1", B = "d2" },
      unit_of = function(booking) return booking.uid:find "winter" and "A" or "C" end,
    })))
  end)

  it("takes a calendar, or several, for each unit", function()
    local list, skipped = doors_of({ A = { fixture "airbnb", fixture "booking" }, B = fixture "vrbo" },
      with(BERLIN, { units = { A = "d1", B = "d2" } }))
    assert.same({
      "d1: 1418fb94e984-0a1b2c3d4e5f60718293a4b5c6d7e8f9@airbnb.com "
        .. "1418fb94e984-ffeeddccbbaa99887766554433221100@airbnb.com 0f1e2d3c4b5a69788796a5b4c3d2e1f0@booking.com",
      "d2: 11111111-2222-4333-8444-555555555555",
    }, list)
    assert.same({ "A", "B" }, { skipped[1].unit, skipped[2].unit })
  end)

  it("keeps one key for two units apart at a door they share", function()
    local text = fixture "vrbo"
    assert.same({ "front: 11111111-2222-4333-8444-555555555555 11111111-2222-4333-8444-555555555555/B" },
      (doors_of({ A = text, B = text }, with(BERLIN, { units = { A = "front", B = "front" } }))))
  end)

  it("refuses units without a calendar, calendars without a unit, and units that are none", function()
    local text = fixture "vrbo"
    local function said(source, units)
      return error_of(calendar.doors, source, with(BERLIN, { units = units })).message
    end
    assert.matches("There is no calendar for the unit 'B'", said({ A = text }, { A = "d1", B = "d2" }))
    assert.matches("There is no unit 'C'", said({ A = text, C = text }, { A = "d1" }))
    assert.matches("needs units", said(text, nil))
    assert.matches("needs units", said(text, {}))
    assert.matches("units%['A'%] .* must be a lock", said(text, { A = 6 }))
    assert.matches("units%['A'%] .* must be a lock", said(text, { A = {} }))
    assert.matches("units%['A'%] .* must be a lock", said(text, { A = { "d1", 6 } }))
  end)
end)

describe("An address", function()
  it("is fetched by the function that is given", function()
    local asked
    local wanted = calendar.wanted("https://calendars.example/1.ics?s=secret", with(BERLIN, {
      fetch = function(url)
        asked = url
        return fixture "vrbo"
      end,
    }))
    assert.equal("https://calendars.example/1.ics?s=secret", asked)
    assert.equal(1, #wanted)
  end)

  it("that cannot be fetched is an error, the function's own where it is one", function()
    local own = errors.new("SeamHttpError", "No")
    assert.equal(own, error_of(calendar.wanted, "https://x.example/", { fetch = function() return nil, own end }))
    local err = error_of(calendar.wanted, "https://x.example/", { fetch = function() return nil, "no luck" end })
    assert.same({ "SeamError", "fetch_failed" }, { err.name, err.code })
    assert.matches("no luck", err.message)
    assert.matches("no reason given",
      error_of(calendar.wanted, "https://x.example/", { fetch = function() end }).message)
  end)
end)

describe("seam.calendar.safe", function()
  it("returns nil and the error", function()
    local wanted, err = calendar_safe.wanted ""
    assert.is_nil(wanted)
    assert.equal("invalid_calendar", err.code)
    assert.equal(1, #calendar_safe.wanted(fixture "vrbo", BERLIN))
  end)
end)

describe("From a calendar to a door", function()
  it("guests' codes open it from check-in to check-out, and follow the calendar", function()
    local sandbox = sandbox_of.new { freeze = "2028-08-01T12:00:00Z" }
    sandbox:connect()
    local client = sandbox:client()
    local units = { Flat = client.locks.get { name = "BACK DOOR" } }
    local function follow(text)
      local doors = calendar.doors({ Flat = text }, with(BERLIN, { units = units }))
      local report = codes.sync(client, doors[1].device, doors[1].wanted)
      assert.is_true(report.ok, tostring(report))
      return report
    end
    follow(fixture "airbnb")
    sandbox:set_time "2028-08-12T12:59:00Z"
    local pin = sandbox:access_codes("BACK DOOR")[1].code
    assert.is_false((sandbox:enter_code("BACK DOOR", pin)))
    sandbox:set_time "2028-08-12T13:00:00Z"
    assert.is_true((sandbox:enter_code("BACK DOOR", pin)))
    follow((fixture("airbnb"):gsub("DTEND;VALUE=DATE:20280815", "DTEND;VALUE=DATE:20280814")))
    sandbox:set_time "2028-08-14T09:00:00Z"
    assert.is_false((sandbox:enter_code("BACK DOOR", pin)))
    follow(fixture "booking")
    local left = sandbox:access_codes "BACK DOOR"
    assert.same({ 1, "guest:0f1e2d3c4b5a69788796a5b4c3d2e1f0@booking.com" }, { #left, left[1].name })
  end)
end)

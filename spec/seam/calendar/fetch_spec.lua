-- SPDX-License-Identifier: MIT
-- calendar.fetch against a scripted server, and against a transport that remembers what it was asked.

local calendar = require "seam.calendar.safe"
local errors = require "seam.errors"
local fake_transport = require "support.fake_transport"
local http_peer = require "support.http_peer"

local TEXT = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"
local SECRET = "/export/42.ics?s=top-secret"

describe("calendar.fetch", function()
  local peer

  setup(function() peer = http_peer.start() end)
  teardown(function() peer:stop() end)

  local function fetch(reply, options)
    peer:script { { match = { method = "GET", path = "/export/42.ics" }, reply = reply } }
    return calendar.fetch(peer.url .. SECRET, options)
  end

  --- Fetching must fail like this, without the address in a word of it.
  local function assert_failure(code, text, err)
    assert.is_nil(text)
    assert.is_true(errors.is_error(err, "SeamHttpError"), "a SeamHttpError was expected")
    assert.equal(code, err.code)
    assert.matches("127%.0%.0%.1", err.message)
    assert.is_nil(tostring(err):find("secret", 1, true), tostring(err))
    return err
  end

  it("gets the text with one request that asks for a calendar and carries nothing of ours", function()
    assert.equal(TEXT, (fetch { headers = { ["Content-Type"] = "text/calendar" }, body = TEXT }))
    local report = peer:report()
    assert.equal(1, report.complete)
    local request = report.requests[1]
    assert.equal(SECRET, request.target)
    assert.matches("^text/calendar", request.headers.accept)
    assert.is_nil(request.headers.authorization)
  end)

  it("is what calendar.wanted does with an address", function()
    peer:script { { match = { method = "GET" }, reply = { body = TEXT } } }
    assert.same({}, (calendar.wanted(peer.url .. SECRET)))
  end)

  it("follows no redirect", function()
    local err = assert_failure("redirect", fetch {
      status = 302, headers = { Location = peer.url .. "/elsewhere" }, body = "",
    })
    assert.matches("redirects are not followed", err.message)
    assert.equal(1, peer:report().complete)
  end)

  it("reports what is no answer", function()
    assert.equal(404, assert_failure("http", fetch { status = 404, body = "no" }).status_code)
    assert_failure("http", fetch { status = 204, body = "" })
    assert_failure("too_large", fetch({ body = ("x"):rep(5000) }, { max_bytes = 4096 }))
    peer:script { { match = {}, play = { { recv = "all" }, { rst = true } } } }
    assert_failure("closed", calendar.fetch(peer.url .. SECRET))
    peer:script { { match = {}, play = { { recv = "all" }, { hang = true } } } }
    assert_failure("timeout", calendar.fetch(peer.url .. SECRET, { timeout = 0.2 }))
  end)

  it("takes webcal for https, and leaves fragments out", function()
    local transport = fake_transport.new { { status = 200, body = TEXT } }
    assert.equal(TEXT, (calendar.fetch("webcal://calendars.example/a.ics?s=1#today", { transport = transport })))
    assert.equal("https://calendars.example/a.ics?s=1", transport.requests[1].url)
    assert.equal(30, transport.requests[1].seconds)
    assert.equal(0, transport.closed)
  end)

  local BAD = {
    { "http://calendars.example/a.ics", "must use https" },
    { "ftp://calendars.example/a.ics", "must start with https" },
    { "https://user:word@calendars.example/a.ics", "must not carry a user name" },
    { "https:///a.ics", "must name a host" },
    { "calendars.example/a.ics", "must start with https" },
    { "https://calendars.example/a b.ics", "must be ASCII" },
    { "https://calendars.example/a.ics\r\nX: y", "must be ASCII" },
    { 6, "An address is wanted" },
  }
  for _, case in ipairs(BAD) do
    it("asks nobody at " .. tostring(case[1]):gsub("%c", "?"), function()
      local transport = fake_transport.new { { status = 200, body = TEXT } }
      local text, err = calendar.fetch(case[1], { transport = transport })
      assert.is_nil(text)
      assert.equal("SeamInvalidParamsError", err.name)
      assert.matches(case[2], err.message)
      assert.equal(0, #transport.requests)
    end)
  end

  it("refuses options it does not know or cannot take", function()
    local function said(options) return (select(2, calendar.fetch("https://x.example/", options)) or {}).message end
    assert.matches("no option 'timout'; did you mean 'timeout'%?", said { timout = 1 })
    assert.matches("timeout option .* positive number", said { timeout = 0 })
    assert.matches("ca_file option .* string", said { ca_file = true })
    assert.matches("has no loop 'lav'", said { loop = "lav" })
    assert.matches("must be a table", said "x")
  end)
end)

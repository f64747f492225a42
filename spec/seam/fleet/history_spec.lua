-- SPDX-License-Identifier: MIT
-- Reports over time: what is written, what is read back, and what broken lines do.

local caught = require "support.caught"
local files = require "support.files"
local fleet = require "seam.fleet"
local fleet_world = require "support.fleet_world"
local safe_fleet = require "seam.fleet.safe"

local BACK_DOOR = "681bf7bc-e7c6-48e6-acfe-6dbabd0615c5"
local GOOD = '{"at":%d,"locks":{"d1":[%d,1,0]},"v":1}\n'

describe("A history", function()
  local path

  before_each(function()
    path = os.tmpname()
    os.remove(path)
  end)

  after_each(function() os.remove(path) end)

  it("brings back what was remembered", function()
    local sandbox, client = fleet_world.new()
    for _, level in ipairs { 0.9, 0.456, 0.1 } do
      sandbox:set_battery("BACK DOOR", level)
      assert.is_true(fleet.remember(path, fleet.report(client)))
      sandbox:advance(86400)
    end
    sandbox:fault { kind = "device_offline", device = "BACK DOOR" }
    fleet.remember(path, fleet.report(client, { codes = false }))
    local past = fleet.history(path)
    assert.equal(4, past.reports)
    assert.equal(0, past.skipped)
    local start = fleet_world.START
    assert.same({
      { at = start, battery = 0.9, online = true, failing = 0 },
      { at = start + 86400, battery = 0.46, online = true, failing = 0 },
      { at = start + 2 * 86400, battery = 0.1, online = true, failing = 0 },
      { at = start + 3 * 86400, online = false },
    }, past.locks[BACK_DOOR])
    assert.equal(2, fleet.history(path, { since = "2026-01-03T00:00:00Z" }).reports)
  end)

  it("never holds a PIN", function()
    local sandbox, client = fleet_world.new()
    client.access_codes.create { device = sandbox:device "BACK DOOR", name = "Cleaner" }
    sandbox:advance(60)
    local report = fleet.report(client, { show_codes = true })
    fleet.remember(path, report)
    assert.is_nil(files.read(path):find(report.locks[1].codes.list[1].code, 1, true))
  end)

  it("is empty before the first report", function()
    local past = fleet.history(path)
    assert.same({}, past.locks)
    assert.equal(0, past.reports)
  end)

  it("skips lines that cannot be read, and counts them", function()
    for _, line in ipairs {
      "garbage", "{", "[]", "6", '"text"', '{"at":1,"v":1}', '{"at":"1","locks":{},"v":1}',
      '{"at":1,"locks":{},"v":2}',
      '{"at":1,"locks":{"d1":[101,1,0]},"v":1}', '{"at":1,"locks":{"d1":["50",1,0]},"v":1}',
      '{"at":1,"locks":{"d1":[50,1]},"v":1}', '{"at":1,"locks":{"d1":{"a":1}},"v":1}',
      '{"at":1,"locks":[[1,1,1]],"v":1}',
      ("["):rep(5000), "\0\1\2", "null",
    } do
      files.write(path, GOOD:format(1, 50) .. line .. "\n\n" .. GOOD:format(2, 40))
      local past = fleet.history(path)
      assert.equal(2, past.reports, line)
      assert.equal(1, past.skipped, "the line '" .. line:sub(1, 60) .. "' should have been counted")
      assert.equal(2, #past.locks.d1)
    end
  end)

  it("loses only the half line a crash left behind", function()
    files.write(path, GOOD:format(1, 50) .. GOOD:format(2, 40):sub(1, 20))
    local _, client = fleet_world.new()
    fleet.remember(path, fleet.report(client))
    local past = fleet.history(path)
    assert.equal(2, past.reports)
    assert.equal(1, past.skipped)
  end)

  it("reads a line that spans blocks, and a last one without an end", function()
    local long = '{"at":3,"locks":{"' .. ("x"):rep(200000) .. '":[70,1,0]},"v":1}'
    files.write(path, long .. "\n" .. GOOD:format(4, 60):sub(1, -2))
    local past = fleet.history(path)
    assert.equal(2, past.reports)
    assert.equal(0.6, past.locks.d1[1].battery)
    assert.equal(0.7, past.locks[("x"):rep(200000)][1].battery)
  end)

  it("is in the order of time, whatever the clock did", function()
    files.write(path, GOOD:format(5, 50) .. GOOD:format(2, 40))
    local series = fleet.history(path).locks.d1
    assert.equal(2, series[1].at)
    assert.equal(5, series[2].at)
  end)

  it("may live in a store of the caller's", function()
    local store = { kept = {} }
    function store:append(line) self.kept[#self.kept + 1] = line end
    function store:lines()
      local place = 0
      return function()
        place = place + 1
        return self.kept[place]
      end
    end
    local _, client = fleet_world.new()
    fleet.remember(store, fleet.report(client))
    assert.equal(1, #store.kept)
    assert.is_nil(store.kept[1]:find("\n", 1, true))
    assert.equal(1, #fleet.history(store).locks[BACK_DOOR])
  end)

  it("says why it cannot be kept or read, in the way of its face", function()
    local _, client = fleet_world.new()
    local report = fleet.report(client)
    local nowhere = path .. "/no/such/folder"
    local raised = caught("SeamInvalidOptionsError", fleet.remember, nowhere, report)
    assert.matches("cannot be written: .*folder", raised.message)
    local done, err = safe_fleet.remember(nowhere, report)
    assert.is_nil(done)
    assert.matches("cannot be written", err.message)
    assert.matches("cannot be read", caught("SeamInvalidOptionsError", fleet.history, "/").message)
    caught("SeamInvalidParamsError", fleet.history, 6)
    caught("SeamInvalidParamsError", fleet.remember, {}, report)
    caught("SeamInvalidParamsError", fleet.remember, path, {})
    caught("SeamInvalidOptionsError", fleet.history, path, { since = "yesterday" })
  end)
end)

-- SPDX-License-Identifier: MIT
-- How access codes are read and written for seam.codes.

local backend = require "seam.codes.backend_access_codes"
local fake = require "support.fake_client"
local safe = require "seam.safe"
local time = require "seam.time"

local function list(codes)
  local client = fake.new({ fake.ok(('{"access_codes":[%s],"pagination":{"has_next_page":false}}'):format(codes)) },
    { retries = 0 }, safe)
  return backend.list(client, "d1")
end

describe("backend_access_codes", function()
  it("leaves codes of other doors out, whatever the server lists", function()
    local items = list [[{"access_code_id":"a","device_id":"d1"},{"access_code_id":"b","device_id":"d2"},
      {"access_code_id":"c"}]]
    assert.same({ "a", "c" }, { items[1].id, items[2].id, items[3] })
  end)

  it("reads a code as it will be once everything pending is in force", function()
    local item = list([[{"access_code_id":"a","device_id":"d1","name":"old","code":"1111","type":"time_bound",
      "status":"set","starts_at":"2028-08-12T15:00:00.000Z","ends_at":"2028-08-13T11:00:00.000Z","pending_mutations":[
      {"mutation_code":"updating_name","from":{"name":"old"},"to":{"name":"new"}},
      {"mutation_code":"updating_code","from":{"code":"1111"},"to":{"code":"2222"}},
      {"mutation_code":"updating_time_frame","from":{},"to":{"starts_at":"2028-08-12T15:00:00.000Z",
      "ends_at":"2028-08-14T11:00:00.000Z"}}]}]])[1]
    assert.same({ "new", "2222", time.parse "2028-08-14T11:00:00Z", false },
      { item.name, item.code, item.ends_at, item.going })
  end)

  it("knows what is on its way out, by status or by what is pending", function()
    local items = list [[{"access_code_id":"a","status":"removing"},
      {"access_code_id":"b","status":"set","pending_mutations":[{"mutation_code":"deleting"}]},
      {"access_code_id":"c","status":"set"}]]
    assert.same({ true, true, false }, { items[1].going, items[2].going or false, items[3].going })
  end)

  it("takes an answer without an id for no answer at all", function()
    local client = fake.new({ fake.ok '{"access_code":{}}' }, { retries = 0 }, safe)
    local id, err = backend.create(client, "d1", { name = "x" })
    assert.is_nil(id)
    assert.equal("unknown", err.outcome)
  end)

  it("refuses locks without any sign of codes only", function()
    assert.is_nil(backend.refusal { can_program_online_access_codes = true })
    assert.is_nil(backend.refusal { can_program_online_access_codes = false })
    assert.is_nil(backend.refusal { capabilities_supported = { "lock", "access_code" } })
    assert.is_string(backend.refusal { capabilities_supported = { "lock" } })
    assert.is_string(backend.refusal {})
  end)
end)

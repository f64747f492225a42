-- SPDX-License-Identifier: MIT
-- Whole lists, page by page.

local fake = require "support.fake_client"
local listing = require "seam.codes.listing"
local safe = require "seam.safe"

--- An answer with these codes, and pagination as given.
local function page(ids, pagination)
  local codes = {}
  for place, id in ipairs(ids) do codes[place] = ('{"access_code_id":"%s"}'):format(id) end
  return fake.ok(('{"access_codes":[%s]%s}'):format(table.concat(codes, ","),
    pagination and (',"pagination":' .. pagination) or ""))
end

local function listed(answers)
  local client, transport = fake.new(answers, { retries = 0 }, safe)
  local items, err = listing.all(client, client.access_codes.list, { device_id = "d1" })
  if not items then return nil, err end
  local ids = {}
  for place, item in ipairs(items) do ids[place] = item.access_code_id end
  return ids, transport
end

describe("listing.all", function()
  it("walks the pages with the same parameters", function()
    local ids, transport = listed {
      page({ "a", "b" }, '{"has_next_page":true,"next_page_cursor":"c1"}'),
      page({ "c" }, '{"has_next_page":true,"next_page_cursor":"c2"}'),
      page({ "d" }, '{"has_next_page":false,"next_page_cursor":null}'),
    }
    assert.same({ "a", "b", "c", "d" }, ids)
    assert.equal(3, #transport.requests)
    for number, cursor in pairs { [2] = "c1", [3] = "c2" } do
      assert.matches("device_id=d1", transport.requests[number].url, nil, true)
      assert.matches("page_cursor=" .. cursor, transport.requests[number].url, nil, true)
    end
  end)

  it("takes an answer without pages for the whole", function()
    assert.same({ "a" }, (listed { page { "a" } }))
  end)

  it("has nothing where a page is missing: half a list would be taken for all there is", function()
    local first = page({ "a" }, '{"has_next_page":true,"next_page_cursor":"c1"}')
    local _, err = listed { first, fake.api_error(500) }
    assert.equal(500, err.status_code)
    _, err = listed { first, first }
    assert.matches("repeats a page cursor", err.message)
    _, err = listed { page({ "a" }, '{"has_next_page":true}') }
    assert.equal("invalid_response", err.code)
    _, err = listed { fake.api_error(404, "device_not_found") }
    assert.equal("device_not_found", err.code)
  end)
end)

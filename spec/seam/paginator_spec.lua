-- SPDX-License-Identifier: MIT
-- Walks through paginated lists.

local caught = require "support.caught"
local fake = require "support.fake_client"
local resource = require "seam.resource"
local safe = require "seam.safe"
local seam = require "seam"

local function page(ids, cursor, has_next)
  local items = {}
  for i, id in ipairs(ids) do items[i] = ('{"device_id":"%s"}'):format(id) end
  if has_next == nil then has_next = cursor ~= nil end
  return fake.ok(('{"devices":[%s],"pagination":{"has_next_page":%s,"next_page_cursor":%s,"next_page_url":null}}')
    :format(table.concat(items, ","), tostring(has_next), cursor and '"' .. cursor .. '"' or "null"))
end

local THREE = { page({ "d1", "d2" }, "c1"), page({ "d3" }, "c2"), page { "d4" } }

local function paginator_on(answers, params, face)
  local client, transport = fake.new(answers, nil, face)
  return client.create_paginator(client.devices.list, params), transport
end

local function ids_of(items)
  local ids = {}
  for i, item in ipairs(items) do ids[i] = item.device_id end
  return ids
end

local function urls_of(transport)
  local urls = {}
  for i, request in ipairs(transport.requests) do urls[i] = request.url:gsub("^https://x%.example", "") end
  return urls
end

describe("a paginator's call options", function()
  local EMPTY = fake.ok '{"devices":[],"pagination":{"has_next_page":false}}'

  it("are checked when it is made, and hold for every page", function()
    local client, transport = fake.new { EMPTY }
    caught("SeamInvalidOptionsError", client.create_paginator, client.devices.list, {}, { timout = 1 })
    client.create_paginator(client.devices.list, {}, { timeout = 3 }):first_page()
    assert.equal(3, transport.requests[1].seconds)
  end)
end)

describe("a paginator", function()
  it("gives the first page and its pagination", function()
    local paginator, transport = paginator_on(THREE, { limit = 2 })
    local items, pagination = paginator:first_page()
    assert.same({ "d1", "d2" }, ids_of(items))
    assert.equal("device", resource.kind(items[1]))
    assert.same({ has_next_page = true, next_page_cursor = "c1" }, pagination)
    assert.same({ "/devices/list?limit=2&_strict=true" }, urls_of(transport))
  end)

  it("gives the page behind a cursor, with the same parameters", function()
    local paginator, transport = paginator_on(THREE, { limit = 2, search = "front" })
    paginator:next_page "abc="
    assert.same({ "/devices/list?limit=2&page_cursor=abc%3D&search=front&_strict=true" }, urls_of(transport))
  end)

  it("steps over all pages with the same parameters on each", function()
    local paginator, transport = paginator_on(THREE, { devices = { { device_id = "x" } }, created_before = 0 })
    local seen = {}
    for items, pagination in paginator:pages() do
      seen[#seen + 1] = table.concat(ids_of(items), "+") .. ":" .. tostring(pagination.next_page_cursor)
    end
    assert.same({ "d1+d2:c1", "d3:c2", "d4:nil" }, seen)
    local rest = "created_before=1970-01-01T00%3A00%3A00.000Z&device_ids=x"
    assert.same({ "/devices/list?" .. rest .. "&_strict=true",
      "/devices/list?" .. rest .. "&page_cursor=c1&_strict=true",
      "/devices/list?" .. rest .. "&page_cursor=c2&_strict=true" }, urls_of(transport))
  end)

  it("steps over all items, fetching a page when it is reached", function()
    local paginator, transport = paginator_on(THREE)
    local fetched = {}
    for item in paginator:flatten() do fetched[#fetched + 1] = item.device_id .. #transport.requests end
    assert.same({ "d11", "d21", "d32", "d43" }, fetched)
  end)

  it("fetches nothing before the first step", function()
    local paginator, transport = paginator_on(THREE)
    paginator:pages()
    paginator:flatten()
    assert.equal(0, #transport.requests)
  end)

  it("gives all items as a list", function()
    assert.same({ "d1", "d2", "d3", "d4" }, ids_of(paginator_on(THREE):flatten_to_list()))
  end)

  it("walks again from the start each time", function()
    local answers = { THREE[1], THREE[2], THREE[3], THREE[1], THREE[2], THREE[3] }
    local paginator = paginator_on(answers)
    assert.equal(4, #paginator:flatten_to_list())
    assert.equal(4, #paginator:flatten_to_list())
  end)

  it("passes over empty pages, and gives nothing when there is nothing", function()
    local paginator = paginator_on { page({}, "c1"), page({}, "c2"), page { "d1" } }
    local found = {}
    for item in paginator:flatten() do found[#found + 1] = item end
    assert.same({ "d1" }, ids_of(found))
    assert.same({}, paginator_on({ page {} }):flatten_to_list())
  end)

  it("stays at its end", function()
    local step = paginator_on({ page { "d1" } }):flatten()
    assert.equal("d1", step().device_id)
    assert.is_nil(step())
    assert.is_nil(step())
  end)

  it("ends where there is no next page, whatever the cursor says", function()
    local paginator, transport = paginator_on { page({ "d1" }, "c1", false) }
    assert.equal(1, #paginator:flatten_to_list())
    assert.equal(1, #transport.requests)
  end)

  it("is not changed by what happens to the caller's table", function()
    local params = { limit = 2, devices = { "x" } }
    local paginator, transport = paginator_on(THREE, params)
    params.limit, params.devices[1] = 99, "y"
    paginator:flatten_to_list()
    for _, url in ipairs(urls_of(transport)) do assert.matches("device_ids=x&limit=2", url, 1, true) end
  end)

  it("takes a string or a resource like the endpoint itself", function()
    for _, given in ipairs { "d1", resource.wrap("device", { device_id = "d1" }) } do
      local client, transport = fake.new { fake.ok '{"action_attempts":[],"pagination":{"has_next_page":false}}' }
      client.create_paginator(client.action_attempts.list, given):flatten_to_list()
      assert.same({ "/action_attempts/list?device_id=d1&_strict=true" }, urls_of(transport))
    end
  end)

  it("starts at a cursor the caller has", function()
    local paginator, transport = paginator_on({ THREE[2], THREE[3] }, { page_cursor = "c1" })
    assert.equal(2, #paginator:flatten_to_list())
    assert.same({ "/devices/list?page_cursor=c1&_strict=true", "/devices/list?page_cursor=c2&_strict=true" },
      urls_of(transport))
  end)
end)

describe("a paginator's errors", function()
  it("end a walk whose cursor is repeated", function()
    local paginator, transport = paginator_on { page({ "d1" }, "c1"), page({ "d2" }, "c2"), page({ "d3" }, "c1") }
    local err = caught("SeamHttpError", paginator.flatten_to_list, paginator)
    assert.equal("invalid_response", err.code)
    assert.matches("/devices/list: it repeats a page cursor", err.message, 1, true)
    assert.equal(3, #transport.requests)
  end)

  it("end a walk whose cursor is the one it started from", function()
    local paginator, transport = paginator_on({ page({ "d1" }, "c1") }, { page_cursor = "c1" })
    caught("SeamHttpError", paginator.flatten_to_list, paginator)
    assert.equal(1, #transport.requests)
  end)

  it("end a walk that promises a next page without saying where", function()
    for _, answer in ipairs { page({ "d1" }, nil, true), page({ "d1" }, "", true) } do
      local paginator = paginator_on { answer }
      local err = caught("SeamHttpError", paginator.flatten_to_list, paginator)
      assert.equal("invalid_response", err.code)
    end
  end)

  it("end a walk without pagination", function()
    for _, body in ipairs { '{"devices":[]}', '{"devices":[],"pagination":"x"}' } do
      local paginator = paginator_on { fake.ok(body) }
      local err = caught("SeamHttpError", paginator.first_page, paginator)
      assert.equal("Seam returned an invalid response for /devices/list: it has no pagination", err.message)
    end
  end)

  it("come out of a loop in the middle, after the items before", function()
    local paginator = paginator_on { page({ "d1" }, "c1"), fake.api_error(400, "mismatched_page_parameters") }
    local found = {}
    local err = caught("SeamHttpApiError", function()
      for item in paginator:flatten() do found[#found + 1] = item end
    end)
    assert.equal("mismatched_page_parameters", err.code)
    assert.same({ "d1" }, ids_of(found))
  end)

  it("come out of a loop of the safe face too, where nil would read as the end", function()
    local paginator = paginator_on({ page({ "d1" }, "c1"), fake.api_error(400) }, nil, safe)
    caught("SeamHttpApiError", function() for _ in paginator:pages() do end end) -- luacheck: ignore 542
  end)

  it("are returned by the safe face's other functions", function()
    local paginator = paginator_on({ fake.api_error(400) }, nil, safe)
    for _, name in ipairs { "first_page", "flatten_to_list" } do
      local value, err = paginator[name](paginator)
      assert.is_nil(value)
      assert.is_true(seam.is_error(err, "SeamHttpApiError"))
    end
    local value, err = paginator:next_page(nil)
    assert.is_nil(value)
    assert.is_true(seam.is_error(err, "SeamInvalidParamsError"))
  end)

  it("name a next page without cursor, and send nothing", function()
    local paginator, transport = paginator_on(THREE)
    for _, cursor in ipairs { "", 5, false } do
      caught("SeamInvalidParamsError", paginator.next_page, paginator, cursor)
    end
    caught("SeamInvalidParamsError", paginator.next_page, paginator, nil)
    assert.equal(0, #transport.requests)
  end)
end)

describe("create_paginator", function()
  it("refuses endpoints that do not page, and what is no endpoint", function()
    local client = fake.new {}
    for _, method in ipairs { client.locks.list, client.devices.get, print, "devices.list", client.devices } do
      local err = caught("SeamInvalidParamsError", client.create_paginator, method)
      assert.equal("Cannot create a paginator for a non-paginated endpoint", err.message)
    end
    caught("SeamInvalidParamsError", client.create_paginator)
  end)

  it("checks the parameters at once", function()
    local client = fake.new {}
    local err = caught("SeamInvalidParamsError", client.create_paginator, client.devices.list, { limt = 5 })
    assert.matches("did you mean 'limit'?", err.message, 1, true)
  end)

  it("is there for all paginated endpoints", function()
    local client, count = fake.new {}, 0
    for _, name in ipairs(require "seam.api.index") do
      local namespace = client
      for part in name:gmatch("[^.]+") do namespace = namespace[part] end
      for method, row in pairs(require("seam.api." .. name)) do
        if row.paginated then
          count = count + 1
          local given = {}
          for param, spec in pairs(row.params) do
            if spec.required or row.needs_any and param:find("_id$") then given[param] = "x" end
          end
          assert.is_not_nil(client.create_paginator(namespace[method], given), row.path)
        end
      end
    end
    assert.equal(17, count)
  end)
end)

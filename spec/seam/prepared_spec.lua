-- SPDX-License-Identifier: MIT
-- Requests as data, for hosts that carry the bytes themselves.

local caught = require "support.caught"
local fake = require "support.fake_client"
local resource = require "seam.resource"

local function prepared(path, params, options)
  local client, transport = fake.new {}
  return client.prepare(path, params, options), transport
end

describe("what a host hands to interpret", function()
  it("is an error of type, whatever it is", function()
    local client = fake.new {}
    local request = client.prepare("/devices/get", "d1")
    local good = { ["content-type"] = "application/json" }
    for _, case in ipairs {
      { 0 / 0, good, "{}" }, { 1 / 0, good, "{}" }, { -1, good, "{}" }, { 200, "text", "{}" }, { 200, good, 5 },
      { 200, good, {} }, { 99, good, "{}" }, { 600, good, "{}" },
    } do
      caught("SeamHttpError", request.interpret, request, case[1], case[2], case[3])
    end
  end)
end)

describe("client.prepare", function()
  it("gives the request as data and sends nothing", function()
    local request, transport = prepared("/locks/unlock_door", "d1")
    assert.equal("POST", request.method)
    assert.equal("https://x.example/locks/unlock_door", request.url)
    assert.equal('{"device_id":"d1"}', request.body)
    assert.equal("/locks/unlock_door", request.path)
    assert.equal("Bearer " .. fake.KEY, request.headers.authorization)
    assert.equal("application/json", request.headers["content-type"])
    assert.is_false(request.reads)
    assert.equal(0, #transport.requests)
  end)

  it("gives a reading request without body", function()
    local request = prepared("/devices/list", { limit = 2 })
    assert.same({ "GET", "https://x.example/devices/list?limit=2&_strict=true", true },
      { request.method, request.url, request.reads })
    assert.is_nil(request.body)
  end)

  it("takes a path with dots, and a colon before its own name", function()
    local client = fake.new {}
    assert.equal("/locks/unlock_door", client:prepare("locks.unlock_door", "d1").path)
  end)

  it("takes a call's headers", function()
    assert.equal("1", prepared("/devices/list", nil, { headers = { ["X-A"] = "1" } }).headers["x-a"])
  end)

  it("refuses paths without endpoint, and wrong parameters and options", function()
    local client = fake.new {}
    local err = caught("SeamInvalidParamsError", client.prepare, "/locks/open")
    assert.equal("There is no documented endpoint /locks/open: use client.request", err.message)
    for _, path in ipairs { 5, "", false } do caught("SeamInvalidParamsError", client.prepare, path) end
    caught("SeamInvalidParamsError", client.prepare)
    caught("SeamInvalidParamsError", client.prepare, "/locks/unlock_door", {})
    caught("SeamInvalidOptionsError", client.prepare, "/locks/unlock_door", "d1", { header = {} })
  end)

  it("shows no secret as text", function()
    local request = prepared("/locks/unlock_door", "d1")
    assert.equal("seam prepared request POST /locks/unlock_door", tostring(request))
    for name, value in pairs(request) do
      if name ~= "headers" then assert.is_nil(tostring(value):find("1234567890", 1, true), name) end
    end
  end)
end)

describe("a prepared request's interpret", function()
  it("gives the value, wrapped, and the extra", function()
    local items, pagination = prepared("/devices/list"):interpret(200, { ["Content-Type"] = "application/json" },
      '{"devices":[{"device_id":"d1"}],"pagination":{"has_next_page":false}}')
    assert.equal("device", resource.kind(items[1]))
    assert.is_false(pagination.has_next_page)
  end)

  it("does not wait for an action attempt", function()
    local attempt = prepared("/locks/unlock_door", "d1"):interpret(200, {},
      '{"action_attempt":{"action_attempt_id":"a1","status":"pending"}}')
    assert.equal("pending", attempt.status)
  end)

  it("raises the API's error, with header names in any case", function()
    local request = prepared("/locks/unlock_door", "d1")
    local err = caught("SeamHttpApiError", request.interpret, request, 429,
      { ["CONTENT-TYPE"] = "application/json", ["Seam-Request-Id"] = "r1", ["Retry-After"] = 7 },
      '{"error":{"type":"rate_limited","message":"Slow"}}')
    assert.same({ "rate_limited", "r1", 7 }, { err.code, err.request_id, err.retry_after })
  end)

  it("gives a typed error for whatever a host may hand over", function()
    local request = prepared("/devices/get", "d1")
    for _, given in ipairs { { 200, nil, nil }, { 200, {}, "" }, { 0, {}, "" }, { nil, {}, "" }, { "no", {}, "" },
      { 200, { "x" }, "<html>" }, { 500, {}, nil }, { 302, {}, "" } } do
      caught("SeamHttpError", request.interpret, request, given[1], given[2], given[3])
    end
  end)

  it("takes a status that came as text", function()
    assert.equal("d1", prepared("/devices/get", "d1"):interpret("200", {}, '{"device":{"device_id":"d1"}}').device_id)
  end)

  it("masks the secret in what a server says", function()
    local request = prepared("/devices/get", "d1")
    local err = caught("SeamHttpError", request.interpret, request, 500, {}, "echo " .. fake.KEY)
    assert.equal("echo [secret]", err.body)
  end)
end)

-- SPDX-License-Identifier: MIT
-- The address that opens a door: for whom it does, and what it says of the outcome.

local errors = require "seam.errors"
local fake_client = require "support.fake_client"
local fake_ngx = require "support.fake_ngx"
local openresty = require "seam.openresty"
local safe = require "seam.safe"
local seam = require "seam"

local POST = { method = "POST", headers = { ["Sec-Fetch-Site"] = "same-origin" } }

local function yes() return true end

describe("openresty.unlock", function()
  local fake
  before_each(function() fake = fake_ngx.install() end)
  after_each(fake_ngx.remove)

  --- A handler over a client with these answers, and that client's transport.
  local function make(answers, options, client_options, face)
    local client, transport = fake_client.new(answers, client_options, face)
    local all = { client = client, authorize = yes, device = "d1" }
    for name, value in pairs(options or {}) do all[name] = value end
    return openresty.unlock(all), transport
  end

  local function asked(transport)
    local paths = {}
    for i, request in ipairs(transport.requests) do paths[i] = request.path end
    return paths
  end

  for name, face in pairs { seam = seam, ["seam.safe"] = safe } do
    it("opens for whom the function allows, with a client of " .. name, function()
      local handler, transport = make({ fake_client.attempt "success" }, nil, nil, face)
      local status, body, headers = fake:ask(handler, POST)
      assert.equal('{"message":"The door is unlocked.","outcome":"done"}', body)
      assert.equal(200, status)
      assert.equal("application/json", headers["Content-Type"])
      assert.equal("no-store", headers["Cache-Control"])
      assert.same({ "/locks/unlock_door" }, asked(transport))
    end)

    it("says what became of it, with a client of " .. name, function()
      local waits = { wait_for_action_attempt = { timeout = 1 } }
      local cases = {
        { 202, "pending", { fake_client.attempt "pending" } },
        { 502, "rejected", { fake_client.attempt("error", ',"error":{"type":"device_offline","message":"m"}') } },
        { 404, "rejected", { fake_client.api_error(404, "device_not_found") } },
        { 429, "rejected", { fake_client.api_error(429, "rate_limited", { ["retry-after"] = "7" }) } },
        { 502, "rejected", { fake_client.api_error(401, "unauthorized") } },
        { 400, "rejected", { fake_client.api_error(400, "invalid_input") } },
        { 502, "unknown", { fake_client.lost("timeout", true) } },
        { 502, "unknown", { fake_client.api_error(500, "internal_error") } },
        { 503, "not_sent", { fake_client.lost("connect", false) } },
      }
      for i, case in ipairs(cases) do
        local status, body = fake:ask(make(case[3], nil, waits, face), POST)
        assert.equal(case[1], status, "case " .. i .. ": " .. body)
        assert.truthy(body:find('"outcome":"' .. case[2] .. '"', 1, true), "case " .. i .. ": " .. body)
        assert.is_nil(body:find(fake_client.KEY, 1, true))
        assert.is_nil(body:find("Said the API", 1, true), "the server's words were to stay here: " .. body)
      end
    end)
  end

  it("says to look first where nobody knows", function()
    local _, body = fake:ask(make { fake_client.lost("closed", true) }, POST)
    assert.truthy(body:find("Look at the door before you try again", 1, true), body)
  end)

  it("says who refused: the lock or Seam", function()
    local _, body = fake:ask(make { fake_client.attempt("error", ',"error":{"type":"t","message":"m"}') }, POST)
    assert.equal('{"code":"t","message":"The lock was asked and did not do it.","outcome":"rejected"}', body)
    _, body = fake:ask(make { fake_client.api_error(403, "t") }, POST)
    assert.equal('{"code":"t","message":"Seam refused to ask the lock.","outcome":"rejected"}', body)
  end)

  it("calls the outcome unknown where something else than the SDK failed", function()
    local handler, transport = make { fake_client.attempt "success" }
    function transport.perform() error("a bug") end
    local status, body = fake:ask(handler, POST)
    assert.equal(502, status)
    assert.truthy(body:find('"outcome":"unknown"', 1, true), body)
    assert.is_nil(body:find("a bug", 1, true), body)
    assert.truthy(fake:logged():find("a bug", 1, true), fake:logged())
  end)

  it("passes Retry-After on", function()
    local _, _, headers = fake:ask(make { fake_client.api_error(429, "rate_limited", { ["retry-after"] = "7" }) }, POST)
    assert.equal(7, headers["Retry-After"])
  end)

  it("calls an attempt pending that nobody waited for", function()
    local handler = make({ fake_client.attempt "pending" }, nil, { wait_for_action_attempt = false })
    assert.equal(202, (fake:ask(handler, POST)))
  end)

  it("locks as well", function()
    local handler, transport = make({ fake_client.attempt "success" }, { action = "lock" })
    local _, body = fake:ask(handler, POST)
    assert.truthy(body:find("The door is locked.", 1, true), body)
    assert.same({ "/locks/lock_door" }, asked(transport))
  end)

  it("asks the function with ngx, and never opens unless it says true", function()
    local given
    fake:ask(make({ fake_client.attempt "success" }, { authorize = function(ngx) given = ngx return true end }), POST)
    assert.equal(fake.ngx, given)
    local nos = {
      function() return false end, function() end, function() return "yes" end, function() return 1 end,
      function() error("the session store is gone") end, function() error(nil) end, function() error(true) end,
    }
    for i, authorize in ipairs(nos) do
      local handler, transport = make({ fake_client.attempt "success" }, { authorize = authorize })
      local status, body = fake:ask(handler, POST)
      assert.equal(403, status, "case " .. i)
      assert.is_nil(body:find("session store", 1, true), body)
      assert.same({}, asked(transport))
    end
    assert.truthy(fake:logged():find("the session store is gone", 1, true), fake:logged())
    assert.truthy(fake:logged():find("must return true, not a string", 1, true), fake:logged())
  end)

  it("tells the person the reason of a no", function()
    local handler = make({}, { authorize = function() return false, "Your stay has ended." end })
    local _, body = fake:ask(handler, POST)
    assert.truthy(body:find('"message":"Your stay has ended."', 1, true), body)
  end)

  it("takes POST alone", function()
    local handler, transport = make { fake_client.attempt "success" }
    local status, _, headers = fake:ask(handler, { method = "GET", headers = POST.headers })
    assert.equal(405, status)
    assert.equal("POST", headers.Allow)
    assert.same({}, asked(transport))
  end)

  it("refuses a form on another site before it asks anybody", function()
    local was_asked
    local handler, transport = make({}, { authorize = function() was_asked = true return true end })
    local status = fake:ask(handler, { method = "POST", headers = { Origin = "https://evil.example", Host = "door" } })
    assert.equal(403, status)
    assert.is_nil(was_asked)
    assert.same({}, asked(transport))
  end)

  it("finds the door by the owner's function: an id or a device", function()
    for _, device in ipairs { "d2", { device_id = "d2" } } do
      local handler, transport = make({ fake_client.attempt "success" }, { device = function() return device end })
      assert.equal(200, (fake:ask(handler, POST)))
      assert.equal('{"device_id":"d2"}', transport.requests[1].body)
    end
  end)

  it("asks Seam for nothing where there is no door", function()
    local cases = {
      { 404, function() end },
      { 404, function() return nil, errors.new("SeamError", "x", { code = "device_not_found" }) end },
      { 500, function() return nil, "no database" end },
      { 500, function() error("no database") end }, { 500, function() return true end },
      { 500, function() return "" end },
    }
    for i, case in ipairs(cases) do
      local handler, transport = make({}, { device = case[2] })
      local status, body = fake:ask(handler, POST)
      assert.equal(case[1], status, "case " .. i)
      assert.truthy(body:find('"outcome":"not_sent"', 1, true), body)
      assert.is_nil(body:find("database", 1, true), body)
      assert.same({}, asked(transport))
    end
  end)
end)

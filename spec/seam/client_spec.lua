-- SPDX-License-Identifier: MIT
-- The client: what it is made of, its own methods, and what it shows of itself.

local caught = require "support.caught"
local fake = require "support.fake_client"
local fake_environment = require "support.fake_environment"
local fake_transport = require "support.fake_transport"
local seam = require "seam"

local PAT = "seam_at1234567890abcd"
local DEVICE = fake.ok '{"device":{"device_id":"d1"}}'

local function sent(transport) return transport.requests[#transport.requests] end

describe("a client's calls", function()
  it("take a receiver written with a colon", function()
    local client, transport = fake.new { DEVICE }
    client.devices:get "d1"
    client.devices.get "d1"
    client.devices:get { device_id = "d1" }
    for _, request in ipairs(transport.requests) do
      assert.equal("https://x.example/devices/get?device_id=d1&_strict=true", request.url)
    end
  end)

  it("return one value where there is no extra, so that it can go straight into another call", function()
    local client = fake.new { DEVICE }
    assert.equal(1, select("#", client.devices.get "d1"))
    local list = {}
    table.insert(list, client.devices.get "d1")
    assert.equal("d1", list[1].device_id)
  end)

  it("say what happened when another call's extra became their options", function()
    local client = fake.new { DEVICE }
    local code = fake.ok '{"access_code":{"access_code_id":"c1"},"action_attempt":{"action_attempt_id":"a1"}}'
    local creator = fake.new { code }
    local err = caught("SeamInvalidOptionsError", function()
      return client.devices.get(creator.access_codes.create "d1")
    end)
    assert.matches("put that call in parentheses", err.message)
    assert.equal("not_sent", err.outcome)
    assert.equal(0, err.attempts)
  end)

  it("take a colon where nothing is passed, and in nested namespaces", function()
    local client, transport = fake.new { fake.ok '{"devices":[],"access_codes":[]}' }
    assert.same({}, (client.locks:list()))
    client.access_codes.unmanaged:list { device_id = "d1" }
    assert.equal("https://x.example/access_codes/unmanaged/list?device_id=d1&_strict=true", sent(transport).url)
  end)

  it("return the value, then one extra", function()
    local client = fake.new { fake.ok '{"devices":[{"device_id":"d1"}],"pagination":{"has_next_page":false}}' }
    assert.equal(2, select("#", client.devices.list()))
    local devices, pagination = client.devices.list()
    assert.equal("d1", devices[1].device_id)
    assert.is_false(pagination.has_next_page)
  end)

  it("return true where there is no value", function()
    local client = fake.new { fake.ok '{"ok":true}' }
    assert.is_true((client.access_codes.delete "c1"))
  end)

  it("send nothing when a parameter is wrong", function()
    local client, transport = fake.new { DEVICE }
    local err = caught("SeamInvalidParamsError", client.locks.unlock_door, { devic_id = "d1" })
    assert.matches("/locks/unlock_door", err.message, 1, true)
    assert.matches("did you mean 'device_id'?", err.message, 1, true)
    caught("SeamInvalidParamsError", client.locks.unlock_door)
    caught("SeamInvalidOptionsError", client.locks.unlock_door, "d1", { timout = 5 })
    assert.equal(0, #transport.requests)
  end)

  it("take what the SDK returned", function()
    local client, transport = fake.new { DEVICE, fake.attempt "success" }
    client.locks.unlock_door(client.devices.get "d1")
    assert.equal('{"device_id":"d1"}', sent(transport).body)
  end)

  it("leave the caller's tables as they were", function()
    local client = fake.new { fake.ok '{"access_code":{"access_code_id":"c1"}}' }
    local given = { device = "d1", starts_at = 0, ends_at = 3600 }
    local options = { timeout = 5, headers = { ["X-A"] = "1" } }
    client.access_codes.create(given, options)
    assert.same({ device = "d1", starts_at = 0, ends_at = 3600 }, given)
    assert.same({ timeout = 5, headers = { ["X-A"] = "1" } }, options)
  end)
end)

describe("a client's requests", function()
  local function authorization(request) return request.headers.authorization end

  it("are their transport's own: what it writes into one is in no other", function()
    local client, transport = fake.new { DEVICE }
    client.devices.get "d1"
    local key = authorization(sent(transport))
    sent(transport).headers.authorization = "spoilt"
    client.devices.get "d1"
    assert.equal(key, authorization(sent(transport)))
  end)

  it("have headers of their own where they are prepared", function()
    local client = seam.new { api_key = "seam_test_0123456789abcdef", endpoint = "https://x.example" }
    local first = client.prepare("/devices/get", "d1")
    first.headers.authorization = nil
    local second = client.prepare("/devices/get", "d1")
    assert.equal("Bearer seam_test_0123456789abcdef", authorization(second))
    client:close()
  end)
end)

describe("a client's members", function()
  it("are its namespaces and its methods, and an error with the nearest name for others", function()
    local client = fake.new {}
    local err = caught("SeamInvalidParamsError", function() return client.lockss end)
    assert.equal("There is no namespace or method 'lockss'; did you mean 'locks'?", err.message)
    err = caught("SeamInvalidParamsError", function() return client.create_paginater end)
    assert.matches("did you mean 'create_paginator'?", err.message, 1, true)
    assert.is_nil(client._anything)
    assert.is_nil(client[1])
  end)

  it("are made once", function()
    local client = fake.new {}
    assert.equal(client.locks, client.locks)
    assert.equal(client.locks.list, client.locks.list)
  end)

  it("are as many as the API has: every endpoint can be reached", function()
    local client, count = fake.new {}, 0
    for _, name in ipairs(require "seam.api.index") do
      local namespace = client
      for part in name:gmatch("[^.]+") do namespace = namespace[part] end
      for method in pairs(require("seam.api." .. name)) do
        assert.is_function(namespace[method], name .. "." .. method)
        count = count + 1
      end
    end
    assert.equal(202, count)
  end)
end)

describe("a client's close", function()
  it("may be called with colon or dot, and twice", function()
    local client = fake.new { DEVICE }
    assert.is_true(client:close())
    assert.is_true(client.close())
    caught("SeamHttpError", client.devices.get, "d1")
  end)

  it("leaves a transport that was given to it open", function()
    local client, transport = fake.new { DEVICE }
    client:close()
    assert.equal(0, transport.closed)
  end)

  it("happens at the end of a scope on Lua 5.4", function()
    local client = fake.new { DEVICE }
    getmetatable(client).__close(client)
    caught("SeamHttpError", client.devices.get, "d1")
  end)
end)

describe("a client without workspace", function()
  local function without_workspace()
    local transport = fake_transport.new { fake.ok '{"workspaces":[],"workspace":{"workspace_id":"w1"}}' }
    return seam.without_workspace { personal_access_token = PAT, transport = transport }, transport
  end

  it("lists and creates workspaces, and names none", function()
    local client, transport = without_workspace()
    client.workspaces.list()
    client.workspaces.create { name = "New" }
    assert.equal(2, #transport.requests)
    for _, request in ipairs(transport.requests) do
      assert.equal("Bearer " .. PAT, request.headers.authorization)
      assert.is_nil(request.headers["seam-workspace"])
    end
  end)

  it("does nothing else, and sends nothing", function()
    local client, transport = without_workspace()
    local err = caught("SeamInvalidParamsError", client.locks.list)
    assert.equal("/locks/list needs a workspace, and this client was made without one", err.message)
    assert.equal(0, #transport.requests)
  end)

  it("may move into one", function()
    local client, transport = without_workspace()
    client:with_workspace("w2").workspaces.list()
    assert.equal("w2", sent(transport).headers["seam-workspace"])
  end)
end)

describe("with_workspace", function()
  it("gives the same person's client elsewhere, with the same options", function()
    local transport = fake_transport.new { DEVICE }
    local client = seam.new { personal_access_token = PAT, workspace_id = "w1", transport = transport,
      endpoint = "https://y.example", timeout = 7 }
    local other = client:with_workspace "w2"
    other.devices.get "d1"
    assert.equal("w2", sent(transport).headers["seam-workspace"])
    assert.equal("https://y.example/devices/get?device_id=d1&_strict=true", sent(transport).url)
    assert.equal(7, sent(transport).seconds)
    client.devices.get "d1"
    assert.equal("w1", sent(transport).headers["seam-workspace"])
    other:close()
    assert.equal("d1", client.devices.get("d1").device_id)
  end)

  it("needs a personal access token and an id", function()
    local client = fake.new {}
    caught("SeamInvalidOptionsError", client.with_workspace, client, "w1")
    client = seam.new { personal_access_token = PAT, workspace_id = "w1", transport = fake_transport.new {} }
    caught("SeamInvalidOptionsError", client.with_workspace, client, nil)
    caught("SeamInvalidOptionsError", client.with_workspace, client, "")
  end)
end)

describe("from_publishable_key", function()
  local SESSION = fake.ok '{"client_session":{"client_session_id":"s1","token":"seam_cst1234567890abcd"}}'

  after_each(fake_environment.restore)

  it("exchanges the key for a session, and calls as that session", function()
    local transport = fake_transport.new { SESSION, DEVICE }
    local client = seam.from_publishable_key("seam_pk1", "user@1", { transport = transport,
      endpoint = "https://x.example" })
    client.devices.get "d1"
    local exchange, call = transport.requests[1], transport.requests[2]
    assert.equal("https://x.example/client_sessions/get_or_create", exchange.url)
    assert.equal('{"user_identifier_key":"user@1"}', exchange.body)
    assert.equal("seam_pk1", exchange.headers["seam-publishable-key"])
    assert.is_nil(exchange.headers.authorization)
    assert.equal("Bearer seam_cst1234567890abcd", call.headers.authorization)
    assert.equal("seam_cst1234567890abcd", call.headers["client-session-token"])
    assert.is_nil(call.headers["seam-publishable-key"])
  end)

  it("never falls back to the environment's key when the session has no token", function()
    fake_environment.set { SEAM_API_KEY = fake.KEY }
    local transport = fake_transport.new { fake.ok '{"client_session":{"client_session_id":"s1"}}' }
    caught("SeamError", seam.from_publishable_key, "seam_pk1", "u", { transport = transport })
  end)

  it("checks the key before anything is sent, and passes the API's error on", function()
    local transport = fake_transport.new { fake.api_error(401) }
    caught("SeamInvalidTokenError", seam.from_publishable_key, "seam_x", "u", { transport = transport })
    caught("SeamInvalidTokenError", seam.from_publishable_key, nil, "u", { transport = transport })
    assert.equal(0, #transport.requests)
    caught("SeamHttpUnauthorizedError", seam.from_publishable_key, "seam_pk1", "u", { transport = transport })
  end)

  it("refuses another credential beside the key, before anything is sent", function()
    local transport = fake_transport.new { SESSION }
    for _, name in ipairs { "api_key", "personal_access_token", "client_session_token", "workspace_id" } do
      caught("SeamInvalidOptionsError", seam.from_publishable_key, "seam_pk1", "u", { transport = transport,
        [name] = "seam_x" })
    end
    assert.equal(0, #transport.requests)
  end)
end)

describe("a client as text", function()
  it("shows the endpoint and four characters of the key at most", function()
    local client = fake.new {}
    assert.equal("seam client for https://x.example (api key ...abcd)", tostring(client))
    client:close()
    assert.equal("seam client for https://x.example (api key ...abcd), closed", tostring(client))
  end)

  it("never shows the secret, however deep one looks", function()
    local client = fake.new({ DEVICE }, { headers = { ["x-a"] = "1" } })
    client.devices.get "d1"
    local prepared = client.prepare("/locks/unlock_door", "d1")
    local ok, err = pcall(client.locks.unlock_door, {})
    assert.is_false(ok)
    local seen = {}
    local function look(value, where)
      if type(value) == "string" then
        assert.is_nil(value:find("1234567890", 1, true), "the secret is at " .. where)
      elseif type(value) == "table" and not seen[value] then
        seen[value] = true
        look(tostring(value), where .. "()")
        for key, inner in pairs(value) do
          if value ~= prepared or key ~= "headers" then look(inner, where .. "." .. tostring(key)) end
        end
        local metatable = debug.getmetatable(value)
        if metatable then look(metatable, where .. "[meta]") end
      end
    end
    look(client, "client")
    look(client.devices, "devices")
    look(prepared, "prepared")
    look(err, "err")
  end)
end)

describe("update_client_session_token", function()
  local FIRST, SECOND = "seam_cst1234567890aaaa", "seam_cst1234567890bbbb"
  local SESSION = fake.ok '{"client_session":{"client_session_id":"s1"}}'

  local function session_client(answers)
    local transport = fake_transport.new(answers)
    return seam.from_client_session_token(FIRST, { transport = transport }), transport
  end

  it("asks the server about the new token and goes on with it", function()
    local client, transport = session_client { SESSION, DEVICE }
    assert.is_true(client:update_client_session_token(SECOND))
    assert.matches("/client_sessions/get$", transport.requests[1].url)
    assert.equal(SECOND, transport.requests[1].headers["client-session-token"])
    client.devices.get "d1"
    assert.equal("Bearer " .. SECOND, transport.requests[2].headers.authorization)
    assert.equal(SECOND, transport.requests[2].headers["client-session-token"])
  end)

  it("keeps the former token when the server refuses the new one", function()
    local client, transport = session_client { fake.api_error(401, "client_session_revoked"), DEVICE }
    local err = caught("SeamHttpUnauthorizedError", client.update_client_session_token, SECOND)
    assert.equal("client_session_revoked", err.code)
    client.devices.get "d1"
    assert.equal("Bearer " .. FIRST, transport.requests[2].headers.authorization)
  end)

  it("is for clients that have one, and for tokens of that kind", function()
    local client = fake.new {}
    assert.equal("Seam received invalid options: Cannot update a client_session_token on a client created "
      .. "without a client_session_token",
      caught("SeamInvalidOptionsError", client.update_client_session_token, SECOND).message)
    local own, transport = session_client { SESSION }
    caught("SeamInvalidTokenError", own.update_client_session_token, "seam_test1234567890abcd")
    assert.equal(0, #transport.requests)
  end)
end)

describe("a client's time", function()
  it("is its transport's: sleeping moves it, and a duration is checked", function()
    local client, transport = fake.new { DEVICE }
    local before = client:now()
    client:sleep(2.5)
    assert.equal(2.5, client.now() - before)
    assert.same({ 2.5 }, transport.sleeps)
    for _, wrong in ipairs { -1, "1", 0 / 0, math.huge } do
      caught("SeamInvalidParamsError", function() return client:sleep(wrong) end)
    end
    assert.same({ 2.5 }, transport.sleeps)
  end)

  it("of day is the transport's where it has one, else the machine's", function()
    local client, transport = fake.new { DEVICE }
    assert.is_true(math.abs(client:time() - os.time()) <= 1)
    function transport.time() return 1234 end
    assert.equal(1234, client:time())
  end)

  it("is the sandbox's in a sandbox", function()
    local sandbox = require("seam.sandbox").new { freeze = "2028-08-10T12:00:00Z" }
    local client = sandbox:client()
    local before = client:time()
    client:sleep(3600)
    assert.equal(3600, client:time() - before)
  end)
end)

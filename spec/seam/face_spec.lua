-- SPDX-License-Identifier: MIT
-- What `require "seam"` and `require "seam.safe"` return.

local caught = require "support.caught"
local face = require "seam.face"
local fake = require "support.fake_client"
local fake_environment = require "support.fake_environment"
local fake_transport = require "support.fake_transport"
local json = require "seam.json"
local safe = require "seam.safe"
local seam = require "seam"

local KEY, PAT = fake.KEY, "seam_at1234567890abcd"
local DEVICES = fake.ok '{"devices":[{"device_id":"d1"}],"pagination":{"has_next_page":false}}'
local DEVICE = fake.ok '{"device":{"device_id":"d1"}}'

local function headers_of(make)
  local transport = fake_transport.new { DEVICE }
  make({ transport = transport }).devices.get "d1"
  return transport.requests[1].headers, transport.requests[1].url
end

describe("closing what was never opened", function()
  it("needs no key", function()
    local fresh = require("seam.face").new(true)
    assert.is_true(fresh.close())
    assert.is_true(fresh:close())
  end)
end)

describe("serialising what is no table of parameters", function()
  it("is a typed error", function()
    caught("SeamInvalidParamsError", require("seam").serialize_params, nil)
    caught("SeamInvalidParamsError", require("seam").serialize_params, 5)
  end)
end)

describe("both faces", function()
  it("have the version, null and is_error", function()
    for _, f in ipairs { seam, safe } do
      assert.equal(require "seam.version", f._VERSION)
      assert.equal(json.null, f.null)
      assert.is_false(f.is_error "x")
    end
  end)

  it("tell errors by their names, with dot and with colon", function()
    local err = caught("SeamInvalidOptionsError", seam.new, 5)
    for _, f in ipairs { seam, safe } do
      assert.is_true(f.is_error(err))
      assert.is_true(f.is_error(err, "SeamError"))
      assert.is_false(f.is_error(err, "SeamHttpError"))
      assert.is_true(f:is_error(err, "SeamInvalidOptionsError"))
    end
  end)

  it("send null for seam.null and nothing for nil", function()
    local client, transport = fake.new { fake.ok '{"ok":true}' }
    client.devices.update { device_id = "d1", name = seam.null, is_managed = nil }
    local body = json.decode((transport.requests[1].body:gsub("null", '"was null"')))
    assert.same({ device_id = "d1", name = "was null" }, body)
  end)
end)

describe("the constructors", function()
  before_each(function() fake_environment.set {} end)
  after_each(fake_environment.restore)

  it("take a key as a text", function()
    assert.matches("api key ...abcd", tostring(seam.new(KEY)), 1, true)
    assert.matches("api key ...abcd", tostring(seam:new(KEY)), 1, true)
  end)

  it("take options", function()
    local headers, url = headers_of(function(o)
      return seam.new { api_key = KEY, endpoint = "https://y.example/", transport = o.transport }
    end)
    assert.equal("Bearer " .. KEY, headers.authorization)
    assert.equal("https://y.example/devices/get?device_id=d1&_strict=true", url)
  end)

  it("take the environment when nothing is passed", function()
    fake_environment.set { SEAM_API_KEY = KEY, SEAM_ENDPOINT = "https://e.example" }
    assert.equal("seam client for https://e.example (api key ...abcd)", tostring(seam.new()))
  end)

  it("are there for each kind of credential", function()
    assert.equal("Bearer " .. KEY, headers_of(function(o) return seam.from_api_key(KEY, o) end).authorization)
    local headers = headers_of(function(o) return seam.from_personal_access_token(PAT, "w1", o) end)
    assert.same({ "Bearer " .. PAT, "w1" }, { headers.authorization, headers["seam-workspace"] })
    headers = headers_of(function(o) return seam.from_client_session_token("seam_cst1", o) end)
    assert.same({ "Bearer seam_cst1", "seam_cst1" }, { headers.authorization, headers["client-session-token"] })
  end)

  it("take a colon", function()
    assert.equal("Bearer " .. KEY, headers_of(function(o) return seam:from_api_key(KEY, o) end).authorization)
  end)

  it("never take the environment's key for one that is missing", function()
    fake_environment.set { SEAM_API_KEY = KEY, SEAM_WORKSPACE_ID = "env" }
    caught("SeamInvalidTokenError", seam.from_api_key, nil)
    caught("SeamInvalidTokenError", seam.from_personal_access_token, nil, "w1")
    caught("SeamInvalidTokenError", seam.from_client_session_token, nil)
  end)

  it("leave the caller's options as they were", function()
    local options = { transport = fake_transport.new {} }
    seam.from_api_key(KEY, options)
    assert.is_nil(options.api_key)
  end)

  it("refuse options that are no table", function()
    caught("SeamInvalidOptionsError", seam.new, 5)
    caught("SeamInvalidOptionsError", seam.from_api_key, KEY, "https://x.example")
    caught("SeamInvalidOptionsError", seam.from_personal_access_token, PAT, "w1", 5)
    caught("SeamInvalidOptionsError", seam.from_client_session_token, "seam_cst1", true)
    caught("SeamInvalidOptionsError", seam.from_publishable_key, "seam_pk1", "u", 5)
    caught("SeamInvalidOptionsError", seam.without_workspace, "x")
  end)

  it("say what is missing, in the words of the other SDKs", function()
    assert.equal("Seam received invalid options: Must specify an api_key or personal_access_token. Attempted reading "
      .. "configuration from the environment, but the environment variable SEAM_API_KEY is not set.",
      caught("SeamInvalidOptionsError", seam.new).message)
    assert.equal("Seam received invalid options: Unknown option 'api_kye'; did you mean 'api_key'?",
      caught("SeamInvalidOptionsError", seam.new, { api_kye = KEY }).message)
    assert.equal("SeamInvalidOptionsError", caught("SeamError", seam.from_personal_access_token, PAT).name)
  end)

  it("cost nothing: no transport is loaded", function()
    local loaded = package.loaded["seam.transport.curl"]
    package.loaded["seam.transport.curl"] = { new = function() error "opened a transport" end }
    local ok, err = pcall(seam.new, KEY)
    package.loaded["seam.transport.curl"] = loaded
    assert.is_true(ok, err)
  end)
end)

describe("the raising face", function()
  it("raises error objects that print", function()
    local client = fake.new { fake.api_error(404, "device_not_found") }
    local err = caught("SeamHttpApiError", client.devices.get, "d1")
    assert.equal("SeamHttpApiError: Said the API (GET /devices/get, status 404, device_not_found, outcome rejected)",
      "" .. err)
  end)
end)

describe("the safe face", function()
  before_each(function() fake_environment.set {} end)
  after_each(fake_environment.restore)

  local function returned(name, value, err)
    assert.is_nil(value)
    assert.is_true(seam.is_error(err, name), "expected " .. name .. ", got " .. tostring(err))
    return err
  end

  it("returns nil and the error from constructors", function()
    returned("SeamInvalidOptionsError", safe.new())
    returned("SeamInvalidTokenError", safe.new "x")
    returned("SeamInvalidTokenError", safe.from_api_key(nil))
    returned("SeamInvalidOptionsError", safe.without_workspace())
    returned("SeamInvalidTokenError", safe.from_publishable_key("x", "u"))
  end)

  it("returns nil and the error from calls", function()
    local client = fake.new({ fake.api_error(400, "invalid_input") }, nil, safe)
    returned("SeamHttpInvalidInputError", client.devices.get "d1")
    returned("SeamInvalidParamsError", client.devices.get())
    returned("SeamInvalidOptionsError", client.devices.get("d1", { x = 1 }))
  end)

  it("returns nil and the error from a client's methods, and from clients they make", function()
    local client = fake.new({ fake.api_error(400) }, nil, safe)
    returned("SeamInvalidParamsError", client.create_paginator(client.locks.list))
    returned("SeamInvalidParamsError", client.prepare("/nothing/here"))
    returned("SeamInvalidParamsError", client.request { path = "no" })
    returned("SeamHttpApiError", client.request { path = "/devices/list" })
    returned("SeamInvalidOptionsError", client:with_workspace "w1")
    local prepared = client.prepare("/devices/get", "d1")
    returned("SeamHttpError", prepared:interpret(500, {}, ""))
    client:close()
    returned("SeamHttpError", client.devices.get "d1")
    local other = safe.from_personal_access_token(PAT, "w1", { transport = fake_transport.new { fake.api_error(400) } })
    returned("SeamHttpApiError", other:with_workspace("w2").devices.get "d1")
  end)

  it("returns nil and the error from a failed wait", function()
    local client = fake.new({ fake.attempt "error" }, nil, safe)
    returned("SeamActionAttemptFailedError", client.locks.unlock_door "d1")
  end)

  it("returns nil and the error for a query that cannot be written", function()
    returned("SeamInvalidParamsError", safe.serialize_params { a = 0 / 0 })
    caught("SeamInvalidParamsError", seam.serialize_params, { a = 0 / 0 })
    assert.equal("a=1&_strict=true", safe.serialize_params { a = 1 })
  end)

  it("returns values as the other does", function()
    local client = fake.new({ DEVICES }, nil, safe)
    local devices, pagination = client.devices.list()
    assert.equal("d1", devices[1].device_id)
    assert.is_false(pagination.has_next_page)
  end)
end)

describe("check", function()
  it("passes values on, and raises an error object behind nil", function()
    assert.same({ 1, 2, 3 }, { seam.check(1, 2, 3) })
    local err = caught("SeamInvalidOptionsError", function() seam.check(safe.new(5)) end)
    assert.is_true(err:is "SeamError")
  end)
end)

describe("the default client", function()
  local opened, loaded

  before_each(function()
    opened, loaded = {}, package.loaded["seam.transport.curl"]
    package.loaded["seam.transport.curl"] = { new = function()
      opened[#opened + 1] = fake_transport.new { DEVICES }
      return opened[#opened]
    end }
    fake_environment.set { SEAM_API_KEY = KEY, SEAM_ENDPOINT = "https://e.example" }
  end)

  after_each(function()
    package.loaded["seam.transport.curl"] = loaded
    fake_environment.restore()
  end)

  it("is made from the environment at the first call, and once", function()
    fake_environment.set {}
    local own = face.new(true)
    local list = own.devices.list
    fake_environment.set { SEAM_API_KEY = KEY, SEAM_ENDPOINT = "https://e.example" }
    list()
    own.devices:list { limit = 1 }
    assert.equal(1, #opened)
    assert.equal("https://e.example/devices/list?limit=1&_strict=true", opened[1].requests[2].url)
    assert.equal("Bearer " .. KEY, opened[1].requests[1].headers.authorization)
  end)

  it("says what is missing in the environment, in each face's way", function()
    fake_environment.set {}
    caught("SeamInvalidOptionsError", face.new(true).devices.list)
    local value, err = face.new(false).devices.list()
    assert.is_nil(value)
    assert.is_true(seam.is_error(err, "SeamInvalidOptionsError"))
  end)

  it("may be tried again when the environment was wrong", function()
    fake_environment.set {}
    local own = face.new(true)
    caught("SeamInvalidOptionsError", own.devices.list)
    fake_environment.set { SEAM_API_KEY = KEY }
    assert.equal("d1", own.devices.list()[1].device_id)
  end)

  it("has the methods of a client, with dot and with colon", function()
    local own = face.new(true)
    assert.equal(1, #own.create_paginator(own.devices.list):flatten_to_list())
    assert.equal(1, #own:create_paginator(own.devices.list):flatten_to_list())
    assert.equal("/devices/list", own:prepare("/devices/list").path)
    assert.equal("d1", own:request({ path = "/devices/list" }).devices[1].device_id)
  end)

  it("gives its connections back when it is closed, and is made anew", function()
    local own = face.new(true)
    own.devices.list()
    own.close()
    assert.equal(1, opened[1].closed)
    own.devices.list()
    assert.equal(2, #opened)
  end)

  it("names the nearest namespace for one that does not exist", function()
    local own = face.new(true)
    local err = caught("SeamInvalidParamsError", function() return own.lock end)
    assert.matches("did you mean 'locks'?", err.message, 1, true)
  end)
end)

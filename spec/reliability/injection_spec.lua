-- SPDX-License-Identifier: MIT
-- Row 8 of the bar: 161 bytes that no header may hold, in six places and three positions each: nothing
-- leaves with one of them. The core refuses them once more, whoever calls it.

local core = require "seam.core"
local errors = require "seam.errors"
local fake_environment = require "support.fake_environment"
local http_peer = require "support.http_peer"
local seam = require "seam"

local BYTES = {}
for byte = 0, 31 do BYTES[#BYTES + 1] = string.char(byte) end
for byte = 127, 255 do BYTES[#BYTES + 1] = string.char(byte) end

--- The text with a byte at its start, in its middle and at its end.
local function spoilt(text, byte)
  local middle = math.floor(#text / 2)
  return { byte .. text, text:sub(1, middle) .. byte .. text:sub(middle + 1), text .. byte }
end

local KEY, TOKEN, WORKSPACE = "seam_key1234567890", "seam_at1234567890", "3b4c5d6e-workspace"

-- What is spoilt, and a call with it. The last three are more than the bar asks for.
local function places(url)
  local function list(options) return seam.new(options).devices.list() end
  return {
    { "key", KEY, function(text) list { api_key = text, endpoint = url } end },
    { "token", TOKEN, function(text)
      list { personal_access_token = text, workspace_id = WORKSPACE, endpoint = url }
    end },
    { "workspace", WORKSPACE, function(text)
      list { personal_access_token = TOKEN, workspace_id = text, endpoint = url }
    end },
    { "endpoint", url .. "/base", function(text) list { api_key = KEY, endpoint = text } end },
    { "header", "a value", function(text)
      seam.new({ api_key = KEY, endpoint = url }).devices.list({}, { headers = { ["x-mine"] = text } })
    end },
    { "path", "/devices/list", function(text)
      seam.new({ api_key = KEY, endpoint = url }).request { path = text }
    end },
    { "header's name", "x-mine", function(text)
      list { api_key = KEY, endpoint = url, headers = { [text] = "a value" } }
    end },
    { "client session token", "seam_cst1234567890", function(text)
      list { client_session_token = text, endpoint = url }
    end },
    { "publishable key", "seam_pk1234567890", function(text)
      seam.from_publishable_key(text, "user", { endpoint = url })
    end },
    { "method", "POST", function(text)
      seam.new({ api_key = KEY, endpoint = url }).request { path = "/devices/list", method = text }
    end },
  }
end

local NAMES = { "key", "token", "workspace", "endpoint", "header", "path", "header's name", "client session token",
  "publishable key", "method" }

local BEFORE_SENDING = { SeamInvalidTokenError = true, SeamInvalidOptionsError = true, SeamInvalidParamsError = true }

local function shown(byte) return ("byte %d"):format(byte:byte()) end

describe("row 8: a control byte or a byte beyond ASCII", function()
  local peer

  setup(function() peer = http_peer.start() end)
  teardown(function() peer:stop() end)
  before_each(function() peer:script { { reply = { json = { ok = true, devices = {} } } } } end)

  --- Everything that reached the peer.
  local function arrived()
    local raw = {}
    for _, connection in ipairs(peer:report().connections) do raw[#raw + 1] = connection.raw end
    return table.concat(raw)
  end

  for index, name in ipairs(NAMES) do
    it(("in the %s is refused before anything is sent, in 483 of 483 cases"):format(name), function()
      local place = places(peer.url)[index]
      local text, call = place[2], place[3]
      local refused = 0
      for _, byte in ipairs(BYTES) do
        for _, value in ipairs(spoilt(text, byte)) do
          local ok, err = pcall(call, value)
          assert.is_false(ok, shown(byte) .. " was taken")
          assert.is_true(errors.is_error(err) and BEFORE_SENDING[err.name], shown(byte) .. ": " .. tostring(err))
          refused = refused + 1
        end
      end
      assert.equal(483, refused)
      assert.equal("", arrived())
    end)
  end

  it("in the same places of the environment is refused as well", function()
    local variables = { SEAM_API_KEY = KEY, SEAM_PERSONAL_ACCESS_TOKEN = TOKEN, SEAM_WORKSPACE_ID = WORKSPACE,
      SEAM_ENDPOINT = peer.url, SEAM_API_URL = peer.url }
    for name, text in pairs(variables) do
      for _, byte in ipairs(BYTES) do
        for _, value in ipairs(spoilt(text, byte)) do
          local set = { SEAM_ENDPOINT = name ~= "SEAM_API_URL" and peer.url or nil, SEAM_API_KEY = KEY }
          if name == "SEAM_PERSONAL_ACCESS_TOKEN" or name == "SEAM_WORKSPACE_ID" then
            set.SEAM_API_KEY, set.SEAM_PERSONAL_ACCESS_TOKEN, set.SEAM_WORKSPACE_ID = nil, TOKEN, WORKSPACE
          end
          set[name] = value
          fake_environment.set(set)
          local ok, err = pcall(seam.new)
          fake_environment.restore()
          assert.is_false(ok, name .. ": " .. shown(byte) .. " was taken")
          assert.is_true(errors.is_error(err) and BEFORE_SENDING[err.name], name .. ": " .. tostring(err))
        end
      end
    end
  end)

  it("in an id travels escaped in the query or is refused, never as it is", function()
    local client = seam.new { api_key = KEY, endpoint = peer.url }
    local sent = 0
    for _, byte in ipairs(BYTES) do
      for _, id in ipairs(spoilt("device", byte)) do
        local ok, err = pcall(client.devices.list, { search = id })
        if ok then sent = sent + 1 else assert.is_true(errors.is_error(err), tostring(err)) end
      end
    end
    client:close()
    assert.equal(33 * 3, sent)
    assert.is_nil(arrived():find("[^\r\n\032-\126]"))
    for _, request in ipairs(peer:report().requests) do
      assert.is_nil((request.target .. (request.body or "")):find("[^\033-\126]"))
    end
  end)

  it("is refused by the core, whatever stands above it", function()
    local pool, refused = core.pool(), 0
    local requests = {
      { "GET", function(text) return { method = text, url = peer.url } end },
      { peer.url .. "/devices", function(text) return { method = "GET", url = text } end },
      { "a value", function(text)
        return { method = "GET", url = peer.url, headers = { "x-mine: x" .. text .. "y" } }
      end },
      { "x-mine", function(text) return { method = "GET", url = peer.url, headers = { text .. ": x" } } end },
      { "http://127.0.0.1:1", function(text) return { method = "GET", url = peer.url, proxy = text } end },
    }
    for _, place in ipairs(requests) do
      for _, byte in ipairs(BYTES) do
        for _, value in ipairs(spoilt(place[1], byte)) do
          local transfer, code = pool:submit(place[2](value))
          assert.is_nil(transfer, shown(byte) .. " in " .. place[1])
          assert.equal("invalid_request", code)
          refused = refused + 1
        end
      end
    end
    pool:close()
    assert.equal(5 * 483, refused)
    assert.equal("", arrived())
  end)
end)

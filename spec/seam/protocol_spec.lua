-- SPDX-License-Identifier: MIT
-- The wire protocol as pure functions: rows and parameters to requests, answers to values and errors.

local credentials = require "seam.credentials"
local json = require "seam.json"
local protocol = require "seam.protocol"
local resource = require "seam.resource"
local version = require "seam.version"

local LOCKS = require "seam.api.locks"
local DEVICES = require "seam.api.devices"
local DELETE_CODE = require("seam.api.access_codes").delete

local KEY = "seam_test1234567890abcd"
local JSON = { ["content-type"] = "application/json; charset=utf-8", ["seam-request-id"] = "r1" }

local function config(headers)
  return { endpoint = "https://x.example/prefix", credentials = credentials.api_key(KEY), headers = headers }
end

local function request_for(row, given, headers)
  local request, err = protocol.request(row, given, config(headers))
  assert.is_not_nil(request, "expected a request, got: " .. tostring(err))
  return request
end

describe("a request", function()
  it("with a query carries its parameters there, and no body", function()
    local request = request_for(DEVICES.list, { limit = 20, device_ids = { "d1", "d2" }, created_before = 0 })
    assert.equal("GET", request.method)
    assert.equal("https://x.example/prefix/devices/list?created_before=1970-01-01T00%3A00%3A00.000Z"
      .. "&device_ids=d1&device_ids=d2&limit=20&_strict=true", request.url)
    assert.is_nil(request.body)
    assert.is_nil(request.headers["content-type"])
    assert.is_true(request.reads)
    assert.equal("/devices/list", request.path)
  end)

  it("without parameters has no question mark", function()
    assert.equal("https://x.example/prefix/devices/list", request_for(DEVICES.list).url)
  end)

  it("that deletes carries its parameters in the query as well", function()
    local request = request_for(DELETE_CODE, "c1")
    assert.equal("DELETE", request.method)
    assert.equal("https://x.example/prefix/access_codes/delete?access_code_id=c1&_strict=true", request.url)
    assert.is_nil(request.body)
    assert.is_false(request.reads)
  end)

  it("with a body carries its parameters as JSON, and no query", function()
    local request = request_for(LOCKS.unlock_door, "d1")
    assert.equal("POST", request.method)
    assert.equal("https://x.example/prefix/locks/unlock_door", request.url)
    assert.equal('{"device_id":"d1"}', request.body)
    assert.equal("application/json", request.headers["content-type"])
    assert.is_false(request.reads)
  end)

  it("with a body has one even when there is nothing to say", function()
    local request = request_for(require("seam.api.workspaces").reset_sandbox)
    assert.equal("{}", request.body)
    assert.equal("application/json", request.headers["content-type"])
  end)

  it("with a body writes empty lists as lists, null as null, and whole numbers without a point", function()
    assert.equal('{"device_types":[]}', request_for({ path = "/x", method = "POST", params = LOCKS.list.params },
      { device_types = {} }).body)
    local body = request_for(DEVICES.update, { device_id = "d1", name = json.null }).body
    assert.is_true(body == '{"device_id":"d1","name":null}' or body == '{"name":null,"device_id":"d1"}', body)
    assert.equal('{"limit":20}', request_for({ path = "/x", method = "POST", params = DEVICES.list.params },
      { limit = 20.0 }).body)
  end)

  it("says who sends it, and nothing more", function()
    assert.same({
      accept = "application/json", authorization = "Bearer " .. KEY, ["content-type"] = "application/json",
      ["user-agent"] = "seam-lua/" .. version, ["seam-sdk-name"] = "seamapi/lua", ["seam-sdk-version"] = version,
    }, request_for(LOCKS.unlock_door, "d1").headers)
  end)

  it("takes further headers, but not in place of what the SDK says itself", function()
    local headers = request_for(DEVICES.list, nil, {
      ["X-Trace"] = "1", ["User-Agent"] = "mine", Authorization = "Bearer other", ["SEAM-SDK-NAME"] = "other",
    }).headers
    assert.equal("1", headers["x-trace"])
    assert.equal("mine", headers["user-agent"])
    assert.equal("Bearer " .. KEY, headers.authorization)
    assert.equal("seamapi/lua", headers["seam-sdk-name"])
  end)

  local UNSENDABLE = {
    { "a query", DEVICES.list, { limit = 0 / 0 }, "Could not serialize parameter: 'limit' is NaN", "limit" },
    { "a list in a query", DEVICES.list, { device_ids = { "d1", "" } },
      "Could not serialize parameter: 'device_ids' is an array "
        .. "containing the empty string which is unsupported", "device_ids" },
    { "a name in a query", DEVICES.list, { custom_metadata_has = { ["a.b"] = 1 } },
      [[Could not serialize parameter: 'a.b' contains one or more dots "." in its name which is unsupported]], "a.b" },
    { "a body", DEVICES.update, { device_id = "d1", custom_metadata = { deep = { 1, print } } },
      "Could not serialize parameter: 'custom_metadata.deep[2]'", "custom_metadata.deep[2]" },
  }
  for _, case in ipairs(UNSENDABLE) do
    it(("is not made when %s cannot carry a parameter"):format(case[1]), function()
      local request, err = protocol.request(case[2], case[3], config())
      assert.is_nil(request)
      assert.equal("SeamInvalidParamsError", err.name)
      assert.equal(case[4], err.message:sub(1, #case[4]))
      assert.equal(case[5], err.param)
      assert.equal(case[2].path, err.path)
    end)
  end
end)

describe("an answer", function()
  it("is the value under the response key, wrapped as its resource", function()
    local device, extra = protocol.interpret(DEVICES.get, 200, JSON,
      '{"device":{"device_id":"d1","name":null,"new_field":6},"ok":true}')
    assert.same({ device_id = "d1", new_field = 6 }, device)
    assert.equal("device", resource.kind(device))
    assert.is_nil(extra)
  end)

  it("is a list of wrapped resources, then the pagination", function()
    local devices, pagination = protocol.interpret(DEVICES.list, 200, JSON,
      '{"devices":[{"device_id":"d1"}],"pagination":{"has_next_page":false,"next_page_cursor":null}}')
    assert.equal("device", resource.kind(devices[1]))
    assert.same({ has_next_page = false }, pagination)
  end)

  it("is a list without pagination where the endpoint has none", function()
    local devices, extra = protocol.interpret(LOCKS.list, 200, JSON, '{"devices":[],"locks":[],"pagination":{}}')
    assert.same({}, devices)
    assert.is_nil(extra)
  end)

  it("is an action attempt alone where that is the value", function()
    local attempt, extra = protocol.interpret(LOCKS.unlock_door, 200, JSON,
      '{"action_attempt":{"action_attempt_id":"a1","status":"pending","error":null,"result":null}}')
    assert.same({ action_attempt_id = "a1", status = "pending" }, attempt)
    assert.equal("action_attempt", resource.kind(attempt))
    assert.is_nil(extra)
  end)

  it("is the value, then the action attempt that stands beside it", function()
    local code, attempt = protocol.interpret(require("seam.api.access_codes").create, 200, JSON,
      '{"access_code":{"access_code_id":"c1"},"action_attempt":{"action_attempt_id":"a1"}}')
    assert.equal("c1", code.access_code_id)
    assert.equal("action_attempt", resource.kind(attempt))
  end)

  it("is true for endpoints without value, then the action attempt where there is one", function()
    assert.is_true((protocol.interpret(DELETE_CODE, 200, JSON, '{"ok":true}')))
    local done, attempt = protocol.interpret(DELETE_CODE, 200, JSON, '{"action_attempt":{"action_attempt_id":"a1"}}')
    assert.is_true(done)
    assert.equal("a1", attempt.action_attempt_id)
  end)

  it("is true for endpoints without value when status 204 says that no body comes", function()
    assert.is_true((protocol.interpret(DELETE_CODE, 204, {}, "")))
    assert.is_true((protocol.interpret(DELETE_CODE, 204, {}, nil)))
  end)

  it("is a batch of lists", function()
    local batch = protocol.interpret(require("seam.api.spaces").get_related, 200, JSON,
      '{"batch":{"devices":[{"device_id":"d1"}]}}')
    assert.equal("device", resource.kind(batch.devices[1]))
  end)

  it("is read without a content type, too", function()
    assert.equal("d1", protocol.interpret(DEVICES.get, 200, {}, '{"device":{"device_id":"d1"}}').device_id)
  end)
end)

describe("a raw answer", function()
  local ROW = { path = "/new/thing", method = "POST" }

  it("is the whole body, then status, request id and headers", function()
    local body, meta = protocol.interpret_raw(ROW, 201, JSON, '{"thing":{"a":1},"ok":true}')
    assert.same({ thing = { a = 1 }, ok = true }, body)
    assert.same({ status = 201, request_id = "r1", headers = JSON }, meta)
  end)

  it("is an empty table for 204", function()
    local body, meta = protocol.interpret_raw(ROW, 204, {}, "")
    assert.same({}, body)
    assert.equal(204, meta.status)
  end)

  it("is an error when it is a list, which has no names to look under", function()
    local value, err = protocol.interpret_raw({ path = "/new", method = "POST" }, 200, JSON, '[{"device_id":"d1"}]')
    assert.is_nil(value)
    assert.equal("invalid_response", err.code)
  end)

  it("is an error by the same rules as others", function()
    local body, err = protocol.interpret_raw(ROW, 404, JSON, '{"error":{"type":"not_found","message":"No"}}')
    assert.is_nil(body)
    assert.equal("SeamHttpApiError", err.name)
    body, err = protocol.interpret_raw(ROW, 200, JSON, "[]")
    assert.is_nil(body)
    assert.equal("invalid_response", err.code)
  end)
end)

describe("an API error", function()
  local function error_of(status, body, headers)
    local value, err = protocol.interpret(DEVICES.get, status, headers or JSON, body)
    assert.is_nil(value)
    return err
  end

  it("carries all that the API said", function()
    local err = error_of(400, '{"error":{"type":"invalid_input","message":"Bad","data":{"a":1},"request_id":"r0",'
      .. '"validation_errors":{"_errors":[],"device_id":{"_errors":["Required"]}}},"ok":false}')
    assert.same({ "SeamHttpInvalidInputError", "Bad", "invalid_input", 400, "r1", "GET", "/devices/get", "rejected" },
      { err.name, err.message, err.code, err.status_code, err.request_id, err.method, err.path, err.outcome })
    assert.same({ a = 1 }, err.data)
    assert.same({ "Required" }, err:get_validation_error_messages("device_id"))
    assert.same({}, err:get_validation_error_messages("_errors"))
  end)

  it("takes the request id of the body where no header has one", function()
    local body = '{"error":{"type":"x","message":"Bad","request_id":"r0"}}'
    assert.equal("r0", error_of(400, body, { ["content-type"] = "application/json" }).request_id)
    assert.is_nil(error_of(400, '{"error":{"type":"x","message":"Bad","request_id":[]}}',
      { ["content-type"] = "application/json" }).request_id)
  end)

  it("carries the seconds of Retry-After", function()
    local headers = { ["content-type"] = "application/json", ["retry-after"] = "7" }
    assert.equal(7, error_of(429, '{"error":{"type":"rate_limited","message":"Slow"}}', headers).retry_after)
    assert.equal(7, error_of(503, "busy", { ["retry-after"] = "7" }).retry_after)
  end)

  local GOOD = '{"error":{"type":"invalid_input","message":"Bad"}}'
  local CLASSIFIED = {
    { "401 with a Seam error: the server's words", 401, '{"error":{"type":"invalid_api_key","message":"Gone"}}', JSON,
      "SeamHttpUnauthorizedError", "invalid_api_key", "Gone" },
    { "401 with invalid_input", 401, GOOD, JSON, "SeamHttpUnauthorizedError", "invalid_input", "Bad" },
    { "401 with HTML", 401, "<html>", { ["content-type"] = "text/html" },
      "SeamHttpUnauthorizedError", "unauthorized", "Unauthorized" },
    { "401 with nothing", 401, "", {}, "SeamHttpUnauthorizedError", "unauthorized", "Unauthorized" },
    { "type invalid_input", 422, GOOD, JSON, "SeamHttpInvalidInputError", "invalid_input", "Bad" },
    { "any other type", 404, '{"error":{"type":"device_not_found","message":"No"}}', JSON,
      "SeamHttpApiError", "device_not_found", "No" },
    { "an error of a broken server", 500, '{"error":{"type":"internal","message":"Oh"}}', JSON,
      "SeamHttpApiError", "internal", "Oh" },
    { "no content type", 404, GOOD, {}, "SeamHttpInvalidInputError", "invalid_input", "Bad" },
    { "a JSON error labelled as text", 400, GOOD, { ["content-type"] = "text/plain" }, "SeamHttpError", "http" },
    { "HTML", 502, "<html>", { ["content-type"] = "text/html" }, "SeamHttpError", "http" },
    { "an empty 503", 503, "", {}, "SeamHttpError", "http" },
    { "no body at all", 503, nil, {}, "SeamHttpError", "http" },
    { "broken JSON", 500, '{"error":', JSON, "SeamHttpError", "http" },
    { "JSON without error", 500, '{"ok":false}', JSON, "SeamHttpError", "http" },
    { "an error that is a text", 400, '{"error":"bad"}', JSON, "SeamHttpError", "http" },
    { "an error without type", 400, '{"error":{"message":"Bad"}}', JSON, "SeamHttpError", "http" },
    { "an error without message", 400, '{"error":{"type":"x"}}', JSON, "SeamHttpError", "http" },
    { "a list", 400, '[{"error":{"type":"x","message":"Bad"}}]', JSON, "SeamHttpError", "http" },
    { "301", 301, "", { location = "https://other.example" }, "SeamHttpError", "redirect" },
    { "304", 304, "", {}, "SeamHttpError", "redirect" },
    { "307", 307, GOOD, JSON, "SeamHttpError", "redirect" },
    { "a status that ends nothing", 101, "", {}, "SeamHttpError", "invalid_response" },
    { "an empty 200", 200, "", JSON, "SeamHttpError", "invalid_response" },
    { "a 200 without any body", 200, nil, {}, "SeamHttpError", "invalid_response" },
    { "a 204 where a value was wanted", 204, "", {}, "SeamHttpError", "invalid_response" },
    { "HTML with 200", 200, "<html>", { ["content-type"] = "text/html" }, "SeamHttpError", "invalid_response" },
    { "half a body", 200, '{"device":{"dev', JSON, "SeamHttpError", "invalid_response" },
    { "a list at top level", 200, '[{"device":{}}]', JSON, "SeamHttpError", "invalid_response" },
    { "an empty list at top level", 200, ' []', JSON, "SeamHttpError", "invalid_response" },
    { "a number", 200, "5", JSON, "SeamHttpError", "invalid_response" },
    { "null", 200, "null", JSON, "SeamHttpError", "invalid_response" },
    { "an empty object", 200, "{}", JSON, "SeamHttpError", "invalid_response" },
    { "null under the key", 200, '{"device":null}', JSON, "SeamHttpError", "invalid_response" },
    { "a text under the key", 200, '{"device":"d1"}', JSON, "SeamHttpError", "invalid_response" },
  }
  for _, case in ipairs(CLASSIFIED) do
    it(("is a %s (%s) for %s"):format(case[5], case[6], case[1]), function()
      local err = error_of(case[2], case[3], case[4])
      assert.equal(case[5], err.name)
      assert.equal(case[6], err.code)
      if case[7] then assert.equal(case[7], err.message) end
      assert.equal(case[2], err.status_code)
      local rejected = case[2] >= 300 and case[2] < 500
      assert.equal(rejected and "rejected" or "unknown", err.outcome)
      assert.is_string(tostring(err))
    end)
  end

  it("for an unusable 200 names the key that was expected", function()
    assert.equal('Seam returned an invalid response for /devices/get: expected "device", it is not in the body',
      error_of(200, "{}").message)
  end)

  it("holds the beginning of an unreadable body, long enough to mask the secret before the cut to 512", function()
    local body = error_of(500, ("x"):rep(5000), { ["content-type"] = "text/plain" }).body
    assert.equal(("x"):rep(512 + 1024), body)
    assert.equal(512, protocol.EXCERPT)
  end)
end)

describe("an answer with status 200", function()
  local JSON_HEADERS = { ["content-type"] = "application/json" }
  local DELETE = require("seam.api.access_codes").delete
  local DEVICES_LIST = require("seam.api.devices").list
  local DEVICE_GET = require("seam.api.devices").get

  local function refused(row, body)
    local value, err = protocol.interpret(row, 200, JSON_HEADERS, body)
    assert.is_nil(value, "a refusal of " .. body .. " was expected")
    assert.equal("unknown", err.outcome)
    return err
  end

  it("that says it is not ok is the error it tells, or none that can be used", function()
    local err = refused(DELETE, '{"ok":false,"error":{"type":"oh","message":"No"}}')
    assert.equal("oh", err.code)
    assert.equal("invalid_response", refused(DELETE, '{"ok":false}').code)
    assert.equal("invalid_response", refused(DEVICE_GET, '{"ok":false,"device":{"device_id":"d1"}}').code)
  end)

  it("must have a list for a list and a resource for a resource", function()
    assert.equal("invalid_response", refused(DEVICES_LIST, '{"devices":{"a":1}}').code)
    assert.equal("invalid_response", refused(DEVICE_GET, '{"device":[1,2]}').code)
    assert.same({}, (protocol.interpret(DEVICES_LIST, 200, JSON_HEADERS, '{"devices":[]}')))
  end)

  it("has an extra only where that is a table", function()
    assert.is_nil(select(2, protocol.interpret(DELETE, 200, JSON_HEADERS, '{"ok":true,"action_attempt":5}')))
    assert.is_nil(select(2, protocol.interpret(DEVICES_LIST, 200, JSON_HEADERS, '{"devices":[],"pagination":"x"}')))
  end)
end)

describe("a query", function()
  it("that is too long for a server is refused before it is sent", function()
    local nobody = { endpoint = "https://x.example", credentials = { sign = function() return nil end } }
    local request, err = protocol.request(require("seam.api.devices").get, ("x"):rep(70000), nobody)
    assert.is_nil(request)
    assert.equal("SeamInvalidParamsError", err.name)
  end)
end)

describe("a request without answer", function()
  it("is unknown when it may have arrived, and not sent when it cannot have", function()
    local err = protocol.failure(LOCKS.unlock_door, { code = "closed", message = "Gone", sent = true })
    assert.same({ "SeamHttpError", "closed", "Gone", "unknown", "POST", "/locks/unlock_door" },
      { err.name, err.code, err.message, err.outcome, err.method, err.path })
    assert.equal("not_sent", protocol.failure(LOCKS.unlock_door, { code = "dns", message = "x", sent = false }).outcome)
  end)

  it("is unknown when the transport does not say", function()
    assert.equal("unknown", protocol.failure(LOCKS.unlock_door, { code = "closed", message = "x" }).outcome)
  end)
end)

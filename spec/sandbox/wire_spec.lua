-- SPDX-License-Identifier: MIT
local world_of = require "support.sandbox_world"
local query_parser = require "seam.sandbox.query_parser"

local BACK_DOOR = world_of.BACK_DOOR

describe("a request to the sandbox", function()
  local world

  before_each(function() world = world_of.new() end)

  it("needs a sandbox key", function()
    for _, header in ipairs({ "Bearer seam_live1", "Bearer", "seam_test1", "Basic seam_test1" }) do
      local status, body = world:request("POST", "/locks/list", nil, "{}", { authorization = header })
      assert.are.equal(401, status, header)
      assert.are.equal("unauthorized", body.error.type)
    end
    assert.are.equal(401, (world:request("POST", "/locks/list", nil, "{}", { authorization = false })))
  end)

  it("accepts only the listed keys where there is a list", function()
    world = world_of.empty{ api_keys = { "seam_test_mine" } }
    assert.are.equal(401, (world:try("/locks/list")))
    assert.are.equal(200, (world:request("GET", "/locks/list", "", nil, { authorization = "Bearer seam_test_mine" })))
  end)

  it("is answered with a request id, in the header and in errors", function()
    local _, body, response = world:try("/locks/get", { device_id = world_of.NOBODY })
    assert.are.equal(response.headers["seam-request-id"], body.error.request_id)
    assert.are.equal(36, #body.error.request_id)
    assert.is_false(body.ok)
  end)

  it("may use POST or the endpoint's own method, nothing else", function()
    assert.are.equal(200, (world:request("GET", "/devices/list", "")))
    assert.are.equal(200, (world:request("POST", "/devices/list", nil, "{}")))
    local status, body, response = world:request("PUT", "/devices/list", nil, "{}")
    assert.are.equal(405, status)
    assert.are.equal("method_not_allowed", body.error.type)
    assert.are.equal("POST, GET", response.headers.allow)
    assert.are.equal(405, (world:request("GET", "/locks/unlock_door", "device_id=" .. BACK_DOOR)))
  end)

  it("for a path nobody knows gets 404 in plain text", function()
    for _, path in ipairs({ "/nope/nope", "/", "/locks", "/locks/list/", "/../locks/list", "/index/1" }) do
      local status, body, response = world:try(path)
      assert.are.equal(404, status, path)
      assert.are.equal("404", tostring(body):sub(1, 3))
      assert.are.equal("text/plain; charset=utf-8", response.headers["content-type"])
    end
  end)

  it("for an endpoint that is not simulated says so", function()
    local status, body = world:try("/acs/users/list", {})
    assert.are.equal(501, status)
    assert.are.equal("not_simulated", body.error.type)
    assert.truthy(body.error.message:find("does not simulate /acs/users/list", 1, true))
  end)

  it("must carry JSON where it carries a body", function()
    local status, body = world:request("POST", "/locks/list", nil, "{}", { ["content-type"] = "text/plain" })
    assert.are.equal(400, status)
    assert.are.equal("invalid_content_type", body.error.type)
    status, body = world:request("POST", "/locks/list", nil, "{oops")
    assert.are.equal(400, status)
    assert.are.equal("Invalid JSON", body)
    assert.are.equal(200, (world:request("POST", "/locks/list", nil, "",
      { ["content-type"] = "application/x-www-form-urlencoded" })))
    status, body = world:request("POST", "/locks/list", nil, "[1]")
    assert.are.equal(400, status)
    assert.are.equal("Expected object, received array", body.error.message)
  end)

  it("loses parameters the endpoint does not know", function()
    assert.are.equal(200, (world:try("/locks/get", { device_id = BACK_DOOR, colour = "red" })))
  end)
end)

describe("validation", function()
  local world

  before_each(function() world = world_of.new() end)

  local function refused(path, params)
    local status, body = world:try(path, params)
    assert.are.equal(400, status)
    assert.are.equal("invalid_input", body.error.type)
    return body.error
  end

  it("names what is missing", function()
    local err = refused("/locks/unlock_door", {})
    assert.are.equal("device_id is required", err.message)
    assert.are.same({ "Required" }, err.validation_errors.device_id._errors)
    assert.are.same({}, err.validation_errors._errors)
  end)

  it("refuses ids that are no UUIDs, and null, and wrong types", function()
    local function message(value)
      return refused("/locks/unlock_door", { device_id = value }).validation_errors.device_id._errors[1]
    end
    assert.are.equal("Invalid uuid", message("back door"))
    assert.are.equal("Expected string, received number", message(7))
    assert.are.equal("Expected string, received null", message(world_of.null))
    assert.are.equal("Expected string, received array", message({ "a" }))
  end)

  it("places the fault of a list's member under its index", function()
    local err = refused("/devices/list", { device_ids = { BACK_DOOR, "x" } })
    assert.are.same({ "Invalid uuid" }, err.validation_errors.device_ids["1"]._errors)
    err = refused("/connect_webviews/create", { accepted_providers = { "salto_ks", "saltoo" } })
    assert.truthy(err.validation_errors.accepted_providers["1"]._errors[1])
  end)

  it("refuses empty names where the API wants something", function()
    for path, params in pairs({
      ["/devices/list"] = { customer_key = "" }, ["/connect_webviews/list"] = { search = "" },
      ["/webhooks/get"] = { webhook_id = "" }, ["/access_codes/update_multiple"] = { common_code_key = "" },
    }) do
      local name = next(params)
      assert.are.same({ "String must contain at least 1 character(s)" },
        refused(path, params).validation_errors[name]._errors)
    end
  end)

  it("says what would be enough where one of several is wanted", function()
    assert.are.equal("Either 'access_code_id' or 'device_id' and 'code' are required",
      refused("/access_codes/get", { device_id = BACK_DOOR }).message)
    assert.are.equal("Either 'connected_account_id' or 'email' is required",
      refused("/connected_accounts/get", {}).message)
  end)

  it("counts several faults", function()
    local err = refused("/access_codes/create", { device_id = "x", starts_at = "soon" })
    assert.truthy(err.message:find("^2 Input Errors: "), err.message)
    assert.are.same({ "Invalid date" }, err.validation_errors.starts_at._errors)
  end)

  it("wants at least one parameter where the API does", function()
    assert.truthy(refused("/access_codes/list", { limit = 3 }).validation_errors._errors[1])
    assert.are.equal("Either 'device_id' or 'name' is required", refused("/locks/get", {}).message)
  end)

  it("answers an unknown id with 404 and the id", function()
    local status, body = world:try("/locks/get", { device_id = world_of.NOBODY })
    assert.are.equal(404, status)
    assert.are.equal("device_not_found", body.error.type)
    assert.are.equal(world_of.NOBODY, body.error.data.device_id)
    assert.are.equal(404, (world:try("/locks/get", { name = "NO DOOR" })))
  end)
end)

describe("a query", function()
  local specs = {
    ids = { type = "list", item = { type = "string" } }, n = { type = "number" }, flag = { type = "boolean" },
    text = { type = "string" }, meta = { type = "record" },
    inner = { type = "object", fields = { n = { type = "number" } } },
  }

  it("gives every value the type its parameter has", function()
    assert.are.same({ ids = { "a", "b" }, n = 5, flag = false, text = "5" },
      query_parser.parse("flag=false&ids=a&ids=b&n=5&text=5&_strict=true", specs))
    assert.are.same({ "a" }, query_parser.parse("ids=a", specs).ids)
  end)

  it("reads an empty value as an empty array or as null", function()
    assert.are.same({}, query_parser.parse("ids=", specs).ids)
    assert.are.equal(world_of.null, query_parser.parse("text=", specs).text)
  end)

  it("reads dot paths, plus signs and escapes", function()
    assert.are.same({ meta = { ["front door"] = "a&b", ok = true } },
      query_parser.parse("meta.front%20door=a%26b&meta.ok=true", specs))
    assert.are.same({ inner = { n = 3 } }, query_parser.parse("inner.n=3", specs))
    assert.are.equal("a b+c", query_parser.parse("text=a+b%2Bc", specs).text)
  end)

  it("that repeats a single value is refused like an array", function()
    local world = world_of.new()
    local status, body = world:request("GET", "/locks/get", "device_id=a&device_id=b&_strict=true")
    assert.are.equal(400, status)
    assert.are.equal("Expected string, received array", body.error.validation_errors.device_id._errors[1])
  end)

  it("works for DELETE as well", function()
    local world = world_of.empty()
    local webview = world:call("/connect_webviews/create").connect_webview
    assert.are.equal(200, (world:request("DELETE", "/connect_webviews/delete",
      "connect_webview_id=" .. webview.connect_webview_id .. "&_strict=true")))
    assert.are.equal(0, #world:call("/connect_webviews/list").connect_webviews)
  end)
end)

describe("paging", function()
  local world

  before_each(function() world = world_of.new() end)

  it("hands out every device once", function()
    local names, params = {}, { limit = 2 }
    repeat
      local body = world:call("/devices/list", params)
      for _, device in ipairs(body.devices) do names[#names + 1] = device.display_name end
      params.page_cursor = body.pagination.next_page_cursor
    until not body.pagination.has_next_page
    assert.are.same({ "BACK DOOR", "EXTRA DOOR", "FRONT_DOOR" }, names)
  end)

  it("binds the cursor to the parameters", function()
    local cursor = world:call("/devices/list", { limit = 1 }).pagination.next_page_cursor
    local status, body = world:try("/devices/list", { limit = 2, page_cursor = cursor })
    assert.are.equal(400, status)
    assert.are.equal("mismatched_page_parameters", body.error.type)
    assert.are.equal(400, (world:try("/connect_webviews/list", { limit = 1, page_cursor = cursor })))
  end)

  it("refuses a cursor it never gave, and takes null for none", function()
    assert.are.equal(400, (world:try("/devices/list", { page_cursor = "next" })))
    assert.are.equal(400, (world:try("/devices/list", { page_cursor = "7b7d" })))
    assert.are.equal(200, (world:try("/devices/list", { page_cursor = world_of.null })))
    assert.are.equal(400, (world:try("/devices/list", { limit = 0 })))
  end)

  it("neither repeats nor skips when the list changes between two pages", function()
    for place = 1, 4 do world:call("/access_codes/create", { device_id = BACK_DOOR, name = "c" .. place }) end
    local params = { device_id = BACK_DOOR, limit = 2 }
    local first = world:call("/access_codes/list", params)
    world:call("/access_codes/create", { device_id = BACK_DOOR, name = "c5" })
    params.page_cursor = first.pagination.next_page_cursor
    local second = world:call("/access_codes/list", params)
    assert.are.same({ "c2", "c1" }, { second.access_codes[1].name, second.access_codes[2].name })
    assert.is_false(second.pagination.has_next_page)
  end)
end)

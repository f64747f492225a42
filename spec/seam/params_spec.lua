-- SPDX-License-Identifier: MIT
-- What callers pass to the parameters the API knows.

local json = require "seam.json"
local params = require "seam.params"
local resource = require "seam.resource"

local UNLOCK = require("seam.api.locks").unlock_door
local LIST = require("seam.api.devices").list
local CREATE = require("seam.api.access_codes").create
local GET_CODE = require("seam.api.access_codes").get
local PROVIDERS = require("seam.api.devices").report_provider_metadata

local function lock(id)
  return resource.wrap("device", { device_id = id or "d1", display_name = "FRONT DOOR", properties = {} })
end

local function normalized(row, given)
  local values, err = params.normalize(row, given)
  assert.is_not_nil(values, "expected parameters, got: " .. tostring(err))
  return values
end

local function refused(row, given)
  local values, err = params.normalize(row, given)
  assert.is_nil(values, "expected the parameters to be refused")
  assert.is_true(err:is "SeamInvalidParamsError", "expected a SeamInvalidParamsError, got: " .. tostring(err))
  assert.equal(row.path, err.path)
  assert.equal("not_sent", err.outcome)
  return err
end

describe("seam.params.normalize takes", function()
  local TAKEN = {
    { "the API's own names", UNLOCK, { device_id = "d1" }, { device_id = "d1" } },
    { "nothing where nothing is required", LIST, nil, {} },
    { "null for nothing", LIST, json.null, {} },
    { "a string for the main id", UNLOCK, "d1", { device_id = "d1" } },
    { "a resource for the main id", UNLOCK, lock(), { device_id = "d1" } },
    { "an alias without _id, holding an id", UNLOCK, { device = "d1" }, { device_id = "d1" } },
    { "an alias without _id, holding a resource", UNLOCK, { device = lock() }, { device_id = "d1" } },
    { "a resource under the API's own name", UNLOCK, { device_id = lock() }, { device_id = "d1" } },
    { "a plain table that has the id", UNLOCK, { device = { device_id = "d1" } }, { device_id = "d1" } },
    { "resources in a list of ids", LIST, { device_ids = { lock "d1", lock "d2" } }, { device_ids = { "d1", "d2" } } },
    { "an alias for a list of ids", LIST, { devices = { lock "d1", "d2" } }, { device_ids = { "d1", "d2" } } },
    { "an alias for the only item's list", LIST, { connected_accounts = {} }, { connected_account_ids = {} } },
    { "an alias in -ies", require("seam.api.client_sessions").create, { user_identities = { "u1" } },
      { user_identity_ids = { "u1" } } },
    { "a number for a moment", CREATE, { device_id = "d1", starts_at = 1740422679.123 },
      { device_id = "d1", starts_at = "2025-02-24T18:44:39.123Z" } },
    { "a text for a moment, as it is", CREATE, { device_id = "d1", ends_at = "whenever" },
      { device_id = "d1", ends_at = "whenever" } },
    { "null, to be sent", CREATE, { device_id = "d1", name = json.null }, { device_id = "d1", name = json.null } },
    { "null for a list, an object and a moment", LIST, { device_ids = json.null, created_before = json.null },
      { device_ids = json.null, created_before = json.null } },
    { "false", CREATE, { device_id = "d1", is_one_time_use = false }, { device_id = "d1", is_one_time_use = false } },
    { "values of enums it has never heard of", LIST, { manufacturer = "new_maker" }, { manufacturer = "new_maker" } },
    { "free keys in a record", LIST, { custom_metadata_has = { tag = "front", n = 1 } },
      { custom_metadata_has = { tag = "front", n = 1 } } },
    { "a parameter whose name looks like an alias, as itself", PROVIDERS, { devices = { { device = lock() } } },
      { devices = { { device_id = "d1" } } } },
  }
  for _, case in ipairs(TAKEN) do
    it(case[1], function() assert.same(case[4], normalized(case[2], case[3])) end)
  end

  it("the one id of a resource that the endpoint knows when it has not the main one", function()
    local code = resource.wrap("access_code", { access_code_id = "c1" })
    assert.same({ access_code_id = "c1" }, normalized(GET_CODE, code))
  end)

  it("another resource's id for a question, where the resource knows it", function()
    local code = resource.wrap("access_code", { access_code_id = "c1", device_id = "d1" })
    assert.same({ device_id = "d1" }, normalized(require("seam.api.devices").get, code))
  end)

  it("a resource for an id whose name ends in the resource's", function()
    local row = { path = "/x", params = { from_acs_user_id = { type = "string" } } }
    local user = resource.wrap("acs_user", { acs_user_id = "u1" })
    assert.same({ from_acs_user_id = "u1" }, normalized(row, { from_acs_user = user }))
  end)

  it("a string for a main id that is a list", function()
    local row = { path = "/x", main_id = "device_ids", params = { device_ids = { type = "list" } } }
    assert.same({ device_ids = { "d1" } }, normalized(row, "d1"))
  end)

  it("an empty table for an empty list that encodes as one", function()
    local values = normalized(LIST, { device_ids = {} })
    assert.is_true(json.is_array(values.device_ids))
  end)

  it("the caller's tables without changing them", function()
    local door = lock()
    local given = { devices = { door, "d2" }, created_before = 0, custom_metadata_has = { a = "b" } }
    normalized(LIST, given)
    assert.equal(door, given.devices[1])
    assert.equal("d2", given.devices[2])
    assert.equal(0, given.created_before)
    assert.is_nil(given.device_ids)
    assert.is_nil(getmetatable(given.devices))
    assert.equal("FRONT DOOR", door.display_name)
  end)
end)

describe("seam.params.normalize refuses", function()
  local REFUSED = {
    { "a misspelt name, with the nearest right one", UNLOCK, { devce_id = "d1" },
      "Invalid parameter 'devce_id' for /locks/unlock_door: it is unknown; did you mean 'device_id'?", "devce_id" },
    { "an unknown name without a near one", LIST, { colour = "red" },
      "Invalid parameter 'colour' for /devices/list: it is unknown", "colour" },
    { "a misspelt name in a nested table", PROVIDERS, { devices = { { device_id = "d1",
      omnitec_metadata = { time_zne = "x" } } } },
      "Invalid parameter 'devices[1].omnitec_metadata.time_zne' for /devices/report_provider_metadata: "
      .. "it is unknown; did you mean 'time_zone'?", "devices[1].omnitec_metadata.time_zne" },
    { "a missing required name", UNLOCK, {}, "Required parameters missing for /locks/unlock_door: device_id",
      "device_id" },
    { "a missing required name, also for nothing", UNLOCK, nil,
      "Required parameters missing for /locks/unlock_door: device_id", "device_id" },
    { "a scalar for a list", LIST, { device_ids = "d1" },
      "Invalid parameter 'device_ids' for /devices/list: it must be a list, got a string", "device_ids" },
    { "a number for a list", LIST, { device_ids = 5 },
      "Invalid parameter 'device_ids' for /devices/list: it must be a list, got a number", "device_ids" },
    { "a resource for a list", LIST, { device_ids = lock() },
      "Invalid parameter 'device_ids' for /devices/list: it must be a list, got a table with names in it",
      "device_ids" },
    { "a scalar for an object", PROVIDERS, { devices = { "d1" } },
      "Invalid parameter 'devices[1]' for /devices/report_provider_metadata: it must be a table, got a string",
      "devices[1]" },
    { "a table for a scalar", CREATE, { device_id = "d1", name = {} },
      "Invalid parameter 'name' for /access_codes/create: it must be a string, got a table", "name" },
    { "a table for a moment", CREATE, { device_id = "d1", starts_at = { year = 2025 } },
      "Invalid parameter 'starts_at' for /access_codes/create: it must be a time, got a table", "starts_at" },
    { "a table without the id", UNLOCK, { device = { name = "x" } },
      "Invalid parameter 'device_id' for /locks/unlock_door: "
      .. "it must be an id or a resource that has one, got a table without device_id", "device_id" },
    { "a list item without the id", LIST, { devices = { lock(), {} } },
      "Invalid parameter 'device_ids[2]' for /devices/list: "
      .. "it must be an id or a resource that has one, got a table without device_id", "device_ids[2]" },
    { "a function", CREATE, { device_id = "d1", name = print },
      "Invalid parameter 'name' for /access_codes/create: it is a function, which cannot be sent", "name" },
    { "a userdata", CREATE, { device_id = "d1", name = io.stdout },
      "Invalid parameter 'name' for /access_codes/create: it is a userdata, which cannot be sent", "name" },
    { "NaN for a moment", CREATE, { device_id = "d1", starts_at = 0 / 0 },
      "Invalid parameter 'starts_at' for /access_codes/create: it is not a number", "starts_at" },
    { "milliseconds for a moment", CREATE, { device_id = "d1", starts_at = 1740422679000 },
      "Invalid parameter 'starts_at' for /access_codes/create: "
      .. "it is not a moment between the years 0 and 9999 (epoch seconds are wanted)", "starts_at" },
    { "a name given twice, once as an alias", UNLOCK, { device = "d1", device_id = "d1" },
      "Invalid parameter 'device_id' for /locks/unlock_door: it is given twice, as an alias too", "device_id" },
    { "positions for names", UNLOCK, { "d1" },
      "Invalid parameter '1' for /locks/unlock_door: it must have names, not positions", "1" },
    { "a string where no main id exists", LIST, "d1",
      "Parameters for /devices/list must be a table of names: it has no main id that a string could stand for" },
    { "a number for the parameters", UNLOCK, 5,
      "Parameters for /locks/unlock_door must be a table, a string or a resource, got a number" },
    { "a boolean for the parameters", LIST, false,
      "Parameters for /devices/list must be a table, a string or a resource, got a boolean" },
    { "a resource without any id the endpoint knows", UNLOCK, resource.wrap("workspace", { workspace_id = "w1" }),
      "/locks/unlock_door does not take workspace w1: name the id it should use" },
    { "an access code for a door to unlock, though the code knows its door", UNLOCK,
      resource.wrap("access_code", { access_code_id = "c1", device_id = "d1" }),
      "/locks/unlock_door does not take access_code c1: name the id it should use" },
  }
  for _, case in ipairs(REFUSED) do
    it(case[1], function()
      local err = refused(case[2], case[3])
      assert.equal(case[4], err.message)
      assert.equal(case[5], err.param)
    end)
  end

  it("all missing names at once, in order", function()
    local row = { path = "/x", params = {
      b = { type = "string", required = true }, a = { type = "string", required = true }, c = { type = "string" },
    } }
    assert.equal("Required parameters missing for /x: a, b", refused(row, { c = "x" }).message)
  end)

  it("an endpoint's parameters when at least one is needed and none was given", function()
    assert.equal("At least one parameter is required for /access_codes/get", refused(GET_CODE, {}).message)
    assert.equal("At least one parameter is required for /access_codes/get", refused(GET_CODE, nil).message)
  end)

  it("limit and page_cursor alone where at least one parameter is needed", function()
    local row = { path = "/x", needs_any = true, params = {
      limit = { type = "number" }, page_cursor = { type = "string" }, device_id = { type = "string" },
    } }
    assert.equal("At least one parameter is required for /x", refused(row, { limit = 5, page_cursor = "p" }).message)
    assert.same({ limit = 5, device_id = "d1" }, normalized(row, { limit = 5, device_id = "d1" }))
  end)
end)

describe("an empty text", function()
  local DELETE = require("seam.api.access_codes").delete
  local GRANT = require("seam.api.access_grants").create

  it("is no id, on its own or under a name", function()
    assert.matches("it is empty", refused(UNLOCK, "").message)
    assert.matches("'access_code_id'.*it is empty", refused(DELETE, { access_code_id = "" }).message)
  end)

  it("is nothing in a query, so it is missing where something is required", function()
    assert.equal("At least one parameter is required for /access_codes/get",
      refused(GET_CODE, { code = "" }).message)
  end)

  it("is a value in a body", function()
    assert.equal("", normalized(CREATE, { device_id = "d1", name = "" }).name)
  end)

  it("leaves a resource its id where the bare name is a table of fields too", function()
    local person = resource.wrap("user_identity", { user_identity_id = "u1", full_name = "Jane" })
    local given = { user_identity = person, requested_access_methods = { { mode = "code" } } }
    assert.equal("u1", normalized(GRANT, given).user_identity_id)
    given.user_identity = { full_name = "Jane" }
    assert.same({ full_name = "Jane" }, normalized(GRANT, given).user_identity)
  end)
end)

describe("a value that is no resource", function()
  it("is refused by type even when it answers to every name", function()
    local anything = setmetatable({}, { __index = function() error("asked for a name") end })
    assert.matches("must be an id", refused(UNLOCK, { device = anything }).message)
  end)

  it("is read without metamethods", function()
    local sly = setmetatable({ device_id = "d1" }, { __pairs = function() error("walked") end })
    assert.same({ device_id = "d1" }, normalized(UNLOCK, sly))
  end)

  it("is quoted short and clean when its name is wrong", function()
    local err = refused(UNLOCK, { [("x"):rep(1000) .. "\27[31m"] = 1 })
    assert.is_true(#err.message < 300, "a short message was expected, it has " .. #err.message .. " bytes")
    err = refused(UNLOCK, { ["\27[31m"] = 1 })
    assert.is_nil(err.message:find("\27", 1, true), "control bytes must not be quoted")
  end)
end)

describe("every endpoint", function()
  it("takes its own main id as a string, or asks for what else it requires", function()
    for _, name in ipairs(require "seam.api.index") do
      for _, row in pairs(require("seam.api." .. name)) do
        if row.main_id then
          local values, err = params.normalize(row, "id")
          if values then
            local value = values[row.main_id]
            assert.equal("id", type(value) == "table" and value[1] or value, row.path)
          else
            assert.matches("Required parameters missing for " .. row.path, err.message, 1, true)
            assert.is_nil((err.message .. ","):find("[ ,]" .. row.main_id .. ","), row.path)
          end
        end
      end
    end
  end)
end)

-- SPDX-License-Identifier: MIT
local cjson = require "cjson"

local schema_check = require "support.schema_check"

local LOCK = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb"
local EVENT = "cccccccc-1111-4222-8333-bbbbbbbbbbbb"
local MOMENT = "2028-08-12T19:24:00.000Z"

local schemas = schema_check.load()

-- A small document of our own, so each rule can be seen alone.
local small = {
  paths = {
    ["/thing"] = {
      type = "object",
      required = { "id", "ok" },
      properties = {
        id = { type = "string", format = "uuid" },
        ok = { type = "boolean" },
        at = { type = "string", format = "date-time", nullable = true },
        colour = { type = "string", enum = { "red", "green" } },
        count = { type = "integer" },
        none = { nullable = true },
        parts = { type = "array", items = { ["$ref"] = "part" } },
        free = { type = "object", additionalProperties = { oneOf = { { type = "string" }, { type = "boolean" } } } },
        shut = { type = "object", properties = { a = { type = "string" } }, additionalProperties = false },
        kind = { oneOf = {
          { type = "object", required = { "size", "tag" },
            properties = { tag = { type = "string", enum = { "a" } }, size = { type = "number" } } },
          { type = "object", required = { "name", "tag" },
            properties = { tag = { type = "string", enum = { "b" } }, name = { type = "string" } } },
        } },
        all = { allOf = {
          { type = "object", required = { "x" }, properties = { x = { type = "number" } } },
          { type = "object", properties = { y = { type = "number" } } },
        } },
      },
    },
  },
  schemas = { part = { type = "object", required = { "n" }, properties = { n = { type = "number" } } } },
}

-- A good body, but for the properties in `replaced` and the one named `without`.
local function thing(replaced, without)
  local body = { id = LOCK, ok = true }
  for name, value in pairs(replaced or {}) do body[name] = value end
  if without then body[without] = nil end
  return body
end

local function refused(message, replaced, without)
  return function()
    assert.same({ nil, message }, { schema_check.check(small, "/thing", thing(replaced, without)) })
  end
end

local function accepted(replaced, options)
  return function()
    assert.same({ true }, { schema_check.check(small, "/thing", thing(replaced), options) })
  end
end

describe("the schema checker", function()
  it("accepts a body with what is required", accepted())
  it("accepts null where it may stand", accepted { at = cjson.null, none = cjson.null })
  it("accepts an empty table as a list and as an object", accepted { parts = {}, free = {} })
  it("accepts moments in any zone", accepted { at = "2028-08-12T21:24:00+02:00" })
  it("accepts whole numbers where integers are wanted", accepted { count = 3.0 })
  it("accepts every kind of a union", accepted { kind = { tag = "b", name = "n" } })
  it("accepts what all parts of a whole describe", accepted({ all = { x = 1, y = 2 } }, { closed = true }))
  it("accepts unknown properties where the schema is open", accepted { more = 1, parts = { { n = 1, m = 2 } } })
  it("accepts free keys of the right types", accepted({ free = { a = "text", b = true } }, { closed = true }))

  it("names what is missing", refused("id: expected a required string, got nothing", {}, "id"))
  it("names a wrong type", refused("ok: expected boolean, got \"yes\"", { ok = "yes" }))
  it("names a null that may not stand there", refused("ok: expected boolean, got null", { ok = cjson.null }))
  it("names a value where only null may stand", refused("none: expected null, got 1", { none = 1 }))
  it("names a broken id", refused("id: expected uuid, got \"42\"", { id = "42" }))
  it("names a moment without a zone",
    refused("at: expected date-time, got \"2028-08-12T19:24:00\"", { at = "2028-08-12T19:24:00" }))
  it("names the values an enum has",
    refused("colour: expected \"red\" or \"green\", got \"blue\"", { colour = "blue" }))
  it("names a fraction where an integer is wanted", refused("count: expected integer, got 1.5", { count = 1.5 }))
  it("names an object where a list is wanted", refused("parts: expected array, got object", { parts = { n = 1 } }))
  it("names a list where an object is wanted", refused("free: expected object, got array", { free = { "a" } }))
  it("names the item of a list",
    refused("parts[2].n: expected a required number, got nothing", { parts = { { n = 1 }, { m = 1 } } }))
  it("names a free key of the wrong type",
    refused("free.a: expected string or boolean, got 1", { free = { a = 1 } }))
  it("names an extra property of a closed object",
    refused("shut.b: expected no such property, got 1", { shut = { a = "a", b = 1 } }))
  it("judges a union by the kind that its tag names",
    refused("kind.size: expected a required number, got nothing", { kind = { tag = "a", name = "n" } }))
  it("names the tags a union has",
    refused("kind.tag: expected \"a\" or \"b\", got \"c\"", { kind = { tag = "c" } }))
  it("holds a body against all parts of a whole",
    refused("all.x: expected a required number, got nothing", { all = { y = 1 } }))

  it("names any unknown property when asked to treat objects as closed", function()
    local function check(body)
      return select(2, schema_check.check(small, "/thing", body, { closed = true }))
    end
    assert.equal("more: expected no such property, got 1", check(thing { more = 1 }))
    assert.equal("parts[1].m: expected no such property, got 2", check(thing { parts = { { n = 1, m = 2 } } }))
    assert.equal("all.z: expected no such property, got 3", check(thing { all = { x = 1, z = 3 } }))
    assert.equal("kind.name: expected no such property, got \"n\"",
      check(thing { kind = { tag = "a", size = 1, name = "n" } }))
  end)

  it("says so when a path has no schema", function()
    assert.same({ nil, "/nowhere: expected an endpoint that has a schema, got none" },
      { schema_check.check(small, "/nowhere", {}) })
  end)

  it("names the body itself when that is wrong", function()
    assert.same({ nil, "body: expected object, got \"text\"" }, { schema_check.check(small, "/thing", "text") })
  end)
end)

local function decode(text)
  return cjson.new().decode(text)
end

local function attempt(status, result, failure)
  return decode(([[{ "ok": true, "action_attempt": { "action_attempt_id": "%s", "action_type": "UNLOCK_DOOR",
    "status": "%s", "result": %s, "error": %s } }]]):format(LOCK, status, result, failure))
end

local function event(extra)
  return decode(([[{ "ok": true, "event": { "event_id": "%s", "workspace_id": "%s", "created_at": "%s",
    "occurred_at": "%s", "device_id": "%s", "connected_account_id": "%s", %s } }]])
    :format(EVENT, LOCK, MOMENT, MOMENT, LOCK, LOCK, extra))
end

describe("the schemas of the simulated endpoints", function()
  local function check(path, body, options)
    return { schema_check.check(schemas, path, body, options) }
  end

  it("cover every endpoint the sandbox simulates", function()
    local rows = 0
    for path in pairs(schemas.paths) do
      local namespace, name = path:match("^/(.+)/([^/]+)$")
      assert.is_table(require("seam.api." .. namespace:gsub("/", "."))[name], path .. " has a schema but no row")
      rows = rows + 1
    end
    assert.equal(39, rows)
  end)

  it("name response keys that the rows name too", function()
    for path, schema in pairs(schemas.paths) do
      local namespace, name = path:match("^/(.+)/([^/]+)$")
      local key = require("seam.api." .. namespace:gsub("/", "."))[name].response_key
      assert.is_true(key == nil or schema.properties[key] ~= nil, ("%s answers no %s"):format(path, tostring(key)))
    end
  end)

  it("refer only to schemas that are there", function()
    local function walk(value)
      if type(value) ~= "table" then return end
      local ref = value["$ref"]
      if type(ref) == "string" then assert.is_table(schemas.schemas[ref], ref .. " is referred to but missing") end
      for _, part in pairs(value) do walk(part) end
    end
    walk(schemas)
  end)

  it("carry no prose and no addresses", function()
    local function walk(value, where)
      if type(value) == "string" then
        assert.is_nil(value:match("%s%S+%s%S+%s"), where .. " reads like a sentence: " .. value)
        assert.is_nil(value:match("://"), where .. " holds an address: " .. value)
      elseif type(value) == "table" then
        for key, part in pairs(value) do walk(part, where .. "." .. tostring(key)) end
      end
    end
    walk(schemas, "schemas")
  end)

  it("accept action attempts of every status", function()
    local options = { closed = true }
    assert.same({ true }, check("/locks/unlock_door", attempt("pending", "null", "null"), options))
    assert.same({ true }, check("/locks/unlock_door", attempt("success", "{}", "null"), options))
    local failure = [[{ "type": "device_offline", "message": "off" }]]
    assert.same({ true }, check("/locks/unlock_door", attempt("error", "null", failure), options))
  end)

  it("refuse an action attempt whose result does not fit its status", function()
    assert.same({ nil, "action_attempt.result: expected null, got an empty table" },
      check("/locks/unlock_door", attempt("pending", "{}", "null")))
    assert.same({ nil, "action_attempt.error: expected object, got null" },
      check("/locks/unlock_door", attempt("error", "null", "null")))
    assert.same({ nil, "action_attempt.status: expected \"pending\" or \"success\" or \"error\", got \"done\"" },
      check("/locks/unlock_door", attempt("done", "null", "null")))
  end)

  it("judge an event by its type", function()
    assert.same({ true }, check("/events/get", event [["event_type": "lock.locked", "method": "remote"]]))
    assert.same({ nil, "event.method: expected a required string, got nothing" },
      check("/events/get", event [["event_type": "lock.locked"]]))
    local bad = check("/events/get", event [["event_type": "lock.melted"]])[2]
    assert.truthy(bad:match("^event%.event_type: expected .* got \"lock.melted\"$"), bad)
  end)

  it("refuse a list of devices whose device lacks its id", function()
    local bad = check("/devices/list", decode [[{ "ok": true, "devices": [{}], "pagination":
      { "has_next_page": false, "next_page_cursor": null, "next_page_url": null } }]])[2]
    assert.truthy(bad:match("^devices%[1%]%.[a-z_]+: expected a required"), bad)
  end)
end)

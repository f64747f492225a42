-- SPDX-License-Identifier: MIT
-- Calls all 202 documented endpoints over real HTTP and looks at what arrived: method, path, where
-- the parameters went, content type; and at what came back from under the response key.

local cjson = require "cjson"
local http_peer = require "support.http_peer"
local seam = require "seam"
local wire_methods = require "support.wire_methods"

local KEY = "seam_test_every_endpoint_0001"
local EPOCH, ISO = 1849721040, "2028-08-12T19:24:00.000Z"

local function each_row()
  local rows = {}
  for _, namespace in ipairs(require "seam.api.index") do
    for name, row in pairs(require("seam.api." .. namespace)) do
      rows[#rows + 1] = { namespace = namespace, name = name, row = row }
    end
  end
  table.sort(rows, function(a, b) return a.row.path < b.row.path end)
  return rows
end

local SCALARS = {
  string = { "a b&c", "a b&c" }, number = { 3, 3 }, boolean = { true, true }, time = { EPOCH, ISO },
  any = { "x", "x" }, record = { { tag = "front" }, { tag = "front" } },
}

--- A value to pass for a parameter, and the value that has to arrive.
local function sample(spec)
  if spec.type == "list" then
    local given, sent = sample(spec.item)
    return { given, given }, { sent, sent }
  end
  if spec.type == "object" then
    local given, sent = {}, {}
    for name, field in pairs(spec.fields or {}) do given[name], sent[name] = sample(field) end
    return given, sent
  end
  return SCALARS[spec.type][1], SCALARS[spec.type][2]
end

--- Every parameter of an endpoint; a query cannot carry tables inside lists.
local function sample_params(row, in_query)
  local given, sent = {}, {}
  for name, spec in pairs(row.params) do
    local nested = spec.type == "list" and (spec.item.type == "object" or spec.item.type == "record")
    if not (in_query and nested) then given[name], sent[name] = sample(spec) end
  end
  return given, sent
end

local function unescape(text)
  return (text:gsub("+", " "):gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

--- A query as { [dotted name] = { texts } }; an own reader, apart from the serialiser.
local function read_query(text)
  local found = {}
  for name, value in (text or ""):gmatch("([^&=]+)=([^&]*)") do
    name = unescape(name)
    found[name] = found[name] or {}
    table.insert(found[name], unescape(value))
  end
  return found
end

local function flatten(values, prefix, out)
  for name, value in pairs(values) do
    if type(value) ~= "table" then
      out[prefix .. name] = { tostring(value) }
    elseif value[1] ~= nil then
      local texts = {}
      for i, item in ipairs(value) do texts[i] = tostring(item) end
      out[prefix .. name] = texts
    else
      flatten(value, prefix .. name .. ".", out)
    end
  end
  return out
end

local function answer_for(row)
  local body = { ok = true, decoy = { marker = "decoy" } }
  if row.paginated then
    body.pagination = { has_next_page = false, next_page_cursor = cjson.null }
  end
  if row.response_key then
    local value = { marker = row.path, status = "success", action_attempt_id = "a1" }
    body[row.response_key] = row.response_key == row.resource and value or { value }
  end
  return body
end

describe("Every documented endpoint", function()
  local rows = each_row()
  local peer, client

  setup(function()
    peer = http_peer.start()
    local rules = {}
    for i, entry in ipairs(rows) do
      rules[i] = { match = { path = entry.row.path }, reply = { json = answer_for(entry.row) } }
    end
    peer:script(rules)
    client = seam.new { api_key = KEY, endpoint = peer.url }
  end)

  teardown(function()
    client:close()
    peer:stop()
  end)

  local function method_of(entry)
    local node = client
    for part in entry.namespace:gmatch("[^.]+") do node = node[part] end
    return node[entry.name]
  end

  local function last_request()
    local requests = peer:report().requests
    return requests[#requests], #requests
  end

  it("is one of 202", function()
    assert.equal(202, #rows)
  end)

  for _, entry in ipairs(rows) do
    local row = entry.row
    it(("%s.%s sends what the API expects and returns what it answers"):format(entry.namespace, entry.name),
      function()
        local _, before = last_request()
        local in_query = row.method == "GET" or row.method == "DELETE"
        local given, sent = sample_params(row, in_query)
        local value, extra = method_of(entry)(given)

        local request, count = last_request()
        assert.equal(1, count - before, "one call is one request")
        assert.equal(wire_methods.of(row.path), request.method)
        assert.equal(row.path, request.path)
        assert.equal("Bearer " .. KEY, request.headers.authorization)
        if in_query then
          local expected = flatten(sent, "", {})
          if next(expected) then
            expected._strict = { "true" }
            assert.matches("_strict=true$", request.query)
          end
          assert.same(expected, read_query(request.query))
          assert.equal("", request.body or "")
          assert.is_nil(request.headers["content-type"])
        else
          assert.equal("application/json", request.headers["content-type"])
          assert.same(sent, cjson.decode(request.body))
          assert.equal("", request.query or "")
        end

        if not row.response_key then
          assert.is_true(value)
        else
          local got = row.response_key == row.resource and value or value[1]
          assert.equal(row.path, got.marker)
        end
        if row.paginated then assert.is_false(extra.has_next_page) end
      end)
  end
end)

-- SPDX-License-Identifier: MIT
-- Row 2 of the reliability bar: the law of retries, on every endpoint there is. What an endpoint is
-- expected to do is worked out here from the method list of Seam's own SDK, not from our rows.

local fake = require "support.fake_client"
local safe = require "seam.safe"
local wire_methods = require "support.wire_methods"

-- What an attempt met; how often a read and a write may be sent; the outcome a writer is told.
local OUTCOMES = {
  { "nothing was sent", fake.lost("connect", false), 3, 3, "not_sent" },
  { "no such name", fake.lost("dns", false), 3, 3, "not_sent" },
  { "the certificate was refused", fake.lost("tls", false), 1, 1, "not_sent" },
  { "the connection closed after sending", fake.lost("closed", true), 3, 1, "unknown" },
  { "time ran out after sending", fake.lost("timeout", true), 3, 1, "unknown" },
  { "the answer was too large", fake.lost("too_large", true), 1, 1, "unknown" },
  { "400", fake.api_error(400, "invalid_input"), 1, 1, "rejected" },
  { "401", fake.api_error(401, "unauthorized"), 1, 1, "rejected" },
  { "404", fake.api_error(404, "device_not_found"), 1, 1, "rejected" },
  { "408", fake.api_error(408), 3, 1, "rejected" },
  { "409", fake.api_error(409, "duplicate_access_code"), 1, 1, "rejected" },
  { "429", fake.api_error(429, "rate_limited"), 3, 1, "rejected" },
  { "500", fake.api_error(500, "internal_server_error"), 3, 1, "unknown" },
  { "an empty 503", { status = 503, headers = {}, body = "" }, 3, 1, "unknown" },
  { "HTML with 502", { status = 502, headers = { ["content-type"] = "text/html" }, body = "<p>" }, 3, 1, "unknown" },
  { "HTML with 200", { status = 200, headers = { ["content-type"] = "text/html" }, body = "<p>" }, 1, 1, "unknown" },
  { "a redirect", { status = 307, headers = { location = "https://y.example" }, body = "" }, 1, 1, "rejected" },
}

local function sample(spec)
  if spec.type == "list" then return { sample(spec.item) } end
  if spec.type == "object" or spec.type == "record" then return {} end
  if spec.type == "number" then return 1 end
  if spec.type == "boolean" then return true end
  return "x"
end

--- The least an endpoint asks for.
local function least_params(row)
  local params = {}
  for name, spec in pairs(row.params) do
    if spec.required then params[name] = sample(spec) end
  end
  if row.needs_any and next(params) == nil then
    for name, spec in pairs(row.params) do
      local counts = name ~= "limit" and name ~= "page_cursor" and spec.type ~= "object" and spec.type ~= "record"
      if counts then
        params[name] = sample(spec)
        break
      end
    end
  end
  return params
end

local function call_endpoint(client, namespace, name, params)
  local node = client
  for part in namespace:gmatch("[^.]+") do node = node[part] end
  return node[name](params)
end

describe("row 2: the law of retries", function()
  for _, case in ipairs(OUTCOMES) do
    it(("holds on all 202 endpoints when %s"):format(case[1]), function()
      local count = 0
      for _, namespace in ipairs(require "seam.api.index") do
        for name, row in pairs(require("seam.api." .. namespace)) do
          local client, transport = fake.new({ case[2] }, nil, safe)
          local value, err = call_endpoint(client, namespace, name, least_params(row))
          local reads = wire_methods.of(row.path) == "GET"
          assert.is_nil(value, row.path)
          assert.equal(reads and case[3] or case[4], #transport.requests, row.path .. " was sent so often: ")
          assert.equal(#transport.requests, err.attempts, row.path)
          assert.equal(case[5], err.outcome, row.path)
          count = count + 1
        end
      end
      assert.equal(202, count)
    end)
  end
end)

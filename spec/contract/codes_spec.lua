-- SPDX-License-Identifier: MIT
-- seam.codes against Seam's own fake server, as far as that goes: it takes neither PATCH nor a query on DELETE, its
-- lists show codes of other doors, and codes stay "setting" for ever.

local child = require "support.child"
local codes = require "seam.codes"
local node_package = require "support.node_package"
local seam = require "seam"

describe("#contract seam.codes with Seam's own fake server", function()
  local available, reason = node_package.installed("spec/contract", "@seamapi/fake-seam-connect")
  if not available then
    pending("is not here: " .. reason)
    return
  end

  local server, client, doors

  setup(function()
    server = child.start("node spec/contract/serve_fake.mjs", "listening on (http://[%d.:]+)")
    client = seam.new { api_key = "seam_apikey1_token", endpoint = server.captures[1] }
    doors = client.locks.list()
  end)

  teardown(function()
    client:close()
    server:stop()
  end)

  local function wanted(count)
    local list, day = {}, os.time() + 86400
    for i = 1, count do
      list[i] = { key = "k" .. i, name = "Guest " .. i, starts_at = day - day % 60, ends_at = day - day % 60 + 86400 }
    end
    return list
  end

  local function outcomes(report)
    local list = {}
    for place, step in ipairs(report.steps) do list[place] = step.key .. " " .. step.outcome end
    return list
  end

  it("makes codes once, and finds them again", function()
    local list = wanted(3)
    assert.same({ "k1 done", "k2 done", "k3 done" }, outcomes(codes.sync(client, doors[1], list)))
    assert.same({ "k1 nothing", "k2 nothing", "k3 nothing" }, outcomes(codes.sync(client, doors[1], list)))
  end)

  it("does not take another door's codes for this one's", function()
    local plan = codes.plan(client, doors[2], {})
    assert.same({}, plan.steps)
  end)

  it("reports a PIN that is taken for its code alone", function()
    client.access_codes.create { device = doors[3], name = "Cleaner", code = "4711" }
    local report = codes.sync(client, doors[3], { { key = "a", code = "4711" }, { key = "b" } })
    assert.same({ "a failed", "b done" }, outcomes(report))
    assert.equal("duplicate_access_code", report.steps[1].problem.code)
  end)
end)

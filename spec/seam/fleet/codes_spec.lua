-- SPDX-License-Identifier: MIT
-- Which codes count as failing, stuck or coming, from the API's own words.

local codes = require "seam.fleet.codes"
local time = require "seam.time"

local NOW = 1767225600
local OPTIONS = { thresholds = { stuck = 600 } }

local function at(seconds) return time.format(NOW + seconds) end

local function entry(code)
  return codes.summary({ code }, nil, NOW, OPTIONS).list[1]
end

local function mutation(kind, created, scheduled)
  return { { mutation_code = kind, created_at = at(created), scheduled_at = scheduled and at(scheduled) } }
end

describe("The state of a code", function()
  it("is stuck by what is pending, not by its age", function()
    local month = -30 * 86400
    for text, case in pairs {
      ["set long ago"] = { "set", { status = "set", created_at = at(month) } },
      ["setting for a minute"] = { "setting", { status = "setting", created_at = at(-60) } },
      ["setting for an hour"] = { "stuck", { status = "setting", created_at = at(-3600) } },
      ["made long ago, due for a minute"] = { "setting",
        { status = "setting", created_at = at(month), starts_at = at(-60), ends_at = at(3600) } },
      ["made long ago, due for an hour"] = { "stuck",
        { status = "setting", created_at = at(month), starts_at = at(-3600), ends_at = at(3600) } },
      ["put on the lock before its start"] = { "setting", { status = "setting", starts_at = at(3600),
        created_at = at(month), pending_mutations = mutation("deferring_creation", month, -60) } },
      ["waiting for its day"] = { "upcoming", { status = "unset", starts_at = at(86400 * 30), created_at = at(month),
        pending_mutations = mutation("deferring_creation", month, 86400 * 27) } },
      ["waiting, without a day"] = { "unset", { status = "unset", created_at = at(month),
        pending_mutations = mutation("deferring_creation", month) } },
      ["a change that hangs"] = { "stuck",
        { status = "set", created_at = at(month), pending_mutations = mutation("updating_code", -700) } },
      ["a change on its way"] = { "set",
        { status = "set", created_at = at(month), pending_mutations = mutation("updating_code", -500) } },
      ["over, not yet removed"] = { "removing", { status = "removing", ends_at = at(-60), created_at = at(month) } },
      ["over for an hour"] = { "stuck", { status = "removing", ends_at = at(-3600), created_at = at(month) } },
      ["a deletion that hangs"] = { "stuck", { status = "removing", pending_mutations = mutation("deleting", -3600) } },
      ["without any moment"] = { "setting", { status = "setting" } },
      ["a status nobody knows yet"] = { "list", { status = "list" } },
      ["nothing at all"] = { "unknown", {} },
    } do
      assert.equal(case[1], entry(case[2]).state, text)
    end
  end)

  it("is failing by an error of its own", function()
    local failing = entry { status = "set", errors = {
      { error_code = "device_offline", is_device_error = true },
      { error_code = "account_disconnected", is_connected_account_error = true },
      { error_code = "failed_to_set_on_device", is_access_code_error = true, message = "Why" },
    } }
    assert.equal("failing", failing.state)
    assert.equal("failed_to_set_on_device", failing.problem)
    assert.equal("Why", failing.message)
    assert.equal("set", entry({ status = "set", errors = { { error_code = "x", is_device_error = true } } }).state)
    assert.equal("failing", entry({ status = "set", errors = { {} } }).state)
  end)

  it("is counted once", function()
    local summary = codes.summary({
      { status = "set" }, { status = "set", errors = { {} } }, { status = "total" },
      { status = "unset", starts_at = at(60) }, { status = "setting", created_at = at(-3600) },
    }, { {}, {} }, NOW, OPTIONS)
    summary.list = nil
    assert.same({ total = 5, set = 1, failing = 1, upcoming = 1, stuck = 1, unmanaged = 2 }, summary)
  end)

  it("is due within its time", function()
    assert.is_true(codes.is_due({}, NOW))
    assert.is_true(codes.is_due({ starts_at = NOW, ends_at = NOW + 1 }, NOW))
    assert.is_false(codes.is_due({ starts_at = NOW + 1 }, NOW))
    assert.is_false(codes.is_due({ ends_at = NOW }, NOW))
  end)
end)

-- SPDX-License-Identifier: MIT
-- The client against Seam's own fake server (npm @seamapi/fake-seam-connect 1.86.0), where the fake
-- can be trusted: reading, locking, codes, paging, errors, waiting, outages.

local child = require "support.child"
local node_package = require "support.node_package"
local seam = require "seam"

local KEY = "seam_apikey1_token"

describe("#contract Seam's own fake server", function()
  local available, reason = node_package.installed("spec/contract", "@seamapi/fake-seam-connect")
  if not available then
    pending("is not here: " .. reason)
    return
  end

  local server, url, client

  setup(function()
    server = child.start("node spec/contract/serve_fake.mjs", "listening on (http://[%d.:]+)")
    url = server.captures[1]
  end)

  teardown(function()
    server:stop()
  end)

  before_each(function()
    client = seam.new { api_key = KEY, endpoint = url }
  end)

  after_each(function()
    client:close()
  end)

  --- The fake's own controls, which no SDK has rows for.
  local function control(name, params)
    return client.request { path = "/_fake/" .. name, params = params }
  end

  local function error_of(f, ...)
    local ok, err = pcall(f, ...)
    assert.is_false(ok, "an error was expected")
    assert.is_true(seam.is_error(err), "expected an error object, got " .. tostring(err))
    return err
  end

  it("lists locks as resources that print and know their ids", function()
    local locks = client.locks.list()
    assert.is_true(#locks >= 3, "the seed has three locks at least")
    assert.equal("august_device_1", locks[1].device_id)
    assert.matches("^device .+august_device_1", tostring(locks[1]))
  end)

  it("reads one lock by id, by resource and by alias", function()
    local lock = client.locks.list()[1]
    for _, params in ipairs { lock.device_id, lock, { device = lock }, { device_id = lock.device_id } } do
      assert.equal(lock.device_id, client.devices.get(params).device_id)
    end
  end)

  it("locks and unlocks a door, and reads the state back", function()
    local lock = client.locks.list()[1]
    assert.equal("success", client.locks.unlock_door(lock).status)
    assert.is_false(client.locks.get(lock).properties.locked)
    assert.equal("success", client.locks.lock_door(lock).status)
    assert.is_true(client.locks.get(lock).properties.locked)
  end)

  it("reports an action attempt that fails, with the provider's type and message", function()
    local lock = client.locks.list()[1]
    local attempt = client.locks.unlock_door(lock, { wait_for_action_attempt = false })
    assert.equal("pending", attempt.status)
    control("update_action_attempt", {
      action_attempt_id = attempt.action_attempt_id, status = "error",
      error = { type = "device_disconnected", message = "Device is offline" },
    })
    local err = error_of(client.action_attempts.get, attempt)
    assert.equal("SeamActionAttemptFailedError", err.name)
    assert.equal("device_disconnected", err.code)
    assert.equal("Device is offline", err.message)
    assert.equal(attempt.action_attempt_id, err.action_attempt.action_attempt_id)
  end)

  it("stops waiting at the deadline and keeps the attempt", function()
    local attempt = client.locks.unlock_door(client.locks.list()[1], { wait_for_action_attempt = false })
    control("update_action_attempt", { action_attempt_id = attempt.action_attempt_id, status = "pending" })
    local err = error_of(client.action_attempts.get, attempt,
      { wait_for_action_attempt = { timeout = 0.3, polling_interval = 0.1 } })
    assert.equal("SeamActionAttemptTimeoutError", err.name)
    assert.equal("unknown", err.outcome)
    assert.equal("pending", err.action_attempt.status)
  end)

  it("creates, reads, lists and deletes an access code", function()
    local lock = client.locks.list()[2]
    local code = client.access_codes.create { device = lock, name = "Guest", code = "4321" }
    assert.equal("4321", code.code)
    assert.equal("Guest", client.access_codes.get(code).name)
    local listed = client.access_codes.list(lock)
    assert.is_true(#listed >= 1, "the new code is in the list")
    -- The fake reads no query on DELETE, which is how every SDK sends this; POST it takes too.
    client.request {
      method = "POST", path = "/access_codes/delete",
      params = { access_code_id = code.access_code_id },
    }
    assert.equal(404, error_of(client.access_codes.get, code).status_code)
  end)

  it("does not send a duplicate code again: 409 is the server's word", function()
    local lock = client.locks.list()[3]
    client.access_codes.create { device = lock, name = "One", code = "7777" }
    local err = error_of(client.access_codes.create, { device = lock, name = "Two", code = "7777" })
    assert.equal("duplicate_access_code", err.code)
    assert.equal("rejected", err.outcome)
    assert.equal(1, err.attempts)
  end)

  it("walks pages with the same parameters and sees every device once", function()
    local all = client.devices.list()
    local seen, count = {}, 0
    for device in client.create_paginator(client.devices.list, { limit = 2 }):flatten() do
      assert.is_nil(seen[device.device_id], "a device came twice")
      seen[device.device_id] = true
      count = count + 1
    end
    assert.equal(#all, count)
  end)

  it("returns the pagination beside a page", function()
    local page, pagination = client.devices.list { limit = 2 }
    assert.equal(2, #page)
    assert.is_true(pagination.has_next_page)
    assert.is_string(pagination.next_page_cursor)
  end)

  it("names an unknown device, with the request's id", function()
    local err = error_of(client.devices.get, "nobody")
    assert.equal("SeamHttpApiError", err.name)
    assert.equal("device_not_found", err.code)
    assert.equal(404, err.status_code)
    assert.is_string(err.request_id)
  end)

  it("carries the validation messages of a refused parameter", function()
    local err = error_of(client.access_codes.create, { device_id = 5, name = "x" })
    assert.equal("SeamHttpInvalidInputError", err.name)
    assert.is_true(#err:get_validation_error_messages("device_id") > 0,
      "messages about device_id were expected")
  end)

  it("keeps what the server says about a key it does not know", function()
    local stranger = seam.new { api_key = "seam_nobody_12345678", endpoint = url }
    local err = error_of(stranger.locks.list)
    assert.equal("SeamHttpUnauthorizedError", err.name)
    assert.equal(401, err.status_code)
    assert.is_nil(tostring(err):find("seam_nobody", 1, true), "the key must not be in the error")
    stranger:close()
  end)

  it("asks three times during an outage when it only reads, and once when it writes", function()
    control("simulate_workspace_outage", {
      workspace_id = "seed_workspace_1", routes = { "/devices/list", "/locks/unlock_door" },
    })
    local read = error_of(client.devices.list)
    assert.equal("http", read.code)
    assert.equal(503, read.status_code)
    assert.equal(3, read.attempts)
    local write = error_of(client.locks.unlock_door, "august_device_1")
    assert.equal(503, write.status_code)
    assert.equal(1, write.attempts)
    assert.equal("unknown", write.outcome)
  end)
end)

-- SPDX-License-Identifier: MIT
-- The client over libcurl against a scripted server: answers that are no answers, connections that
-- break, and the one rule that a write is never sent twice.

local http_peer = require "support.http_peer"
local seam = require "seam.safe"

local KEY = "seam_test_transport_0001"
local LOCK = "681bf7bc-e7c6-48e6-acfe-6dbabd0615c5"
local PENDING = {
  ok = true, action_attempt = { action_attempt_id = "a1", action_type = "UNLOCK_DOOR", status = "pending" },
}

describe("A client over libcurl", function()
  local peer, client

  setup(function() peer = http_peer.start() end)
  teardown(function() peer:stop() end)

  before_each(function()
    client = seam.new { api_key = KEY, endpoint = peer.url, wait_for_action_attempt = false }
  end)
  after_each(function() client:close() end)

  local function count(method, path)
    return peer:report().by_path[method .. " " .. path] or 0
  end

  local BAD_ANSWERS = {
    { "HTML with status 200", "invalid_response",
      { headers = { ["Content-Type"] = "text/html" }, body = "<html>hello</html>" } },
    { "an empty 200", "invalid_response", { headers = { ["Content-Type"] = "application/json" }, body = "" } },
    { "half a JSON body", "invalid_response",
      { headers = { ["Content-Type"] = "application/json" }, body = '{"devices": [{"device_id": "x"' } },
    { "a list at top level", "invalid_response", { json = { 1, 2 } } },
    { "an empty list at top level", "invalid_response",
      { headers = { ["Content-Type"] = "application/json" }, body = "[]" } },
    { "a number", "invalid_response", { headers = { ["Content-Type"] = "application/json" }, body = "42" } },
    { "JSON without the response key", "invalid_response", { json = { ok = true, locks = {} } } },
    { "text where the list should be", "invalid_response", { json = { ok = true, devices = "none" } } },
    { "a redirect", "redirect",
      { status = 307, headers = { Location = "http://127.0.0.1:9/elsewhere" }, body = "" } },
    { "HTML with status 403", "http",
      { status = 403, headers = { ["Content-Type"] = "text/html" }, body = "<h1>Forbidden</h1>" } },
    { "a JSON error that is not the API's", "http", { status = 404, json = { error = "nope" } } },
  }

  for _, case in ipairs(BAD_ANSWERS) do
    it(("turns %s into a typed error"):format(case[1]), function()
      peer:script { { match = { path = "/locks/list" }, reply = case[3] } }
      local locks, err = client.locks.list()
      assert.is_nil(locks)
      assert.is_true(seam.is_error(err, "SeamHttpError"), "a SeamHttpError was expected")
      assert.equal(case[2], err.code)
      assert.equal(1, count("GET", "/locks/list"))
      assert.equal("/locks/list", err.path)
    end)
  end

  it("keeps an excerpt of an unreadable body, 512 bytes at most", function()
    peer:script { { match = {}, reply = {
      headers = { ["Content-Type"] = "text/html" }, body = ("x"):rep(5000) } } }
    local _, err = client.locks.list()
    assert.equal(512, #err.body)
  end)

  it("masks the key where a server echoes it", function()
    peer:script { { match = {}, reply = {
      status = 500, headers = { ["Content-Type"] = "text/plain" }, body = "you are " .. KEY } } }
    local _, err = client.locks.unlock_door(LOCK)
    assert.is_nil(err.body:find(KEY, 1, true), "the key must not be in the error")
    assert.matches("you are", err.body)
  end)

  it("leaves no part of the key where the excerpt ends", function()
    peer:script { { match = {}, reply = {
      status = 500, headers = { ["Content-Type"] = "text/plain" }, body = ("x"):rep(500) .. KEY } } }
    local _, err = client.locks.unlock_door(LOCK)
    assert.is_nil(err.body:find("seam_test", 1, true), "the excerpt ends in " .. err.body:sub(-20))
  end)

  it("never calls an error body a success", function()
    peer:script { { match = {}, reply = { status = 500, json = PENDING } } }
    local attempt, err = client.locks.unlock_door(LOCK)
    assert.is_nil(attempt)
    assert.equal("unknown", err.outcome)
  end)

  local WRITES = {
    { "unlock", "POST", "/locks/unlock_door", function() return client.locks.unlock_door(LOCK) end },
    { "code created", "POST", "/access_codes/create", function() return client.access_codes.create(LOCK) end },
    { "code changed", "PATCH", "/access_codes/update",
      function() return client.access_codes.update { access_code_id = "c", name = "n" } end },
    { "code deleted", "DELETE", "/access_codes/delete", function() return client.access_codes.delete("c") end },
    { "users added", "PUT", "/spaces/add_devices",
      function() return client.spaces.add_devices { space_id = "s", device_ids = { LOCK } } end },
    { "sandbox reset", "POST", "/workspaces/reset_sandbox",
      function() return client.workspaces.reset_sandbox() end },
  }
  local BREAKS = {
    { "closes", { { recv = "all" }, { fin = true } } },
    { "resets", { { recv = "all" }, { rst = true } } },
    { "answers half a status line and closes", { { recv = "all" }, { send = "HTTP/1.1 2" }, { fin = true } } },
  }

  for _, write in ipairs(WRITES) do
    for _, broken in ipairs(BREAKS) do
      it(("sends %s once when the server reads it on a kept connection and %s")
        :format(write[1], broken[1]), function()
        peer:script {
          { match = { path = "/locks/list" }, reply = { json = { ok = true, devices = {} } } },
          { match = { path = write[3] }, play = broken[2] },
        }
        assert.is_table(client.locks.list())
        local value, err = write[4]()
        assert.is_nil(value)
        assert.equal("SeamHttpError", err.name)
        assert.equal("unknown", err.outcome)
        assert.equal(1, err.attempts)
        assert.equal(1, count(write[2], write[3]), "the server must have seen it once")
      end)
    end
  end

  it("asks again when a read's connection breaks", function()
    peer:script {
      { match = { path = "/locks/list" }, times = 2, play = { { recv = "all" }, { rst = true } } },
      { match = { path = "/locks/list" }, reply = { json = { ok = true, devices = {} } } },
    }
    local locks = assert(client.locks.list())
    assert.same({}, locks)
    assert.equal(3, count("GET", "/locks/list"))
  end)

  it("sends a read as often as it says, however many connections are kept", function()
    peer:script {
      { match = { path = "/access_codes/delete" }, reply = { json = { ok = true } } },
      { match = { path = "/locks/list" }, play = { { recv = "all" }, { fin = true } } },
    }
    for _ = 1, 8 do assert(client.access_codes.delete("c")) end
    local _, err = client.locks.list(nil, { retries = 0 })
    assert.equal(1, err.attempts)
    assert.equal(1, count("GET", "/locks/list"))
    _, err = client.locks.list()
    assert.equal(3, err.attempts)
    assert.equal(4, count("GET", "/locks/list"))
  end)

  it("sends a write again when it was provably never sent", function()
    local closed = seam.new {
      api_key = KEY, endpoint = "http://127.0.0.1:" .. http_peer.closed_port(), timeout = 5,
    }
    local attempt, err = closed.locks.unlock_door(LOCK)
    assert.is_nil(attempt)
    assert.equal("connect", err.code)
    assert.equal("not_sent", err.outcome)
    assert.equal(3, err.attempts)
    closed:close()
  end)

  it("ends by its deadline when the server says nothing, and does not know what happened", function()
    peer:script { { match = {}, play = { { recv = "all" }, { hang = true } } } }
    local now = require("seam.core").now
    local started = now()
    local attempt, err = client.locks.unlock_door(LOCK, { timeout = 0.3 })
    local took = now() - started
    assert.is_nil(attempt)
    assert.equal("timeout", err.code)
    assert.equal("unknown", err.outcome)
    assert.is_true(took >= 0.29 and took < 0.4, ("0.3 s were expected, it took %.3f"):format(took))
  end)

  it("works again after each kind of trouble", function()
    peer:script {
      { match = { path = "/locks/unlock_door" }, play = { { recv = "all" }, { rst = true } } },
      { match = { path = "/locks/list" }, reply = { json = { ok = true, devices = {} } } },
    }
    assert.is_nil((client.locks.unlock_door(LOCK)))
    assert.is_table(client.locks.list())
  end)

  it("keeps one connection for call after call", function()
    peer:script { { match = { path = "/locks/list" }, reply = { json = { ok = true, devices = {} } } } }
    for _ = 1, 20 do assert(client.locks.list()) end
    local report = peer:report()
    assert.equal(20, report.complete)
    assert.equal(1, #report.connections, "20 calls should have shared a connection")
  end)

  it("says closed after close, and sends nothing", function()
    peer:script { { match = {}, reply = { json = PENDING } } }
    client:close()
    local attempt, err = client.locks.unlock_door(LOCK)
    assert.is_nil(attempt)
    assert.equal("closed", err.code)
    assert.equal("not_sent", err.outcome)
    assert.equal(0, peer:report().complete)
  end)
end)

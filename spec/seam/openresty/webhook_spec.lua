-- SPDX-License-Identifier: MIT
-- The webhook handler: what Svix is answered, and what is remembered.

local fake_ngx = require "support.fake_ngx"
local files = require "support.files"
local openresty = require "seam.openresty"
local webhook = require "seam.webhook"

local SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
local EVENT = '{"event_id":"e1","event_type":"lock.unlocked","device_id":"d1"}'

describe("openresty.webhook", function()
  local fake, seen, signer

  before_each(function()
    fake = fake_ngx.install { "seen", "metrics" }
    seen = {}
    signer = webhook.new(SECRET, { now = function() return fake.clock end })
  end)
  after_each(fake_ngx.remove)

  local function make(options)
    local all = {
      secret = SECRET, dict = "seen",
      on = { ["lock.*"] = function(event, id) seen[#seen + 1] = event.event_type .. " " .. id end },
    }
    for name, value in pairs(options or {}) do all[name] = value end
    return openresty.webhook(all)
  end

  local function message(id, body, changes)
    local request = { method = "POST", body = body or EVENT, headers = signer:sign(body or EVENT, id) }
    for name, value in pairs(changes or {}) do request.headers[name] = value end
    return request
  end

  it("hands a message over once, and says 204 to both", function()
    local handler = make()
    for _ = 1, 3 do assert.equal(204, (fake:ask(handler, message "m1"))) end
    assert.same({ "lock.unlocked m1" }, seen)
    assert.equal(204, (fake:ask(handler, message "m2")))
    assert.equal(2, #seen)
  end)

  it("forgets a message after `remember` seconds", function()
    local handler = make { remember = 100 }
    fake:ask(handler, message "m1")
    fake.clock = fake.clock + 101
    fake:ask(handler, message "m1")
    assert.equal(2, #seen)
  end)

  it("hands it over each time where nothing remembers", function()
    local handler = openresty.webhook { secret = SECRET, on = { ["*"] = function() seen[#seen + 1] = true end } }
    fake:ask(handler, message "m1")
    fake:ask(handler, message "m1")
    assert.equal(2, #seen)
  end)

  it("answers 500 where a handler fails, and takes the message again", function()
    local broken = true
    local handler = make { on = { ["*"] = function()
      if broken then error("the disk is full") end
      seen[#seen + 1] = true
    end } }
    local status, body = fake:ask(handler, message "m1")
    assert.equal(500, status)
    assert.is_nil(body:find("disk", 1, true), "the answer was not to tell the error: " .. body)
    assert.truthy(fake:logged():find("m1 (lock.unlocked) failed: ", 1, true), fake:logged())
    assert.truthy(fake:logged():find("the disk is full", 1, true))
    broken = false
    assert.equal(204, (fake:ask(handler, message "m1")))
    assert.equal(1, #seen)
  end)

  it("takes nil and a reason for a failure, but not nil alone", function()
    assert.equal(500, (fake:ask(make { on = { ["*"] = function() return nil, "no" end } }, message "m1")))
    assert.equal(204, (fake:ask(make { on = { ["*"] = function() return nil end } }, message "m1")))
  end)

  it("says 503 while another worker handles the message", function()
    local inner
    local handler
    handler = make { on = { ["*"] = function()
      if inner then return end
      local request = fake.request
      inner = fake:ask(handler, message "m1")
      fake.request, fake.body = request, nil
      fake.ngx.status, fake.ngx.header = 200, {}
    end } }
    assert.equal(204, (fake:ask(handler, message "m1")))
    assert.equal(503, inner)
  end)

  it("says 503 where the dictionary fails: nobody knows whether the message is new", function()
    fake.ngx.shared.seen.broken = "no memory"
    assert.equal(503, (fake:ask(make(), message "m1")))
    assert.same({}, seen)
  end)

  it("refuses what is not from Seam with 400", function()
    local handler = make()
    for _, changes in ipairs {
      { ["svix-signature"] = "v1,AAAA" }, { ["svix-timestamp"] = "1" }, { ["svix-id"] = "" },
      { ["svix-id"] = { "m1", "m2" } },
    } do
      assert.equal(400, (fake:ask(handler, message("m1", nil, changes))))
    end
    assert.equal(400, (fake:ask(handler, { method = "POST", headers = {}, body = EVENT })))
    assert.same({}, seen)
    assert.equal(204, (fake:ask(handler, message "m1")))
  end)

  it("says 204 to an authentic message that cannot be read, and logs it", function()
    assert.equal(204, (fake:ask(make(), message("m1", "not JSON"))))
    assert.truthy(fake:logged():find("cannot be read", 1, true), fake:logged())
  end)

  it("takes POST alone", function()
    local status, _, headers = fake:ask(make(), { method = "GET" })
    assert.equal(405, status)
    assert.equal("POST", headers.Allow)
  end)

  it("reads a body that nginx put into a file", function()
    local path = os.tmpname()
    files.write(path, EVENT)
    local request = message "m1"
    request.body, request.body_file = nil, path
    local status = fake:ask(make(), request)
    os.remove(path)
    assert.equal(204, status)
    assert.equal(1, #seen)
  end)

  it("refuses bodies over the limit: announced, in memory, in a file", function()
    local handler = make { max_body = #EVENT - 1 }
    assert.equal(413, (fake:ask(handler, message "m1")))
    fake.body_was_read = nil
    assert.equal(413, (fake:ask(handler, message("m1", nil, { ["Content-Length"] = "99999" }))))
    assert.is_nil(fake.body_was_read)
    local path = os.tmpname()
    files.write(path, EVENT)
    local request = message "m1"
    request.body, request.body_file = nil, path
    assert.equal(413, (fake:ask(handler, request)))
    os.remove(path)
    assert.equal(204, (fake:ask(make { max_body = #EVENT }, message "m1")))
  end)

  it("takes either of two secrets", function()
    assert.equal(204, (fake:ask(make { secret = { "whsec_c2Vjb25k", SECRET } }, message "m1")))
  end)

  it("adds nothing to what a function has answered itself", function()
    local handler = make { on = { ["*"] = function()
      fake.ngx.print("mine")
      fake.ngx.headers_sent = true
      error("after that")
    end } }
    local status, body = fake:ask(handler, message "m1")
    assert.equal(200, status)
    assert.equal("mine", body)
  end)

  it("counts what became of each", function()
    local handler = make { metrics = "metrics" }
    fake:ask(handler, message "m1")
    fake:ask(handler, message "m1")
    fake:ask(handler, message("m2", nil, { ["svix-signature"] = "v1,AAAA" }))
    fake:ask(handler, message("m3", "not JSON"))
    local metrics = fake.ngx.shared.metrics
    for _, result in ipairs { "handled", "replayed", "refused", "unreadable" } do
      assert.equal(1, metrics:get('seam_webhooks_total{result="' .. result .. '"}'), result)
    end
  end)
end)

-- SPDX-License-Identifier: MIT
-- What is counted of calls, webhooks and the cache, and how Prometheus is told.

local fake_client = require "support.fake_client"
local fake_ngx = require "support.fake_ngx"
local openresty = require "seam.openresty"
local safe = require "seam.safe"

local LOCKS = fake_client.ok '{"devices":[]}'

local function slow(answer, seconds)
  local copy = { takes = seconds }
  for name, value in pairs(answer) do copy[name] = copy[name] or value end
  return copy
end

describe("openresty.metrics", function()
  local fake
  before_each(function() fake = fake_ngx.install { "metrics", "devices" } end)
  after_each(fake_ngx.remove)

  local function render(options)
    local all = { dict = "metrics" }
    for name, value in pairs(options or {}) do all[name] = value end
    local _, body, headers = fake:ask(openresty.metrics(all), {})
    assert.equal("text/plain; version=0.0.4; charset=utf-8", headers["Content-Type"])
    return body
  end

  local function lines_with(text, word)
    local found = {}
    for line in text:gmatch("[^\n]+") do
      if line:find(word, 1, true) then found[#found + 1] = line end
    end
    return found
  end

  it("counts calls, attempts by outcome, and retries", function()
    local client = fake_client.new({ fake_client.lost("connect", false), LOCKS, fake_client.api_error(404, "x") },
      openresty.hooks { dict = "metrics" }, safe)
    client.locks.list()
    client.devices.get("d1")
    local text = render()
    assert.same({
      '# HELP seam_calls_total Calls of the Seam API, each once however often it was sent.',
      '# TYPE seam_calls_total counter',
      'seam_calls_total{endpoint="/devices/get"} 1', 'seam_calls_total{endpoint="/locks/list"} 1',
    }, lines_with(text, "seam_calls_total"))
    assert.same({
      'seam_attempts_total{endpoint="/devices/get",outcome="rejected"} 1',
      'seam_attempts_total{endpoint="/locks/list",outcome="done"} 1',
      'seam_attempts_total{endpoint="/locks/list",outcome="not_sent"} 1',
    }, lines_with(text, "seam_attempts_total{"))
    assert.same({ 'seam_retries_total{endpoint="/locks/list",outcome="not_sent"} 1' },
      lines_with(text, "seam_retries_total{"))
  end)

  it("draws a histogram of how long attempts took, bounds in order", function()
    local client = fake_client.new({ slow(LOCKS, 0.25), slow(LOCKS, 3), slow(LOCKS, 31) },
      openresty.hooks { dict = "metrics" }, safe)
    for _ = 1, 3 do client.locks.list(nil, { timeout = 60 }) end
    local text = render()
    local found = {}
    for _, line in ipairs(lines_with(text, "seam_attempt_seconds_")) do found[#found + 1] = line:match("le=\"(.*)$") end
    assert.same({ '0.25"} 1', '0.5"} 1', '1"} 1', '2.5"} 1', '5"} 2', '10"} 2', '30"} 2', '+Inf"} 3' }, found)
    assert.same({ 'seam_attempt_seconds_sum{endpoint="/locks/list"} 34.25' }, lines_with(text, "_sum"))
    assert.same({ 'seam_attempt_seconds_count{endpoint="/locks/list"} 3' }, lines_with(text, "_count"))
  end)

  it("tells the age of the cache, once it has one", function()
    local cache = openresty.device_cache { client = fake_client.new { LOCKS }, dict = "devices" }
    assert.same({}, lines_with(render { device_cache = cache }, "seam_device_cache_age_seconds"))
    cache.list()
    fake.clock = fake.clock + 12.5
    assert.same({ "seam_device_cache_age_seconds 12.5" },
      { lines_with(render { device_cache = cache }, "seam_device_cache_age_seconds")[3] })
  end)

  it("escapes what stands in a path", function()
    local hooks = openresty.hooks { dict = "metrics" }
    hooks.on_request { path = '/a"b\\c\nd', attempt = 1 }
    assert.same({ 'seam_calls_total{endpoint="/a\\"b\\\\c\\nd"} 1' }, lines_with(render(), "seam_calls_total{"))
  end)

  it("lets counters alone that are there when the dictionary is full", function()
    local hooks = openresty.hooks { dict = "metrics" }
    hooks.on_request { path = "/a", attempt = 1 }
    fake.ngx.shared.metrics.max_entries = 1
    hooks.on_request { path = "/b", attempt = 1 }
    hooks.on_request { path = "/a", attempt = 1 }
    assert.same({ 'seam_calls_total{endpoint="/a"} 2' }, lines_with(render(), "seam_calls_total{"))
    assert.truthy(fake:logged():find("full", 1, true))
  end)

  it("shows nothing else that stands in the dictionary", function()
    fake.ngx.shared.metrics:set("session:1", "secret")
    fake.ngx.shared.metrics:set("seam_calls_total{x", "secret")
    assert.is_nil(render():find("secret", 1, true))
  end)
end)

-- SPDX-License-Identifier: MIT
-- The cache of locks: who lists when, what is served meanwhile, and how old it says it is.

local fake_client = require "support.fake_client"
local fake_ngx = require "support.fake_ngx"
local openresty = require "seam.openresty"

local function locks(...)
  local devices = {}
  for i, name in ipairs { ... } do
    devices[i] = ('{"device_id":"%s","display_name":"%s","properties":{"locked":true,"tags":[]}}'):format(name, name)
  end
  return fake_client.ok('{"devices":[' .. table.concat(devices, ",") .. "]}")
end

local DOWN = fake_client.lost("connect", false)
local LISTING = "seam:devices:listing"

describe("openresty.device_cache", function()
  local fake, dict
  before_each(function()
    fake = fake_ngx.install { "devices" }
    dict = fake.ngx.shared.devices
  end)
  after_each(fake_ngx.remove)

  local function make(answers, options)
    local client, transport = fake_client.new(answers, { retries = 0 })
    local all = { client = client, dict = "devices" }
    for name, value in pairs(options or {}) do all[name] = value end
    return openresty.device_cache(all), transport
  end

  it("lists once per ttl, for all that share the dictionary", function()
    local cache, transport = make { locks("a", "b") }
    local other, other_transport = make { locks "never" }
    local devices, info = cache.list()
    assert.equal("b", devices[2].display_name)
    assert.same({ age = 0, stale = false }, info)
    fake.clock = fake.clock + 59
    devices, info = other.list()
    assert.equal("a", devices[1].display_name)
    assert.equal(59, info.age)
    assert.equal(1, #transport.requests)
    assert.equal(0, #other_transport.requests)
    fake.clock = fake.clock + 1
    cache.list()
    assert.equal(2, #transport.requests)
  end)

  it("gives devices that the SDK knows, and that are the caller's own", function()
    local cache = make { locks "a" }
    local device = cache.get "a"
    assert.equal('device "a" a (locked)', tostring(device))
    device.display_name = "changed"
    assert.equal("a", cache.get("a").display_name)
    assert.equal("a", cache:get("a").display_name)
    assert.equal("a", cache:list()[1].display_name)
  end)

  it("says when there is no such lock", function()
    local cache = make { locks "a" }
    local device, err = cache.get "b"
    assert.is_nil(device)
    assert.equal("device_not_found", err.code)
    assert.is_nil((cache.get(nil)))
  end)

  it("serves what it has while another worker lists", function()
    local cache, transport = make { locks "a" }
    cache.list()
    fake.clock = fake.clock + 100
    dict:set(LISTING, true, 35)
    local devices, info = cache.list()
    assert.equal("a", devices[1].display_name)
    assert.same({ age = 100, stale = true }, info)
    assert.equal(1, #transport.requests)
    assert.equal(0, fake.sleeps)
  end)

  it("waits for the first list while another worker makes it", function()
    local cache, transport = make { locks "mine" }
    local other = make { locks "theirs" }
    dict:set(LISTING, true, 35)
    fake.on_sleep = function()
      if fake.sleeps == 3 then
        dict:delete(LISTING)
        other.list()
      end
    end
    assert.equal("theirs", cache.list()[1].display_name)
    assert.equal(0, #transport.requests)
  end)

  it("gives up waiting after ten seconds, with a reason", function()
    local cache = make { locks "a" }
    dict:set(LISTING, true, 35)
    local devices, err = cache.list()
    assert.is_nil(devices)
    assert.equal("The locks are not known: another worker is listing them", err.message)
    assert.is_true(fake.clock - 1800000000 < 11)
  end)

  it("lists again after a worker died in the middle", function()
    local cache = make { locks "a" }
    dict:set(LISTING, true, 35)
    fake.clock = fake.clock + 36
    assert.equal("a", cache.list()[1].display_name)
  end)

  it("serves old data with its age while Seam is down, and asks it only now and then", function()
    local cache, transport = make { locks "a", DOWN, DOWN, locks "b" }
    cache.list()
    fake.clock = fake.clock + 70
    local devices, info = cache.list()
    assert.equal("a", devices[1].display_name)
    assert.equal(70, info.age)
    assert.is_true(info.stale)
    assert.truthy(info.error:find("the network said connect", 1, true), info.error)
    cache.list()
    assert.equal(2, #transport.requests)
    fake.clock = fake.clock + 5
    cache.list()
    assert.equal(3, #transport.requests)
    fake.clock = fake.clock + 5
    devices, info = cache.list()
    assert.equal("b", devices[1].display_name)
    assert.same({ age = 0, stale = false }, info)
  end)

  it("says why where it has nothing at all", function()
    local cache = make { DOWN }
    local devices, err = cache.list()
    assert.is_nil(devices)
    assert.equal("connect", err.code)
    devices, err = cache.list()
    assert.is_nil(devices)
    assert.truthy(err.message:find("the network said connect", 1, true), err.message)
  end)

  it("lists behind a webhook, without keeping it waiting", function()
    local cache, transport = make { locks "a", locks "b" }
    cache.list()
    cache.on["lock.*"]({ event_type = "lock.unlocked" })
    assert.equal(1, #transport.requests)
    fake:run_timers()
    assert.equal(2, #transport.requests)
    assert.equal("b", cache.list()[1].display_name)
    assert.equal(2, #transport.requests)
  end)

  it("sees what a webhook said in the next request, where there is no timer", function()
    local cache = make { locks "a", locks "b" }
    cache.list()
    fake.no_timers = true
    cache.on["device.*"]({})
    assert.equal("b", cache.list()[1].display_name)
  end)

  it("asks Seam at once when a webhook shows that it is there again", function()
    local cache = make { DOWN, locks "a" }
    cache.list()
    fake.no_timers = true
    cache.on["lock.*"]({})
    assert.equal("a", cache.list()[1].display_name)
  end)

  it("lists again what changed during a listing, once for all of it", function()
    local cache, transport = make { locks "a", locks "b", locks "c" }
    cache.list()
    local perform, during = transport.perform, true
    function transport:perform(...)
      if during then
        during = false
        cache.on["lock.*"]({})
        cache.on["lock.*"]({})
        fake:run_timers()
      end
      return perform(self, ...)
    end
    assert.equal("c", cache.refresh()[1].display_name)
    assert.equal(3, #transport.requests)
  end)

  it("keeps nobody waiting for a site where something changes all the time", function()
    local cache, transport = make { locks "a" }
    local perform = transport.perform
    function transport:perform(...)
      dict:set("seam:devices:changed", true)
      return perform(self, ...)
    end
    assert.equal("a", cache.list()[1].display_name)
    assert.equal(3, #transport.requests)
    assert.equal(1, #fake.timers)
  end)

  it("does not take data for current after a failed refresh", function()
    local cache, transport = make { locks "a", DOWN, locks "b" }
    cache.list()
    cache.on["lock.*"]({})
    fake:run_timers()
    local _, info = cache.list()
    assert.is_true(info.stale)
    fake.clock = fake.clock + 5
    assert.equal("b", cache.list()[1].display_name)
    assert.equal(3, #transport.requests)
  end)

  it("has a version that grows with what changed, and an age", function()
    local cache = make { locks "a", locks "a", locks "b" }
    assert.equal(0, cache.version())
    assert.is_nil(cache.age())
    cache.list()
    assert.equal(1, cache.version())
    fake.clock = fake.clock + 10
    cache.refresh()
    assert.equal(1, cache.version())
    assert.equal(0, cache.age())
    cache.refresh()
    assert.equal(2, cache.version())
  end)

  it("says so when the dictionary is too small", function()
    dict.longest = 10
    local cache = make { locks "a" }
    local devices, err = cache.list()
    assert.is_nil(devices)
    assert.truthy(tostring(err):find("could not be kept: no memory", 1, true), tostring(err))
    assert.truthy(fake:logged():find("does not fit its lua_shared_dict", 1, true), fake:logged())
  end)
end)

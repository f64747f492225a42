-- SPDX-License-Identifier: MIT
-- Helpers' way to a client: one face for all, and calls that may fail and may wait.

local errors = require "seam.errors"
local fake = require "support.fake_client"
local fake_environment = require "support.fake_environment"
local protected = require "seam.protected"
local safe = require "seam.safe"
local seam = require "seam"

describe("protected.with_client", function()
  it("hands a function the client's safe face, and the rest as it comes", function()
    local given = fake.new { fake.api_error(404, "device_not_found") }
    local read = protected.with_client(function(client, id) return client.devices.get(id) end)
    local value, err = read(given, "d1")
    assert.is_nil(value)
    assert.equal("device_not_found", err.code)
  end)

  it("calls nothing where there is no client", function()
    local value, err = protected.with_client(function() error "called" end)({}, "d1")
    assert.is_nil(value)
    assert.equal("SeamInvalidParamsError", err.name)
  end)
end)

describe("protected.client", function()
  it("gives a client of either face one that returns nil and the error", function()
    for name, face in pairs { seam = seam, ["seam.safe"] = safe } do
      local client = fake.new({ fake.api_error(404, "device_not_found") }, { retries = 0 }, face)
      local value, err = protected.client(client).devices.get "d1"
      assert.is_nil(value)
      assert.equal("device_not_found", err.code, "from a client of " .. name)
    end
  end)

  it("leaves the client its own face", function()
    local client = fake.new({ fake.api_error(404, "device_not_found") }, { retries = 0 })
    protected.client(client)
    assert.is_false((pcall(client.devices.get, "d1")))
  end)

  it("is the same client: its clock, its connection, its end", function()
    local client, transport = fake.new { fake.ok '{"device":{"device_id":"d1"}}' }
    local face = protected.client(client)
    face.sleep(5)
    assert.equal(transport:now(), face.now())
    assert.equal(client:now(), face:now())
    assert.equal("d1", face.devices.get("d1").device_id)
    assert.equal(1, #transport.requests)
    client:close()
    local _, err = face.devices.get "d1"
    assert.equal("closed", err.code)
  end)

  it("is made once, and may be asked for its own", function()
    local client = fake.new {}
    local face = protected.client(client)
    assert.equal(face, protected.client(client))
    assert.equal(face, protected.client(face))
  end)

  it("takes the module for its default client, and says where there can be none", function()
    finally(fake_environment.restore)
    for _, module in ipairs { seam, safe } do
      module.close()
      fake_environment.set {}
      local face, err = protected.client(module)
      assert.is_nil(face)
      assert.is_true(errors.is_error(err, "SeamInvalidOptionsError"), tostring(err))
      fake_environment.set { SEAM_API_KEY = fake.KEY }
      assert.equal("number", type(protected.client(module).now()))
      module.close()
    end
  end)

  it("refuses what is no client", function()
    for _, value in ipairs { "seam_key", {}, 6, setmetatable({}, { __index = function() return print end }) } do
      local face, err = protected.client(value)
      assert.is_nil(face)
      assert.is_true(errors.is_error(err, "SeamInvalidParamsError"))
      assert.matches("A client is wanted", err.message)
    end
    assert.is_nil((protected.client(nil)))
  end)
end)

describe("protected.pcall", function()
  it("is pcall where nobody waits", function()
    assert.same({ true, 1, nil, 3 }, { protected.pcall(function() return 1, nil, 3 end) })
    local failure = {}
    local ok, err = protected.pcall(error, failure)
    assert.is_false(ok)
    assert.equal(failure, err)
  end)

  it("lets the function wait, and hands both ways what is said meanwhile", function()
    local loop = coroutine.wrap(function(start)
      return "end", protected.pcall(function(a)
        local b, c = coroutine.yield(a + 1, "first")
        local d = coroutine.yield(b + c)
        return d, "done"
      end, start)
    end)
    assert.same({ 2, "first" }, { loop(1) })
    assert.equal(30, loop(10, 20))
    assert.same({ "end", true, 7, "done" }, { loop(7) })
  end)

  it("catches what is raised after waiting, and takes functions of C", function()
    local loop = coroutine.wrap(function()
      local ok, err = protected.pcall(function()
        coroutine.yield "waiting"
        error("late", 0)
      end)
      return ok, err, protected.pcall(tostring, 6)
    end)
    assert.equal("waiting", loop())
    assert.same({ false, "late", true, "6" }, { loop() })
  end)
end)

describe("protected.pcall in a loop", function()
  it("lets a callback wake who waits inside: the protecting coroutine goes on, too", function()
    local coroutines = require "seam.loop.coroutines"
    local wakes, ended = {}, nil
    local function wait() coroutines.suspend(function(wake) wakes[#wakes + 1] = wake end) end
    coroutine.wrap(function()
      ended = { protected.pcall(function()
        wait()
        local ok, err = protected.pcall(function()
          wait()
          error("inner", 0)
        end)
        return ok, err
      end) }
      wait()
      ended.after = true
    end)()
    for i = 1, 3 do wakes[i]() end
    assert.same({ true, false, "inner", after = true }, ended)
  end)

  it("leaves a task of seam.gather a task: the others go on while it waits", function()
    local client, order = seam.new(fake.KEY), {}
    seam.gather {
      slow = function()
        protected.pcall(function() client.sleep(0.1) end)
        order[#order + 1] = "slow"
      end,
      quick = function()
        client.sleep(0.001)
        order[#order + 1] = "quick"
      end,
    }
    client:close()
    assert.same({ "quick", "slow" }, order)
  end)
end)

describe("protected.call", function()
  it("passes results on, nil and an error among them", function()
    assert.same({ "value", "extra" }, { protected.call(function(a) return a, "extra" end, "value") })
    assert.same({ nil, "why" }, { protected.call(function() return nil, "why" end) })
  end)

  it("catches our errors, after a wait too", function()
    local client = fake.new({ fake.api_error(404, "device_not_found") }, { retries = 0 })
    local loop = coroutine.wrap(function()
      return protected.call(function(id)
        coroutine.yield "waiting"
        return client.devices.get(id)
      end, "d1")
    end)
    assert.equal("waiting", loop())
    local value, err = loop()
    assert.is_nil(value)
    assert.equal("device_not_found", err.code)
  end)

  it("raises on what is none of ours", function()
    local ok, err = pcall(protected.call, function() error("a slip", 0) end)
    assert.is_false(ok)
    assert.equal("a slip", err)
  end)
end)

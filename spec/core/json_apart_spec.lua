-- SPDX-License-Identifier: MIT
-- What coroutines decode is read on a stack of its own: theirs stay small, and nothing else is different.
local core = require "seam.core"
local core_calls = require "support.core_calls"
local http_peer = require "support.http_peer"

local COROUTINES = 100
local MOST_KIB_EACH = 2.5 -- a coroutine itself has one, and grown for reading it would have five

describe("a transfer that a coroutine decodes", function()
  local peer, pool

  setup(function() peer = http_peer.start() end)
  teardown(function() peer:stop() end)
  before_each(function() pool = core.pool() end)
  after_each(function() pool:close() end)

  local function transfer_of(body)
    peer:script { { reply = { body = body } } }
    return core_calls.call(pool, { method = "GET", url = peer.url .. "/device" })
  end

  local function in_coroutine(f, ...) return coroutine.wrap(f)(...) end

  it("is what it would be elsewhere, and so is what is refused", function()
    local good, bad = transfer_of '{"a":[1,{"b":"c"},null],"d":null}', transfer_of '{"a":[1,}'
    local empty = transfer_of "null"
    local function decode(transfer) return select("#", transfer:decode()), transfer:decode() end
    for _ = 1, 3 do
      for _, transfer in ipairs { good, bad, empty } do
        assert.same({ decode(transfer) }, { in_coroutine(decode, transfer) })
      end
    end
    assert.same({ 1, { a = { 1, { b = "c" } } } }, { in_coroutine(decode, good) })
  end)

  it("leaves the coroutine as small as it was", function()
    local transfer = transfer_of '{"a":[[[]]]}'
    local kept = {}
    local function wait()
      transfer:decode()
      coroutine.yield()
    end
    in_coroutine(wait)
    collectgarbage()
    collectgarbage()
    local before = collectgarbage "count"
    for number = 1, COROUTINES do
      kept[number] = coroutine.create(wait)
      assert(coroutine.resume(kept[number]))
    end
    local each = (collectgarbage "count" - before) / COROUTINES
    assert(each < MOST_KIB_EACH, ("%.1f KiB for each coroutine"):format(each))
  end)

  it("may be decoded by a finalizer while another coroutine's is being read", function()
    local outer = transfer_of('{"list":[' .. ('{"name":[{}]},'):rep(500) .. "1]}")
    local inner = transfer_of '{"device":{"device_id":"d1"}}'
    local running, wrong, again = true, 0, nil
    local function read_inner()
      if inner:decode().device.device_id ~= "d1" then wrong = wrong + 1 end
    end
    function again()
      if not running then return end
      in_coroutine(read_inner)
      local newproxy = rawget(_G, "newproxy")
      if newproxy then getmetatable(newproxy(true)).__gc = again else setmetatable({}, { __gc = again }) end
    end
    again()
    for _ = 1, 60 do
      assert.equal(501, #in_coroutine(function() return outer:decode().list end))
    end
    running = false
    assert.equal(0, wrong)
  end)
end)

-- SPDX-License-Identifier: MIT
-- seam.gather and seam.map: results, failures, options. What waits here waits for time alone; the
-- network's part is spec/loop's.

local caught = require "support.caught"
local core = require "seam.core"
local safe = require "seam.safe"
local seam = require "seam"

local client

before_each(function() client = seam.new { api_key = "seam_test1234567890abcd" } end)
after_each(function() client:close() end)

local function later(seconds, value)
  return function()
    client:sleep(seconds)
    return value
  end
end

describe("seam.gather", function()
  it("returns what each function returned, under the same keys", function()
    local results = seam.gather { a = later(0.02, "first"), b = function() return false end, [3] = function() end }
    assert.same({ a = "first", b = false }, results)
    assert.same({}, seam.gather {})
  end)

  it("lets its functions wait at the same time", function()
    local functions, started = {}, core.now()
    for number = 1, 50 do functions[number] = later(0.1, number) end
    local results = seam.gather(functions)
    local took = core.now() - started
    assert.equal(50, #results)
    assert.is_true(took >= 0.1 and took < 0.4, ("50 waits of 0.1 s at once took %.2f s"):format(took))
  end)

  it("wakes its functions in the order of their time", function()
    local order = {}
    local function noting(seconds)
      return function()
        client:sleep(seconds)
        order[#order + 1] = seconds
      end
    end
    seam.gather { noting(0.06), noting(0.02), noting(0.04), noting(0), noting(0.02) }
    assert.same({ 0, 0.02, 0.02, 0.04, 0.06 }, order)
  end)

  it("may be called by the functions it runs, and by coroutines of the program", function()
    local started = core.now()
    local results = seam.gather {
      inner = function() return seam.gather { a = later(0.1, 1), b = later(0.1, 2) } end,
      outer = later(0.1, 3),
    }
    assert.same({ inner = { a = 1, b = 2 }, outer = 3 }, results)
    assert.is_true(core.now() - started < 0.3, "the inner waits must overlap with the outer")
    local from_coroutine = coroutine.wrap(function() return seam.gather { later(0.01, "x") } end)()
    assert.same({ "x" }, from_coroutine)
  end)

  it("raises the first failure when the others have ended, with all that is known", function()
    local ended = false
    local err = caught("SeamError", function()
      seam.gather {
        late = function()
          client:sleep(0.05)
          ended = true
          return "late"
        end,
        bad = function() error("mine", 0) end,
        worse = function()
          client:sleep(0.02)
          error({ of_my_own = true })
        end,
      }
    end)
    assert.is_true(ended)
    assert.equal("mine", err.message)
    assert.equal("mine", err.cause)
    assert.same({ late = "late" }, err.results)
    assert.equal("mine", err.errors.bad)
    assert.is_true(err.errors.worse.of_my_own)
  end)

  it("raises an error of the SDK as it is", function()
    local err = caught("SeamInvalidParamsError", function()
      seam.gather { a = function() return client.locks.get { nonsense = 1 } end, b = later(0, 7) }
    end)
    assert.equal("/locks/get", err.path)
    assert.same({ b = 7 }, err.results)
  end)

  it("takes nil and an error of the SDK for a failure, and nil alone for a result", function()
    local quiet = safe.new { api_key = "seam_test1234567890abcd" }
    local results, err = safe.gather { a = function() return quiet.locks.get { nonsense = 1 } end }
    assert.is_nil(results)
    assert.equal("SeamInvalidParamsError", err.name)
    assert.same({}, (safe.gather { function() return nil, "a reason of my own" end }))
    quiet:close()
  end)

  it("names what is no function, and options that do not exist, before anything runs", function()
    local ran = false
    local function run() ran = true end
    assert.matches("'a' is a table: write function%(%)", caught("SeamInvalidParamsError", function()
      seam.gather { a = {}, b = run }
    end).message)
    assert.matches("table of functions", caught("SeamInvalidParamsError", seam.gather, run).message)
    local function refused(options)
      return caught("SeamInvalidOptionsError", seam.gather, { run }, options).message
    end
    assert.matches("did you mean 'loop'", refused { lop = "luv" })
    assert.matches("no loop 'lua'.*did you mean 'luv'", refused { loop = "lua" })
    assert.matches("must have a function watch", refused { loop = {} })
    assert.is_false(ran)
  end)

  it("fails a function that waits for another scheduler, and ends all the same", function()
    local err = caught("SeamError", function()
      seam.gather { a = function() coroutine.yield "to whom?" end, b = later(0.01, 1) }
    end)
    assert.matches("yielded to somebody else: say whose coroutines", err.message)
    assert.same({ b = 1 }, err.results)
  end)
end)

describe("seam.map", function()
  local function list_of(count)
    local list = {}
    for number = 1, count do list[number] = number end
    return list
  end

  it("returns the results in the order of the list, so many at a time", function()
    local active, most, progress = 0, 0, {}
    local results = seam.map(list_of(40), function(item, index)
      assert.equal(item, index)
      active = active + 1
      most = math.max(most, active)
      client:sleep(0.001 * (40 - item))
      active = active - 1
      return item * 10
    end, { concurrency = 7, on_progress = function(done, total) progress[#progress + 1] = done .. "/" .. total end })
    assert.equal(7, most)
    for index = 1, 40 do assert.equal(index * 10, results[index]) end
    assert.equal(40, #progress)
    assert.equal("1/40", progress[1])
    assert.equal("40/40", progress[40])
  end)

  it("runs 16 at a time unless told otherwise, and nothing for an empty list", function()
    local active, most = 0, 0
    seam.map(list_of(50), function()
      active = active + 1
      most = math.max(most, active)
      client:sleep(0.002)
      active = active - 1
    end)
    assert.equal(16, most)
    assert.same({}, seam.map({}, error))
  end)

  it("goes on past failures, and past a hook that raises", function()
    local err = caught("SeamError", seam.map, list_of(20), function(item)
      client:sleep(0.001)
      if item % 5 == 0 then error("no " .. item, 0) end
      return item
    end, { on_progress = function() error "in a hook" end })
    assert.equal("no 5", err.message)
    assert.equal("no 20", err.errors[20])
    assert.equal(19, err.results[19])
    assert.is_nil(err.results[20])
  end)

  it("refuses what is no list, no function or no number", function()
    assert.matches("a list and a function, got a number and a function",
      caught("SeamInvalidParamsError", seam.map, 5, error).message)
    assert.matches("a list and a function, got a table and a nil",
      caught("SeamInvalidParamsError", seam.map, {}).message)
    local function refused(options)
      return caught("SeamInvalidOptionsError", seam.map, {}, error, options).message
    end
    for _, concurrency in ipairs { 0, 1.5, "4", -1 } do
      assert.matches("concurrency", refused { concurrency = concurrency })
    end
    assert.matches("on_progress", refused { on_progress = 1 })
  end)

  it("keeps nothing of what has ended", function()
    local list = list_of(1000)
    local function round()
      seam.map(list, function(item)
        if item % 100 == 0 then client:sleep(0.0001) end
        return item
      end)
      collectgarbage()
      collectgarbage()
      return collectgarbage "count"
    end
    round()
    local before, after = round(), nil
    for _ = 1, 3 do after = round() end
    assert.is_true(after - before < 32, ("%.0f KiB more after 3,000 items"):format(after - before))
  end)

  it("is a client's method too, with a dot or a colon", function()
    assert.same({ 2, 4 }, client.map({ 1, 2 }, function(item) return item * 2 end))
    assert.same({ 2, 4 }, client:map({ 1, 2 }, function(item) return item * 2 end))
    assert.same({ a = 1 }, client:gather { a = later(0, 1) })
  end)
end)

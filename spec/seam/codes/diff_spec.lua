-- SPDX-License-Identifier: MIT
-- The comparison behind a plan, without a lock.

local diff = require "seam.codes.diff"
local owner = require("seam.codes.owner").by_prefix "guest:"

local function item(id, key, more)
  local made = { id = id, name = "guest:" .. key, state = "set", created_at = "2028-08-10", going = false }
  for name, value in pairs(more or {}) do made[name] = value end
  return made
end

local function steps(items, wanted, more)
  local facts = { owner = owner, now = 0, changes_pin = true }
  for name, value in pairs(more or {}) do facts[name] = value end
  local list = {}
  for place, step in ipairs((diff.steps(items, wanted, facts))) do
    list[place] = ("%s %s %s"):format(step.action, step.key, step.item and step.item.id or "-")
  end
  return list
end

describe("Of two codes for one key", function()
  it("the one that works stays", function()
    assert.same({ "delete a 1", "nothing a 2" },
      steps({ item("1", "a", { state = "failed" }), item("2", "a", { created_at = "2028-08-11" }) }, { { key = "a" } }))
  end)

  it("else the older, else the one with the lower id: any run decides alike", function()
    assert.same({ "delete a 1", "nothing a 2" },
      steps({ item("1", "a"), item("2", "a", { created_at = "2028-08-09" }) }, { { key = "a" } }))
    assert.same({ "delete a 2", "nothing a 1" }, steps({ item("2", "a"), item("1", "a") }, { { key = "a" } }))
  end)

  it("both go where nobody wants either", function()
    assert.same({ "delete a 1", "delete a 2" }, steps({ item("2", "a"), item("1", "a") }, {}))
  end)
end)

describe("PINs", function()
  local function entry(key, first, last, code)
    return { key = key, starts_at = first * 100, ends_at = last * 100, code = code }
  end

  it("may be used again once the one before has left", function()
    assert.same({ "create a -", "create b -" }, steps({}, { entry("a", 1, 3, "1"), entry("b", 3, 5, "1") }))
    assert.same({ "create a -", "blocked b -" }, steps({}, { entry("a", 1, 3, "1"), entry("b", 2, 5, "1") }))
    assert.same({ "create a -", "blocked b -" }, steps({}, { { key = "a", code = "1" }, entry("b", 2, 5, "1") }))
  end)

  it("that are on the lock already are the server's business", function()
    local there = item("1", "b", { code = "1", starts_at = 200, ends_at = 500 })
    assert.same({ "create a -", "nothing b 1" },
      steps({ there }, { entry("a", 1, 3, "1"), entry("b", 2, 5, "1") }))
  end)

  it("that nobody asked for are left as they are", function()
    assert.same({ "nothing a 1" }, steps({ item("1", "a", { code = "123456" }) }, { { key = "a" } }))
  end)
end)

describe("A lock that takes no codes", function()
  it("keeps and loses those that it has; new ones and changes are blocked", function()
    assert.same({ "delete c 3", "blocked b 2", "blocked d -", "nothing a 1" },
      steps({ item("1", "a"), item("2", "b"), item("3", "c") },
        { { key = "a" }, { key = "b", name = "Ada" }, { key = "d" } }, { refusal = "no keypad" }))
  end)
end)

-- SPDX-License-Identifier: MIT
-- The tree of endpoints.

local caught = require "support.caught"
local namespace = require "seam.namespace"

local function tree(full_name)
  local called = {}
  local made = namespace.new(full_name, function(row, owner)
    return function(first) called[#called + 1] = { row.path, rawequal(first, owner) } end
  end)
  return made, called
end

describe("a namespace", function()
  it("has its endpoints as functions, made when they are first used", function()
    local locks, called = tree "locks"
    assert.is_nil(rawget(locks, "unlock_door"))
    locks.unlock_door()
    assert.same({ { "/locks/unlock_door", false } }, called)
    assert.equal(locks.unlock_door, rawget(locks, "unlock_door"))
  end)

  it("tells its functions which table stands before a colon", function()
    local locks, called = tree "locks"
    locks:unlock_door()
    assert.same({ { "/locks/unlock_door", true } }, called)
  end)

  it("has namespaces inside, with their own endpoints and their own colon", function()
    local codes, called = tree "access_codes"
    codes.unmanaged:list()
    codes.simulate.create_unmanaged_access_code()
    assert.same({ { "/access_codes/unmanaged/list", true },
      { "/access_codes/simulate/create_unmanaged_access_code", false } }, called)
  end)

  it("may have nothing but namespaces inside", function()
    local acs, called = tree "acs"
    acs.entrances.unlock()
    assert.same({ { "/acs/entrances/unlock", false } }, called)
  end)

  it("names the nearest endpoint or namespace for one that does not exist", function()
    local locks, codes = tree "locks", tree "access_codes"
    local err = caught("SeamInvalidParamsError", function() return locks.unlok_door end)
    assert.equal("locks has no endpoint 'unlok_door'; did you mean 'unlock_door'?", err.message)
    assert.equal("not_sent", err.outcome)
    err = caught("SeamInvalidParamsError", function() return codes.unmanaged.lst end)
    assert.equal("access_codes.unmanaged has no endpoint 'lst'; did you mean 'list'?", err.message)
    err = caught("SeamInvalidParamsError", function() return codes.unmanged end)
    assert.equal("access_codes has no endpoint 'unmanged'; did you mean 'unmanaged'?", err.message)
  end)

  it("is quiet about names that only tools look for", function()
    local locks = tree "locks"
    assert.is_nil(locks.__index)
    assert.is_nil(locks._private)
    assert.is_nil(locks[1])
  end)

  it("prints its name", function()
    assert.equal("seam namespace access_codes.unmanaged", tostring(tree "access_codes".unmanaged))
  end)
end)

describe("seam.namespace.row_of", function()
  it("is the row behind a function, and nil for anything else", function()
    local locks = tree "locks"
    assert.equal(require("seam.api.locks").unlock_door, namespace.row_of(locks.unlock_door))
    for _, value in ipairs { print, "locks.unlock_door", 5, {} } do assert.is_nil(namespace.row_of(value)) end
  end)
end)

describe("seam.namespace.roots", function()
  it("are the first parts of all namespaces, each once", function()
    local expected = {}
    for _, name in ipairs(require "seam.api.index") do expected[name:match("^[^.]+")] = true end
    assert.same(expected, namespace.roots())
  end)
end)

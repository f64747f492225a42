-- SPDX-License-Identifier: MIT
-- Proves that types/face, which is written by hand, declares what exists, and nothing else: the members of
-- both faces and of their clients, options, errors.

local client = require "seam.client"
local errors = require "seam.errors"
local luacats = require "support.luacats"
local names = require "tools.codegen.names"
local namespace = require "seam.namespace"
local options = require "seam.options"
local upvalue = require "support.upvalue"

local declared = luacats.read("types")

--- Both sides as text, so that a failure shows what is missing.
local function assert_same_names(existing, found, what)
  assert.equal(table.concat(names.sorted_keys(existing), "\n"), table.concat(names.sorted_keys(found), "\n"),
    what .. ": existing, then declared")
end

local function class(name)
  return assert(declared.classes[name], name .. " is not declared")
end

--- All fields and methods of a class, with those of its parents.
local function members(name, found)
  found = found or {}
  for field in pairs(class(name).fields) do found[field] = true end
  for method in pairs(class(name).methods) do found[method] = true end
  for _, parent in ipairs(class(name).parents) do members(parent, found) end
  return found
end

describe("The types of the faces", function()
  local function with_roots(known)
    for name in pairs(namespace.roots()) do known[name] = true end
    for name in pairs(client.METHOD_NAMES) do known[name] = true end
    return known
  end

  for face, prefix in pairs { ["seam"] = "seam.", ["seam.safe"] = "seam.safe." } do
    it("declare every member of " .. face .. " and of its clients, and no other", function()
      assert_same_names(with_roots {}, members(prefix .. "Client"), "client")
      local module, own = require("seam.face").new(face == "seam"), {}
      assert.is_not_nil(module.null) -- made when it is asked for
      for name in pairs(module) do own[name] = true end
      assert_same_names(with_roots(own), members(prefix .. "Module"), "module")
    end)
  end

  it("know all methods of a client", function()
    local existing = { close = true }
    for name in pairs(require "seam.client.methods") do existing[name] = true end
    assert_same_names(existing, client.METHOD_NAMES, "methods")
  end)

  it("declare every option", function()
    assert_same_names(upvalue(options.call, "CALL_OPTIONS"), members("seam.CallOptions"), "options of a call")
    assert_same_names(upvalue(options.client, "CLIENT_OPTIONS"), members("seam.ClientOptions"), "options of a client")
  end)

  it("declare every error, below its parent", function()
    local parent_of = upvalue(errors.new("SeamError", "").is, "PARENT")
    local existing, found = { SeamError = true }, {}
    for name, parent in pairs(parent_of) do
      existing[name] = true
      assert.same({ "seam." .. parent }, class("seam." .. name).parents, name)
    end
    for _, literal in ipairs(declared.aliases["seam.ErrorName"]) do found[literal.text:sub(2, -2)] = true end
    assert_same_names(existing, found, "errors")
    local classes = {}
    for name in pairs(declared.classes) do
      local error_name = name:match("^seam%.(Seam%a*Error)$")
      if error_name then classes[error_name] = true end
    end
    assert_same_names(existing, classes, "classes of errors")
  end)
end)

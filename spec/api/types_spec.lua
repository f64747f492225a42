-- SPDX-License-Identifier: MIT
-- Proves that types/ declares the endpoints that exist, and nothing else: namespaces, parameters, what a
-- call may be given, what it returns.

local build = require "tools.codegen.build"
local luacats = require "support.luacats"
local luacats_type = require "support.luacats_type"
local names = require "tools.codegen.names"
local params = require "seam.params"
local rows = require "seam.rows"

local BUILTIN = names.set({
  "any", "boolean", "function", "integer", "lightuserdata", "nil", "number", "string", "table", "true",
}, "builtin types")

local declared, paths = luacats.read("types")

--- Both sides as text, so that a failure shows what is missing.
local function assert_same_names(existing, found, what)
  assert.equal(table.concat(names.sorted_keys(existing), "\n"), table.concat(names.sorted_keys(found), "\n"),
    what .. ": existing, then declared")
end

local function class(name)
  return assert(declared.classes[name], name .. " is not declared: run tools/codegen/generate.lua")
end

local function each_row(f)
  for _, full_name in ipairs(require "seam.api.index") do
    for name, row in pairs(rows.of(full_name)) do f(full_name, name, row) end
  end
end

--- Every namespace that can be walked through, with the names in it.
local function existing_namespaces()
  local found = {}
  for _, full_name in ipairs(require "seam.api.index") do
    found[full_name] = found[full_name] or {}
    for name in pairs(rows.of(full_name)) do found[full_name][name] = true end
    local parent, child = full_name:match("^(.+)%.([^.]+)$")
    while parent do
      found[parent] = found[parent] or {}
      found[parent][child] = true
      parent, child = parent:match("^(.+)%.([^.]+)$")
    end
  end
  return found
end

describe("The types", function()
  it("are files that Lua can read", function()
    for _, path in ipairs(paths) do assert(loadfile(path)) end
  end)

  it("mention only what is declared, here or by a module", function()
    local known = luacats.class_names("lua/seam")
    for name in pairs(declared.used) do
      assert.is_true(BUILTIN[name] or known[name] or declared.classes[name] ~= nil or declared.aliases[name] ~= nil,
        name .. " is mentioned, and declared nowhere")
    end
  end)

  for _, prefix in ipairs { "seam.api.", "seam.safe.api." } do
    it("know every namespace below " .. prefix .. ", and no other", function()
      local existing, found = existing_namespaces(), {}
      for name in pairs(declared.classes) do
        if name:sub(1, #prefix) == prefix then found[name:sub(#prefix + 1)] = true end
      end
      assert_same_names(existing, found, "namespaces")
      for full_name, content in pairs(existing) do
        assert_same_names(content, class(prefix .. full_name).fields, prefix .. full_name)
      end
    end)
  end

  it("know all 202 endpoints", function()
    local count = 0
    each_row(function(full_name, name)
      local method = class("seam.api." .. full_name).fields[name]
      assert.equal("function", method and method.type.kind, full_name .. "." .. name)
      count = count + 1
    end)
    assert.equal(202, count)
  end)
end)

describe("The types of parameters", function()
  local function is_short(name, specs)
    local many = name:gsub("ies$", "y"):gsub("s$", "") .. "_ids"
    return specs[name .. "_id"] ~= nil or specs[many] ~= nil
  end

  --- A table of fields against the specs of a row, as deep as both go.
  local function check_fields(class_name, specs)
    local fields = class(class_name).fields
    for name, spec in pairs(specs) do
      local field = assert(fields[name], class_name .. "." .. name .. " is not declared")
      -- The short form of an id may stand in its place.
      assert.equal(not spec.required or name:match("_ids?$") ~= nil, field.optional,
        class_name .. "." .. name .. " is optional")
      while spec.type == "list" do spec = spec.item end
      if spec.fields then check_fields(class_name .. "." .. name, spec.fields) end
    end
    for name in pairs(fields) do
      assert.is_true(specs[name] ~= nil or is_short(name, specs), class_name .. "." .. name .. " does not exist")
    end
  end

  local function names_of(list)
    local found = {}
    for _, param in ipairs(list) do found[param.name] = param end
    return found
  end

  it("know every parameter and whether it is required", function()
    each_row(function(full_name, name, row)
      check_fields("seam.params." .. full_name .. "." .. name, row.params)
    end)
  end)

  it("declare no name that a call would refuse, and every short one", function()
    each_row(function(full_name, name, row)
      local fields = class("seam.params." .. full_name .. "." .. name).fields
      for field in pairs(fields) do
        local _, err = params.normalize(row, { [field] = "text" })
        assert.is_nil(err and err.message:find("is unknown", 1, true), row.path .. " refuses " .. field)
      end
      for param in pairs(row.params) do
        local many = param:match("^(.+)_ids$")
        local short = param:match("^(.+)_id$") or many and ((many .. "s"):gsub("ys$", "ies"))
        assert.is_true(short == nil or fields[short] ~= nil, row.path .. " lacks the short form of " .. param)
      end
    end)
  end)

  it("take null where the API does", function()
    local function check(class_name, shapes)
      for _, shape in ipairs(shapes) do
        local found = luacats_type.names(class(class_name).fields[shape.name].type)["seam.Null"] or false
        assert.equal(shape.nullable or false, found, class_name .. "." .. shape.name .. " takes null")
        local inner = shape
        while inner.item do inner = inner.item end
        if inner.fields then check(class_name .. "." .. shape.name, inner.fields) end
      end
    end
    for _, shape in ipairs(build.read_json("tools/codegen/model.json").endpoints) do
      check("seam.params." .. shape.path:sub(2):gsub("/", "."), shape.params)
    end
  end)

  it("are for endpoints that exist", function()
    local known = {}
    each_row(function(full_name, name) known["seam.params." .. full_name .. "." .. name] = true end)
    for name in pairs(declared.classes) do
      local inner = name
      while inner:find("^seam%.params%.") and not known[inner] do inner = inner:match("^(.+)%.[^.]+$") end
      assert.is_true(not name:find("^seam%.params%.") or known[inner] == true, name .. " is for nothing")
    end
  end)

  it("allow a bare string where a call does", function()
    each_row(function(full_name, name, row)
      local argument = class("seam.api." .. full_name).fields[name].type.arguments[1]
      local takes_string = false
      for alternative in pairs(luacats_type.names(argument.type)) do
        takes_string = takes_string or alternative:find("^seam%.id%.") ~= nil
      end
      assert.equal(params.normalize(row, "id") ~= nil, takes_string, row.path .. " takes a string")
    end)
  end)

  it("let them be left out where a call does", function()
    each_row(function(full_name, name, row)
      local argument = class("seam.api." .. full_name).fields[name].type.arguments[1]
      assert.equal(params.normalize(row, nil) ~= nil, argument.optional, row.path .. " works without parameters")
    end)
  end)

  it("are the same in both faces", function()
    each_row(function(full_name, name)
      local raising = class("seam.api." .. full_name).fields[name].type
      local safe = class("seam.safe.api." .. full_name).fields[name].type
      assert.same(names_of(raising.arguments), names_of(safe.arguments), full_name .. "." .. name)
    end)
  end)
end)

describe("The types of results", function()
  local function expected(row)
    return row.resource and "seam." .. row.resource or "true"
  end

  it("are the resource of the row, a list where it is one, and what stands beside", function()
    each_row(function(full_name, name, row)
      local returns = class("seam.api." .. full_name).fields[name].type.returns
      local value = luacats_type.names(returns[1])
      assert.is_true(value[expected(row)] or value[expected(row):gsub("^seam%.", "seam.unmanaged_")],
        row.path .. " returns " .. expected(row))
      assert.equal(row.resource ~= nil and row.response_key ~= row.resource, returns[1].kind == "list",
        row.path .. " returns a list")
      local beside = returns[2] and luacats_type.names(returns[2]) or {}
      assert.equal(row.paginated, beside["seam.pagination"], row.path .. " returns a pagination")
    end)
  end)

  it("may be nil and an error in the safe face", function()
    each_row(function(full_name, name, row)
      local returns = class("seam.safe.api." .. full_name).fields[name].type.returns
      assert.is_true(luacats_type.names(returns[1])["nil"], row.path)
      assert.is_true(luacats_type.names(returns[2])["seam.Error"], row.path)
    end)
  end)

  it("give resources the ids that they are asked for by", function()
    each_row(function(_, _, row)
      local id = (row.resource or "") .. "_id"
      if row.params[id] then assert.is_table(class("seam." .. row.resource).fields[id], row.path .. ": " .. id) end
    end)
  end)
end)

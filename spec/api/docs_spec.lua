-- SPDX-License-Identifier: MIT
-- Proves that docs/api documents what exists, and nothing else: every endpoint with its call, its
-- parameters, its result and what it does.

local files = require "support.files"
local names = require "tools.codegen.names"
local params = require "seam.params"
local rows = require "seam.rows"
local tree = require "tools.codegen.tree"

local FOLDER = "docs/api/"

--- The sections of a page by the name in their heading.
local function sections_of(full_name)
  local found, name = {}, nil
  local page = assert(files.read(FOLDER .. full_name .. ".md"), full_name .. " has no page")
  for line in page:gmatch("([^\n]*)\n") do
    local heading = line:match("^## ([%w_]+)$")
    if heading then
      assert.is_nil(found[heading], full_name .. " documents " .. heading .. " twice")
      name, found[heading] = heading, ""
    elseif name then
      found[name] = found[name] .. line .. "\n"
    end
  end
  return found
end

local function each_endpoint(f)
  for _, full_name in ipairs(require "seam.api.index") do
    local sections = sections_of(full_name)
    for name, row in pairs(rows.of(full_name)) do
      f(row, assert(sections[name], row.path .. " is not documented"), "seam." .. full_name .. "." .. name)
    end
  end
end

local function assert_says(text, words, row)
  assert.is_truthy(text:find(words, 1, true), row.path .. " does not say " .. words .. ":\n" .. text)
end

--- Every place in a tree of specs, as the tables name it.
local function places(specs, prefix, found)
  for name, spec in pairs(specs) do
    local place = prefix .. name
    found[place] = spec.required and "required" or "optional"
    while spec.type == "list" do spec, place = spec.item, place .. "[]" end
    if spec.fields then places(spec.fields, place .. ".", found) end
  end
  return found
end

describe("The pages of docs/api", function()
  it("are one per namespace, and an index", function()
    local wanted, found = { ["README.md"] = true }, tree.list("docs/api")
    for _, full_name in ipairs(require "seam.api.index") do wanted[full_name .. ".md"] = true end
    assert.same(names.sorted_keys(wanted), names.sorted_keys(found))
  end)

  it("have a section for every endpoint, and for no other", function()
    for _, full_name in ipairs(require "seam.api.index") do
      assert.same(names.sorted_keys(rows.of(full_name)), names.sorted_keys(sections_of(full_name)), full_name)
    end
  end)

  it("show a call and the request that it makes", function()
    each_endpoint(function(row, text, call)
      assert.is_truthy(text:find("```lua\n" .. call .. "[ (]"), row.path .. " shows no call:\n" .. text)
      assert_says(text, ("`%s %s`: %s"):format(row.method, row.path, row.reads and "reads" or "writes"), row)
    end)
  end)

  it("show calls that are complete", function()
    each_endpoint(function(row, text)
      local given, is_open = {}, text:find("{ ... }", 1, true) ~= nil
      for name in text:match("```lua\n(.-)\n```"):gmatch("([%w_]+) = %.%.%.") do
        local kind = row.params[name].type
        given[name] = (kind == "list" or kind == "object" or kind == "record") and {} or "text"
      end
      local checked, err = params.normalize(row, given)
      assert.equal(not is_open, checked ~= nil, row.path .. ": " .. tostring(err))
    end)
  end)

  it("list every parameter, and no other", function()
    each_endpoint(function(row, text)
      local found = {}
      for place, remarks in text:gmatch("\n| `([^`]+)` | [%w ]+ |([^\n]*)|") do
        found[place] = remarks:find("^ required") and "required" or "optional"
      end
      assert.same(places(row.params, "", {}), found, row.path)
    end)
  end)

  it("say what moves doors, waits, has pages, wants something", function()
    local words = { moves_door = "moves a door", waits = "waits for", paginated = "paginated",
      needs_any = "wants at least one parameter", without_workspace = "needs no workspace" }
    each_endpoint(function(row, text)
      local flags = text:match("`[A-Z]+ /[^`]+`: ([^\n]*)")
      for flag, said in pairs(words) do
        assert.equal(row[flag] or false, flags:find(said, 1, true) ~= nil, row.path .. ": " .. said)
      end
    end)
  end)

  it("say what a call returns", function()
    each_endpoint(function(row, text)
      local returned = text:match("Returns ([^\n]*)")
      local list, kind = returned:match("^(a list of )"), returned:match("`([%w_]+)`")
      assert.equal(row.resource or "true", (kind:gsub("^unmanaged_", "")), row.path)
      assert.equal(row.resource ~= nil and row.response_key ~= row.resource, list ~= nil, row.path .. ": a list")
      assert.equal(row.paginated or false, returned:find("`pagination`", 1, true) ~= nil, row.path .. ": pagination")
    end)
  end)
end)

describe("The index of docs/api", function()
  local index = files.read(FOLDER .. "README.md")

  it("counts 202 endpoints, and links to each", function()
    local count = 0
    each_endpoint(function(row)
      local full_name, name = names.split(row.path)
      assert_says(index, ("[%s](%s.md#%s)"):format(name, full_name, name), row)
      count = count + 1
    end)
    assert.equal(202, count)
    assert.is_truthy(index:find("# All 202 endpoints", 1, true), "the index does not say 202")
    assert.equal(202, select(2, index:gsub("%.md#", "")))
  end)
end)

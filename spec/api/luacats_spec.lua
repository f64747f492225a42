-- SPDX-License-Identifier: MIT
-- The reader of annotations that types_spec stands on: it must refuse what lua-language-server would.

local luacats = require "support.luacats"

local METHOD = "---@class a\nlocal A = {}\n---@param x number\n"

local function problem_with(lines)
  local ok, problem = pcall(luacats.read_text, "---@meta _\n" .. lines, "here", luacats.new())
  return not ok and problem or nil
end

describe("The reader of annotations", function()
  it("understands what types/ is made of", function()
    assert.is_nil(problem_with [[
--- A remark.
---@class a.b: c, d
---@field list (string|a.b)[] a remark
---@field call? fun(one: string, two?: table<string, any>, ...: any): a.b[]|nil, seam.Error|nil
---@field id string|{ id: string }

---@alias e string
---| "one"

---@class f
local F = {}

---@param one number
---@return number? seconds
---@overload fun(one: number): number?
function F:g(one) end]])
  end)

  local broken = {
    ["---@field name string"] = "a field without a class",
    ["---@class a\n---@field name"] = "this is no field",
    ["---@class a\n---@field name string|"] = "expected a type",
    ["---@class a\n---@field name (string"] = "expected )",
    ["---@class a\n---@field name table<string"] = "expected >",
    ["---@class a\n---@field name fun(one string)"] = "expected :",
    ["---@class a\n---@field name string]"] = "expected the end of the type",
    ["---@class a\n---@field name string []"] = "expected a remark",
    ["---@class a\n---@field name string\n---@field name string"] = "declared twice",
    ["---@class a\n\n---@class a"] = "declared twice",
    ["---@class a b"] = "this is no class",
    ["---@klass a"] = "unknown tag klass",
    ["---| \"one\""] = "a value without an alias",
    [METHOD .. "---@overload fun(x: number)\nfunction A:f(y) end"] = "takes y",
    [METHOD .. "---@overload fun(y: number)\nfunction A:f(x) end"] = "something else",
    ["print(1)"] = "this is no line of types",
  }
  for lines, expected in pairs(broken) do
    it("refuses " .. lines:gsub("\n", " / "), function()
      local problem = problem_with(lines)
      assert.is_truthy(problem and problem:find(expected, 1, true),
        "expected a problem with " .. expected .. ", got " .. tostring(problem))
    end)
  end

  it("refuses a file that would be run as a module", function()
    assert.has_error(function() luacats.read_text("---@class a", "here", luacats.new()) end,
      "here lacks ---@meta _: it would be run as a module")
  end)
end)

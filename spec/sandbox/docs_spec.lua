-- SPDX-License-Identifier: MIT
-- docs/sandbox.md says what can be set and what can go wrong; this keeps it complete.
local conditions = require "seam.sandbox.conditions"
local faults = require "seam.sandbox.faults"
local files = require "support.files"
local options = require "seam.sandbox.options"
local router = require "seam.sandbox.router"
local sandbox = require "seam.sandbox"

describe("docs/sandbox.md", function()
  local text = files.read("docs/sandbox.md")

  it("has a row for every option", function()
    for _, name in ipairs(options.names()) do
      assert.truthy(text:find("\n| `" .. name .. "` |", 1, true), "no row for the option " .. name)
    end
  end)

  it("has the true default of every option that is a number, a switch or a word", function()
    for name, default in pairs(options.fill()) do
      local shown = type(default) == "number" and ("%.0f"):format(default) or tostring(default)
      if name ~= "now" and name ~= "api_key" and name ~= "workspace_id" and type(default) ~= "table" then
        local cell = text:match("\n| `" .. name .. "` | ([^|]*) |") or "nothing"
        assert.are.equal(shown, (cell:gsub("`", "")), name)
      end
    end
  end)

  it("names every kind of fault", function()
    for _, kinds in ipairs({ faults.KINDS, conditions.KINDS }) do
      for kind in pairs(kinds) do assert.truthy(text:find("`" .. kind .. "`", 1, true), kind) end
    end
  end)

  it("names every endpoint by its last word", function()
    assert.is_true(#router.paths() > 50)
    for _, path in ipairs(router.paths()) do
      local word = path:match("[^/]+$")
      assert.truthy(text:find(word, 1, true), path)
    end
  end)

  it("names every method of a sandbox", function()
    for name, value in pairs(getmetatable(sandbox.new())) do
      if type(value) == "function" and name:find("^%l") and name ~= "monotonic" and name ~= "tick"
        and name ~= "transport" then
        assert.truthy(text:find(":" .. name, 1, true), "not a word about sandbox:" .. name)
      end
    end
  end)
end)

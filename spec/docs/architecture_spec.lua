-- SPDX-License-Identifier: MIT
-- docs/architecture.md, SECURITY.md and CONTRIBUTING.md speak of files that are there, and the picture is one.

local files = require "support.files"

local PAGES = { "docs/architecture.md", "SECURITY.md", "CONTRIBUTING.md" }

--- What a page names in backquotes and begins like a path of the checkout.
local function named_paths(text)
  local paths = {}
  for path in text:gmatch("`([%w_./-]+)`") do
    if path:match("^[%l_]+/") and (path:match("%.%l+$") or path:match("/$")) then paths[#paths + 1] = path end
  end
  return paths
end

local function missing_of(paths)
  local missing = {}
  for _, path in ipairs(paths) do
    if files.output_of(("ls -d '%s' 2>/dev/null"):format(path)) == "" then missing[#missing + 1] = path end
  end
  return missing
end

local function read(page)
  return assert(files.read(page), "there is no " .. page)
end

describe("The pages about the house", function()
  for _, page in ipairs(PAGES) do
    it(page .. " names files that are there", function()
      local paths = named_paths(read(page))
      assert.is_true(#paths > 5, "too few paths were found")
      assert.same({}, missing_of(paths))
    end)
  end

  it("would be found out otherwise", function()
    local paths = named_paths("see `lua/seam/nowhere.lua` and `lua/seam/call.lua`")
    assert.same({ "lua/seam/nowhere.lua" }, missing_of(paths))
  end)

  it("tell a call in ten steps, each with a file", function()
    local steps = {}
    for line in read("docs/architecture.md"):gmatch("[^\n]*") do
      local number = line:match("^(%d+)%. ")
      if number then
        assert.equal(#steps + 1, tonumber(number))
        steps[#steps + 1] = line
      elseif #steps > 0 and line:find("^   ") then
        steps[#steps] = steps[#steps] .. line
      end
    end
    assert.equal(10, #steps)
    for _, text in ipairs(steps) do
      assert.is_truthy(text:find("`lua/seam/[%w_/]+%.lua`") or text:find("`src/[%w_]+%.c`"), text)
    end
  end)

  it("show a picture that stands beside the page", function()
    local picture = read("docs/architecture.md"):match("!%[[^%]]+%]%(([%w_.]+)%)")
    local svg = read("docs/" .. picture)
    assert.is_truthy(svg:find("^<svg ") and svg:find("</svg>%s*$"))
    for _, room in ipairs{ "openresty", "sandbox", "gather", "transport/", "loop/", "protocol", "api/", "src/" } do
      assert.is_truthy(svg:find(room, 1, true), "no " .. room .. " in the picture")
    end
  end)
end)

-- SPDX-License-Identifier: MIT

local child = require("support.child")

local function succeeds(command)
  local result = os.execute(command)
  return result == true or result == 0
end

--- Builds a German locale in a folder of its own, as machines for tests seldom have one.
local function with_german_locale(f)
  local folder = os.tmpname()
  os.remove(folder)
  assert(succeeds("mkdir " .. folder))
  local built = succeeds(("localedef -i de_DE -f UTF-8 %s/de_DE.UTF-8 >/dev/null 2>&1"):format(folder))
  local done, problem = pcall(function() if built then f(folder) end end)
  assert(succeeds("rm -r " .. folder))
  if not done then error(problem, 0) end
  return built
end

local function run(folder, when)
  local pipe = io.popen(("LOCPATH=%s LUA_PATH='%s' LUA_CPATH='%s' %s spec/support/json_locale.lua de_DE.UTF-8 %s 2>&1")
    :format(folder, package.path, package.cpath, child.lua(), when))
  local output = pipe:read("*a")
  pipe:close()
  return output
end

describe("JSON under a decimal comma", function()
  it("reads and writes the same numbers, whenever the host has set its locale", function()
    local built = with_german_locale(function(folder)
      for _, when in ipairs({ "early", "late", "gone" }) do
        local output = run(folder, when)
        assert.is_truthy(output:find("good\n", 1, true), output)
        local own = (when == "gone" or rawget(_G, "jit")) and "0.5" or "0,5"
        assert.is_truthy(output:find("writes " .. own, 1, true), output)
      end
    end)
    if not built then pending("localedef has no German locale to build here") end
  end)
end)

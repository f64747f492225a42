-- SPDX-License-Identifier: MIT
-- What the core does with one libcurl alone must hold with another: the specs of single transfers, while libcurl
-- calls itself 8.2, which needs no head shown before it is filed (src/options.c).
local calls = require "support.core_calls"
local files = require "support.files"
local preload = require "support.preload"

describe("with a libcurl that calls itself 8.2", function()
  local environment = preload.libcurl("080200")
  if not environment then
    pending("skipped: the preload that tells another version was not built")
    return
  end

  for _, name in ipairs { "transfer", "isolation" } do
    it("the specs of " .. name .. " hold", function()
      local path = ("spec/core/%s_spec.lua"):format(name)
      -- The same Lua and the same modules as here. A folded line after a kept handle's last answer is what this
      -- libcurl, whatever it calls itself, may die of.
      local output = files.output_of(([[env %s LUA_PATH='%s' LUA_CPATH='%s' timeout 100 %s "$(command -v busted)" \
        --ignore-lua -o plainTerminal --filter-out=folded %s 2>&1 </dev/null]]):format(
        environment, package.path, package.cpath, calls.interpreter(), path))
      local passed, failed, errors = output:match("(%d+) success%S* / (%d+) failures? / (%d+) errors?")
      assert.is_true(passed ~= nil and tonumber(passed) > 1 and failed == "0" and errors == "0", output)
    end)
  end
end)

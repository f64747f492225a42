-- SPDX-License-Identifier: MIT
-- Newer libcurls let the core keep their handles for the next transfer: the specs of single transfers hold
-- there, too. (That handles are kept then is seen by row 31: nothing else runs the lines that keep them.)
local calls = require "support.core_calls"
local files = require "support.files"
local preload = require "support.preload"

describe("with a libcurl whose handles can be kept", function()
  local environment = preload.environment("version")
  if not environment then
    pending("skipped: the preload that tells another version was not built")
    return
  end

  -- Of the pool's, those that end many transfers, or end them early.
  local specs = {
    transfer = "--filter-out=folded", resend = "", request = "", isolation = "",
    pool = "--filter=hundreds --filter=flight",
  }
  for name, chosen in pairs(specs) do
    it("the specs of " .. name .. " hold", function()
      local path = ("spec/core/%s_spec.lua"):format(name)
      -- The same Lua and the same modules as here. A folded line after a kept handle's last answer is what older
      -- libcurls die of, and why the core keeps none of theirs.
      local output = files.output_of(([[env %s LUA_PATH='%s' LUA_CPATH='%s' timeout 100 %s "$(command -v busted)" \
        --ignore-lua -o plainTerminal %s %s 2>&1 </dev/null]]):format(
        environment, package.path, package.cpath, calls.interpreter(), chosen, path))
      local passed, failed, errors = output:match("(%d+) success%S* / (%d+) failures? / (%d+) errors?")
      assert.is_true(passed ~= nil and tonumber(passed) > 1 and failed == "0" and errors == "0", output)
    end)
  end
end)

-- SPDX-License-Identifier: MIT
-- Where the system has no epoll, libcurl looks at its sockets itself (src/events_poll.c): the specs of
-- the pool and of the loops, on a core that was built so.

local core_calls = require "support.core_calls"
local files = require "support.files"
local planted_core = require "support.planted_core"

describe("A core without epoll", function()
  local cpath

  setup(function()
    cpath = planted_core.build("without_epoll", {
      ["events_epoll.c"] = { { "#if defined(__linux__) && !defined(SEAM_EVENTS_POLL)", "#if 0" } },
      ["socket_set.c"] = { { "#if defined(__linux__)", "#if 0" } },
      ["events_poll.c"] = { { "#if !defined(__linux__) || defined(SEAM_EVENTS_POLL)", "#if 1" } },
    })
  end)

  for _, spec in ipairs { "spec/core/pool_spec.lua", "spec/core/fork_spec.lua", "spec/loop/scenarios_spec.lua" } do
    it("passes " .. spec, function()
      if not cpath then return pending("skipped: no compiler, or no build of this checkout") end
      if _VERSION ~= "Lua 5.4" then return pending("skipped: once is enough, on Lua 5.4") end
      local output = files.output_of(("LUA_CPATH='%s%s' %s -e 'assert(require(\"seam.core\").pool():getfd() == -1)' "
        .. "$(command -v busted) --ignore-lua --output=plainTerminal %s </dev/null 2>&1")
        :format(cpath, package.cpath, core_calls.interpreter(), spec))
      assert.matches("\n%d+ success", output)
      assert.is_truthy(output:find(" 0 failures / 0 errors", 1, true), output)
    end)
  end

  it("has no descriptor to watch", function()
    if not cpath then return pending("skipped: no compiler, or no build of this checkout") end
    local output = core_calls.run_apart(("package.cpath = %q .. package.cpath\n"):format(cpath) .. [[
      local core = require "seam.core"
      local pool = core.pool()
      pool:submit{ method = "GET", url = "http://127.0.0.1:9/", timeout = 2 }
      print(pool:getfd(), pool:timeout())]])
    assert.equal("-1\t0.0\n", (output:gsub("\t0\n", "\t0.0\n")))
  end)
end)

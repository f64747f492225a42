-- SPDX-License-Identifier: MIT
-- Who may know whom (CONTRIBUTING, "The house"): what stands lower never knows what stands higher.

local boundaries = require "support.boundaries"
local rooms = require "support.rooms"

local lua, c = boundaries.lua_sources(), boundaries.c_sources()

local function count(map)
  local n = 0
  for _ in pairs(map) do n = n + 1 end
  return n
end

--- What is found when one source has one line more. Of the others only headers say something about it.
local function planted(sources, check, name, line)
  assert(sources[name], "there is no " .. name .. " any more")
  local copy = {}
  for key, text in pairs(sources) do copy[key] = (key == name or key:find("%.h$")) and text or "" end
  copy[name] = line .. "\n" .. copy[name]
  return check(copy)
end

describe("The walls in lua/seam", function()
  it("stand", function()
    assert.is_true(count(lua) > 150, "too few modules were read")
    assert.same({}, boundaries.violations(lua))
  end)

  -- One forbidden step for each rule that design and CONTRIBUTING name.
  for _, case in ipairs{
    { "seam.api.locks", 'local x = require "seam.errors"', "seam.errors" },
    { "seam.protocol", 'local x = require "seam.core"', "seam.core" },
    { "seam.query", 'local x = require("seam.transport.curl")', "seam.transport.curl" },
    { "seam.params", 'local _, x = pcall(require, "socket")', "socket" },
    { "seam.resource", 'local x = require "seam.call"', "seam.call" },
    { "seam.transport.curl", 'local x = require "seam.retry"', "seam.retry" },
    { "seam.transport.nginx.pump", 'local x = require "seam.protocol"', "seam.protocol" },
    { "seam.loop.luv", 'local x = require "seam.transport.reactor"', "seam.transport.reactor" },
    { "seam.retry", 'local x = require "seam.transport.curl"', "seam.transport.curl" },
    { "seam.call", "local x = require 'seam.client'", "seam.client" },
    { "seam.client", 'local x = require "seam.sandbox"', "seam.sandbox" },
    { "seam.client", 'local x = require "seam.wait"', "seam.wait" },
    { "seam.client", 'local LATER = { x = "seam.sandbox.clock" }', "seam.sandbox.clock" },
    { "seam.client", 'local x = require "L_SeamHost"', "L_SeamHost" },
    { "seam.wait.poll", 'local x = require "seam.client"', "seam.client" },
    { "seam.wait.poll", 'local x = require "seam.protocol"', "seam.protocol" },
    { "seam.codes.diff", 'local x = require "seam.fleet.report"', "seam.fleet.report" },
    { "seam.helper_options", 'local x = require "seam.options"', "seam.options" },
    { "seam.openresty.try", 'local x = require "seam.call"', "seam.call" },
    { "seam.openresty.try", 'local x = require "support.files"', "support.files" },
    { "seam.sandbox.clock", 'local x = require "seam.client"', "seam.client" },
  } do
    local module, line, target = case[1], case[2], case[3]
    it(("keep %s from %s"):format(module, target), function()
      local found = planted(lua, boundaries.violations, module, line)
      assert.equal(1, #found, table.concat(found, "\n"))
      assert.is_truthy(found[1]:find(module .. " ", 1, true), found[1])
      assert.equal("knows " .. target, found[1]:match("knows .*$"))
    end)
  end

  for _, call in ipairs{ "os.time()", "io.open('x')", "ngx.now()" } do
    it("keep what is pure from " .. call, function()
      assert.same({ "seam.protocol asks the system: " .. call:match("^[%w.]+") },
        planted(lua, boundaries.violations, "seam.protocol", "local x = " .. call))
    end)
  end

  it("have a room for every module", function()
    local found = boundaries.violations{ ["seam.somewhere"] = "" }
    assert.same({ "seam.somewhere has no room: give it one in spec/support/rooms.lua" }, found)
  end)

  it("take no comment for knowledge", function()
    assert.same({}, planted(lua, boundaries.violations, "seam.protocol", '-- as require "seam.client" does'))
  end)

  it("have no hole that nobody needs", function()
    for from, targets in pairs(rooms.exceptions) do
      for to in pairs(targets) do
        assert.is_truthy(lua[from] and lua[from]:find(to, 1, true), from .. " does not need " .. to)
      end
    end
  end)
end)

describe("The walls in src", function()
  it("stand", function()
    assert.is_true(count(c) > 40, "too few files were read")
    assert.same({}, boundaries.c_violations(c))
  end)

  for _, case in ipairs{
    { "transfer.c", '#include "lua.h"', "transfer.c sees lua.h" },
    { "pool.c", '#include "lcore.h"', "pool.c sees lua.h" },
    { "mqtt/inbox.c", '#include <lauxlib.h>', "mqtt/inbox.c sees lua.h" },
    { "request.c", 'static const char *path = "/locks/unlock_door";', "request.c knows of unlock_door" },
  } do
    it(("keep %s from %s"):format(case[1], case[2]), function()
      assert.same({ case[3] }, planted(c, boundaries.c_violations, case[1], case[2]))
    end)
  end
end)

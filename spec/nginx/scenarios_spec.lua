-- SPDX-License-Identifier: MIT
-- The scenarios of every loop (spec/loop/scenarios_spec.lua), in a request of nginx.

local files = require "support.files"
local http_peer = require "support.http_peer"
local nginx_server = require "support.nginx_server"
local scenarios = require "support.loop_scenarios"

local missing = nginx_server.missing()

-- The engine's, in src/engine_life.c.
local MOST_CONNECTIONS = 512

local SERVER = [[
  location = /run { content_by_lua_block {
    local scenarios = require "support.loop_scenarios"
    local function new_client(_, fields)
      local options = { api_key = "seam_test_scenarios_01", endpoint = "%s" }
      for name, value in pairs(fields or {}) do options[name] = value end
      local face = options.safe and require "seam.safe" or require "seam"
      options.safe = nil
      if options.endpoint == "closed" then options.endpoint = "http://127.0.0.1:%d" end
      return face.new(options)
    end
    local scenario = scenarios[tonumber(ngx.var.arg_number)]
    local ok, err = pcall(scenario.run, setmetatable({}, { __call = new_client }))
    ngx.print(ok and "ok" or tostring(err))
  } }
]]

describe("A client that waits by nginx", function()
  if missing then return pending(missing) end

  local peer, nginx

  setup(function()
    peer = http_peer.start()
    nginx = nginx_server.start {
      connections = 2048, -- each call that waits takes one of the worker's
      http = ('init_by_lua_block { package.path = package.path .. ";%s/spec/?.lua" }'):format(files.working_folder()),
      server = SERVER:format(peer.url, http_peer.closed_port()),
    }
  end)
  teardown(function()
    nginx:stop()
    peer:stop()
  end)

  for number, scenario in ipairs(scenarios) do
    it(scenario.name, function()
      peer:script(scenario.script)
      local _, said = nginx:get("/run?number=" .. number)
      assert.equal("ok", said)
      if scenario.check then scenario.check(peer:report(), MOST_CONNECTIONS) end
    end)
  end
end)

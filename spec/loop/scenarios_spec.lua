-- SPDX-License-Identifier: MIT
-- One table of scenarios on every loop that this Lua has: the same calls behave the same.

local hosts = require "support.loop_hosts"
local http_peer = require "support.http_peer"
local scenarios = require "support.loop_scenarios"

local KEY = "seam_test_scenarios_01"

for _, host_name in ipairs(hosts.ORDER) do
  local host = hosts[host_name]

  describe("A client that waits by " .. host_name, function()
    local peer

    setup(function() peer = http_peer.start() end)
    teardown(function() peer:stop() end)

    --- Makes clients for the host's loop: of this peer, or of a port where nobody listens.
    local function client_maker()
      return setmetatable({ loop = host.loop }, { __call = function(_, fields)
        local options = { api_key = KEY, endpoint = peer.url, loop = host.loop }
        for name, value in pairs(fields or {}) do options[name] = value end
        local face = options.safe and require "seam.safe" or require "seam"
        options.safe = nil
        if options.endpoint == "closed" then options.endpoint = "http://127.0.0.1:" .. http_peer.closed_port() end
        return face.new(options)
      end })
    end

    for _, scenario in ipairs(scenarios) do
      it(scenario.name, function()
        if host.missing then return pending(host.missing) end
        peer:script(scenario.script)
        host.run(function() scenario.run(client_maker()) end)
        if scenario.check then scenario.check(peer:report(), 512) end
      end)
    end
  end)
end

-- SPDX-License-Identifier: MIT
-- Row 4 of the bar: 64 faults against six kinds of call. A typed error each, the next call succeeds,
-- nothing stays open, nothing hangs.
local core_calls = require "support.core_calls"
local fault_matrix = require "support.fault_matrix"
local http_peer = require "support.http_peer"
local preload = require "support.preload"
local tls_peer = require "support.tls_peer"

describe("row 4: the fault matrix", function()
  local peer, certificate

  setup(function()
    peer = http_peer.start()
    certificate = tls_peer.available() and tls_peer.certificate()
  end)
  teardown(function()
    peer:stop()
    if certificate then certificate:remove() end
  end)

  it("has 64 faults and six kinds of call", function()
    local count = 0
    for _, group in ipairs(fault_matrix.groups) do count = count + #fault_matrix.faults(group) end
    assert.equal(64, count)
    assert.equal(6, #fault_matrix.calls)
  end)

  local tls

  --- A TLS port of the peer; nil and the reason where there can be none.
  local function tls_port()
    if not certificate then return nil, "skipped: the openssl program is not installed" end
    if not pcall(require, "ssl") then return nil, "skipped: lua-sec is not installed" end
    if not tls then
      local port = peer:open{ kind = "tls", key = certificate.key, certificate = certificate.file }
      tls = { port = port, url = "https://127.0.0.1:" .. port, ca_file = certificate.file }
    end
    return tls
  end

  for _, group in ipairs(fault_matrix.groups) do
    for _, fault in ipairs(fault_matrix.faults(group)) do
      local name = ("survives %s: %s"):format(group, fault.name)
      if not fault.host then
        it(name, function()
          local port, reason
          if fault.port == "tls" then
            port, reason = tls_port()
            if not port then return pending(reason) end
          end
          assert.same({}, fault_matrix.complaints(fault, peer, port))
        end)
      end
    end
  end

  for index, fault in ipairs(fault_matrix.faults("name")) do
    it("survives name: " .. fault.name, function()
      local environment = preload.environment("resolver")
      if not environment then return pending("skipped: the resolver's preload was not built") end
      local output, status = core_calls.run_apart(([[
        local matrix = require "support.fault_matrix"
        local peer = require("support.http_peer").start()
        print("seen" .. table.concat(matrix.complaints(matrix.faults("name")[%d], peer), "; "))
        peer:stop()]]):format(index), environment)
      assert.equal("seen\n", output)
      assert.equal(0, status)
    end)
  end
end)

-- SPDX-License-Identifier: MIT
-- The transport of nginx where there is no nginx: how it knows its place. What it does in one is in
-- spec/nginx.

local calls = require "support.core_calls"

--- What a program prints whose global `ngx` is this text of Lua.
local function with_ngx(ngx, program)
  local output, status = calls.run_apart(("ngx = %s\nlocal nginx = require 'seam.transport.nginx'\n%s"):format(
    ngx, program))
  assert.equal(0, status, output)
  return (output:gsub("\n$", ""))
end

local function in_phase(phase, subsystem)
  return ("{ config = { subsystem = %q }, get_phase = function() return %q end }"):format(subsystem or "http", phase)
end

describe("The transport of nginx", function()
  it("is for nginx's http subsystem alone", function()
    for ngx, expected in pairs {
      [in_phase "content"] = "true", [in_phase("content", "stream")] = "false", ["nil"] = "false", ["{}"] = "false",
      ["'a program of another name'"] = "false", ["{ get_phase = print }"] = "false",
    } do
      assert.equal(expected, with_ngx(ngx, "print(tostring(nginx.is_here()))"), ngx)
    end
  end)

  it("waits where nginx lets it", function()
    for _, phase in ipairs { "server_rewrite", "rewrite", "access", "content", "timer", "ssl_cert" } do
      assert.equal("nil", with_ngx(in_phase(phase),
        "coroutine.wrap(function() print(tostring(nginx.refusal())) end)()"), phase)
    end
  end)

  it("refuses to wait elsewhere, and where it does not know", function()
    for phase, directive in pairs {
      init = "init_by_lua", log = "log_by_lua", ssl_client_hello = "ssl_client_hello_by_lua",
      ssl_session_fetch = "ssl_session_fetch_by_lua", exit_worker = "exit_worker_by_lua", new = "new_by_lua",
    } do
      local said = with_ngx(in_phase(phase), "print(nginx.refusal())")
      assert.is_truthy(said:find("nothing wait in " .. directive, 1, true), said)
    end
  end)

  it("fails a call there as one that was not sent, and can be tried elsewhere", function()
    assert.equal("cannot_wait false", with_ngx(in_phase "log", [[
      local response, failure = nginx.new{}:perform({ method = "GET", url = "http://127.0.0.1:1/x", headers = {} }, 1)
      print(failure.code .. " " .. tostring(failure.sent))
    ]]))
  end)

  it("is chosen by a client by itself, unless the client says otherwise", function()
    for options, expected in pairs { [""] = "cannot_wait", ["blocking = true"] = "connect" } do
      assert.equal(expected, with_ngx(in_phase "log", ([[
        local client = require("seam.safe").new{ api_key = "seam_x", endpoint = "http://127.0.0.1:1", retries = 0, %s }
        print(select(2, client.devices.list()).code)
      ]]):format(options)))
    end
  end)

  it("starts nothing before its first call", function()
    assert.equal("1", with_ngx(in_phase "init", [[
      local client = require("seam.safe").new{ api_key = "seam_x" }
      require("seam.transport.nginx").new{}
      client.devices.list()
      local pipe = io.popen("ls /proc/$PPID/task | wc -l")
      print((pipe:read("*a"):gsub("%s", "")))
    ]]))
  end)
end)

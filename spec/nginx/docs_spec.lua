-- SPDX-License-Identifier: MIT
-- Every nginx block of docs/openresty.md in a running nginx, against a fresh sandbox with the guide's locks.

local files = require "support.files"
local nginx_server = require "support.nginx_server"
local sandbox_server = require "support.sandbox_server"
local socket = require "socket"

local missing = nginx_server.missing()

local function blocks_of(page)
  local blocks = {}
  for text in files.read(page):gmatch("\n```nginx\n(.-)```\n") do blocks[#blocks + 1] = text end
  return blocks
end

--- The whole example in its three parts; what the server listens on is the spec's business.
local function parts_of(block)
  local main, http, server = block:match("^(.-)\nhttp {\n(.-)\n  server {\n(.-)\n  }\n}\n")
  return main, http, server:gsub("listen %d+;", "")
end

describe("docs/openresty.md", function()
  if missing then return pending(missing) end
  local blocks = blocks_of("docs/openresty.md")
  local sandbox, nginx

  setup(function()
    sandbox = sandbox_server.start()
    sandbox:run("examples/salto_guide.lua")
    local main, http, server = parts_of(blocks[1])
    for i = 2, #blocks do server = server .. "\n" .. blocks[i] end
    nginx = nginx_server.start { main = main, http = http, server = server,
      environment = ("SEAM_API_KEY=%s SEAM_ENDPOINT=%s"):format(sandbox.key, sandbox.endpoint) }
  end)
  teardown(function()
    if nginx then nginx:stop() end
    sandbox:stop()
  end)

  local EXPECTED = {
    { "/lock", "^.+\n$" }, { "/doors", "^%d+ locks of 1 accounts\n$" }, { "/visit", "^welcome\n$" },
    { "/counted", "^counted\n$" },
  }

  it("has as many examples as are looked at here", function() assert.equal(#EXPECTED, #blocks) end)

  for _, case in ipairs(EXPECTED) do
    it("runs the example at " .. case[1], function()
      local status, body = nginx:get(case[1])
      assert.equal(200, status)
      assert.is_truthy(body:find(case[2]), body)
    end)
  end

  it("shows errors in none of them", function()
    local deadline = socket.gettime() + 5
    repeat socket.sleep(0.05) until nginx:error_log():find("%d+ locks") or socket.gettime() > deadline
    local log = nginx:error_log()
    assert.is_truthy(log:find("%d+ locks"), "the timer called nobody")
    assert.is_nil(log:match("[^\n]*%[error%][^\n]*"))
  end)
end)

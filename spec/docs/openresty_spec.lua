-- SPDX-License-Identifier: MIT
-- Runs every Lua block of docs/openresty-handlers.md where its reader would: in nginx, before it forks, with
-- the dictionaries of the page's own configuration. The configuration is run as well.

local files = require "support.files"
local nginx_server = require "support.nginx_server"
local sandbox_server = require "support.sandbox_server"

local PAGE = "docs/openresty-handlers.md"

local function blocks_of(kind)
  local blocks = {}
  for text in (files.read(PAGE) or ""):gmatch("\n```" .. kind .. "\n(.-)\n```") do blocks[#blocks + 1] = text end
  return blocks
end

local function reason_to_skip()
  if not rawget(_G, "jit") then return "it is tried from LuaJIT's specs alone: nginx runs LuaJIT whoever asks it" end
  return nginx_server.missing()
end

describe(PAGE, function()
  local reason = reason_to_skip()
  if reason then
    pending("is not tried: " .. reason)
    return
  end

  local folder, nginx, sandbox

  before_each(function()
    folder = os.tmpname()
    os.remove(folder)
    os.execute("mkdir " .. folder .. " && chmod 755 " .. folder)
    sandbox = sandbox_server.start "--login"
  end)

  after_each(function()
    if nginx then nginx:stop() end
    nginx = nil
    sandbox:stop()
    os.execute("rm -r " .. folder)
  end)

  local function start(http, server)
    nginx = nginx_server.start {
      main = "env SEAM_API_KEY; env SEAM_ENDPOINT; env SEAM_WEBHOOK_SECRET;", http = http, server = server,
      environment = ("SEAM_API_KEY=%s SEAM_ENDPOINT=%s SEAM_WEBHOOK_SECRET=whsec_c2VjcmV0")
        :format(sandbox.key, sandbox.endpoint),
    }
  end

  local dictionaries = table.concat({ "lua_shared_dict seam_messages 1m;", "lua_shared_dict seam_devices 1m;",
    "lua_shared_dict seam_metrics 1m;" }, "\n")

  it("has examples", function()
    assert.is_true(#blocks_of "lua" > 3)
    assert.equal(1, #blocks_of "nginx")
  end)

  for i, block in ipairs(blocks_of "lua") do
    it("runs block " .. i, function()
      files.write(folder .. "/block.lua", block)
      start(dictionaries .. ("init_by_lua_block { dofile '%s/block.lua' }"):format(folder), "")
    end)
  end

  it("has a configuration that works", function()
    files.write(folder .. "/doors.lua", blocks_of("lua")[1])
    local http, server = blocks_of("nginx")[1]:match("http {\n(.*)  server {\n[^\n]*\n(.*)  }\n}")
    -- The server of the specs has set the path to this checkout.
    http = http:gsub('[^\n]*lua_package_path[^\n]*\n', "")
      :gsub("init_by_lua_block { ", "%0package.path = '" .. folder .. "/?.lua;' .. package.path ")
    start(http, server)
    local status, text = nginx:get "/locks"
    assert.equal(200, status)
    assert.truthy(text:find('device "BACK DOOR"', 1, true), text)
    status, text = nginx:get "/metrics"
    assert.equal(200, status)
    assert.truthy(text:find('seam_calls_total{endpoint="/locks/list"} 1', 1, true), text)
    assert.equal(405, (nginx:get "/webhook"))
    assert.equal(405, (nginx:get "/open"))
  end)
end)

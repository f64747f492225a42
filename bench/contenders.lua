-- SPDX-License-Identifier: MIT
-- Who is measured: how each is started, and how to get those that are absent.
-- `at_once` is how many calls each does at once: candidates, of which the best is taken; `fewer` divides the calls
-- of a slow one.

local files = require "files"
local ours = require "ours"

local M = {}

local function lua_probe(lua, module)
  return files.output(("%s -e 'require %q' >/dev/null 2>&1 && echo yes"):format(lua, module)) ~= nil
end

local function absent_modules(lua, modules)
  if not files.has_program(lua) then return lua .. " is not installed" end
  for module, how in pairs(modules) do
    if not lua_probe(lua, module) then return how end
  end
  return nil
end

--- A contender written in Lua: drive.lua with one of the clients.
local function in_lua(name, lua, client, modules, fields)
  local contender = {
    name = name,
    absent = absent_modules(lua, modules),
    command = function(scenario, base, count, at_once)
      return ("%s%s bench/clients/drive.lua %s %s %s %d %d"):format(
        fields.paths or "", lua, client, scenario.verb, base, count, at_once)
    end,
  }
  for key, value in pairs(fields) do contender[key] = value end
  M[#M + 1] = contender
end

-- Which is best depends on the machine's caches as much as on the contender.
local AT_ONCE = { 256, 384, 512 }

local NETWORK = { cold = true, small = true, list = true, fan = true }
local DECODE = { decode = true }

local function native(name, fields)
  local contender = {
    name = name, verbs = NETWORK, at_once = AT_ONCE,
    absent = not files.read("build/bench/" .. name:match("%S+")) and "needs liblua5.4-dev" or nil,
    command = function(scenario, base, count, at_once)
      return ("build/bench/%s %s %s %d %d%s"):format(name:match("%S+"), scenario.verb, base, count, at_once,
        fields.http1 and " http1" or "")
    end,
  }
  for key, value in pairs(fields) do contender[key] = value end
  M[#M + 1] = contender
end

local SOCKETS = {
  socket = "lua-socket (Debian), or luarocks install luasocket",
  ssl = "lua-sec (Debian), or luarocks install luasec", cjson = "lua-cjson (Debian)",
}
local LUA_CURL = {
  lcurl = "luarocks install Lua-cURL, LUA_PATH and LUA_CPATH naming its place (Debian's lua-curl is another one)",
  cjson = "lua-cjson (Debian)",
}

native("c-limit", {})
native("c-limit HTTP/1.1", {
  verbs = { small = true, fan = true }, schemes = { https = true }, at_once = { 256 }, http1 = true,
})
native("c-bound", { verbs = { cold = true, small = true, list = true, fan = true, decode = true } })

for _, lua in ipairs { "lua5.4", "luajit" } do
  local paths = ours(lua)
  in_lua("seam, " .. lua, lua, "seam", {}, { verbs = NETWORK, at_once = AT_ONCE, paths = paths })
  in_lua("seam.core, " .. lua, lua, "seam.core", {}, { verbs = DECODE, paths = paths })
end

in_lua("seam precompiled, lua5.4", "lua5.4", "seam", {}, {
  verbs = { cold = true }, paths = ours("lua5.4", "build/bench/compiled"),
})
if not files.read "build/bench/compiled/seam/init.lua" then M[#M].absent = "needs luac5.4 (Debian: lua5.4)" end

for _, lua in ipairs { "lua5.4", "luajit" } do
  in_lua("Lua-cURL, " .. lua, lua, "lua_curl", LUA_CURL, { verbs = NETWORK, at_once = AT_ONCE })
end
in_lua("Debian's lua-curl, luajit", "luajit", "debian_curl", {
  curl = "lua-curl (Debian)", cjson = "lua-cjson (Debian)",
}, { verbs = { cold = true, small = true, list = true } })
in_lua("LuaSocket and LuaSec, lua5.4", "lua5.4", "luasocket", SOCKETS, {
  -- One call at a time, and over TLS a handshake and a delayed ACK for each.
  verbs = NETWORK, at_once = { 1 },
  fewer = { ["small-https"] = 50, ["fan-http"] = 40, ["fan-https"] = 100 },
})
in_lua("lua-http, luajit", "luajit", "lua_http", {
  ["http.client"] = "lua-http (Debian)", cjson = "lua-cjson (Debian)",
}, { verbs = NETWORK, at_once = AT_ONCE })
for _, lua in ipairs { "lua5.4", "luajit" } do
  in_lua("lua-cjson, " .. lua, lua, "cjson", { cjson = "lua-cjson (Debian)" }, { verbs = DECODE })
end
in_lua("dkjson, lua5.4", "lua5.4", "dkjson", { dkjson = "lua-dkjson (Debian)" }, {
  verbs = DECODE, fewer = { decode = 5 },
})

local function has_node_sdk()
  return files.has_program("node") and files.read("bench/clients/node_modules/seam/package.json") ~= nil
end

M[#M + 1] = {
  name = "Seam's JavaScript SDK",
  absent = not has_node_sdk() and "npm ci --prefix bench/clients (and node 20 or later)" or nil,
  verbs = { cold = true, small = true, list = true, fan = true, decode = true },
  at_once = { 128 },
  command = function(scenario, base, count, at_once)
    return ("node bench/clients/seam.mjs %s %s %d %d"):format(scenario.verb, base, count, at_once)
  end,
}

--- The contenders of a scenario.
---@param scenario table
---@return table[]
function M.of(scenario)
  local list = {}
  for _, contender in ipairs(M) do
    if contender.verbs[scenario.verb] and (not contender.schemes or contender.schemes[scenario.scheme]) then
      list[#list + 1] = contender
    end
  end
  return list
end

return M

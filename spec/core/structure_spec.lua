-- SPDX-License-Identifier: MIT
-- The shape of the built module: who calls Lua, what is exported, how it is linked. The version: spec/structure.

local function read(command)
  local pipe = assert(io.popen(command .. " 2>/dev/null"))
  local text = pipe:read("*a")
  pipe:close()
  return text
end

--- Where the module that this interpreter loads lies.
local function module_path()
  for template in package.cpath:gmatch("[^;]+") do
    local path = template:gsub("%?", "seam/core")
    local file = io.open(path, "rb")
    if file then
      file:close()
      return path
    end
  end
  error("seam/core.so is not on package.cpath")
end

local module = module_path()
local build = module:match("^(.*)/lua/[%d.]+/seam/core%.so$") or "build"

--- Names of the sources compiled without Lua's headers.
local function plain_objects()
  local out = {}
  for path in read("find " .. build .. "/CMakeFiles/seam-plain.dir -name '*.o'"):gmatch("[^\n]+") do
    out[path:match("([^/]+)%.c%.o$")] = path
  end
  return out
end

describe("the built module", function()
  it("exports one symbol", function()
    local exported = {}
    for name in read("nm -D --defined-only " .. module):gmatch("%x+ %a ([^\n]+)") do
      exported[#exported + 1] = name
    end
    assert.same({ "luaopen_seam_core" }, exported)
  end)

  it("is never unmapped, and resolved and sealed at load", function()
    local dynamic = read("readelf -dW " .. module)
    assert.is_truthy(dynamic:find("NODELETE", 1, true), "not linked with -z nodelete")
    assert.is_truthy(dynamic:find("BIND_NOW", 1, true) or dynamic:find("NOW", 1, true), "lazy binding")
    assert.is_truthy(read("readelf -lW " .. module):find("GNU_RELRO", 1, true), "no RELRO")
  end)

  it("leaves Lua to the host and needs only curl, crypto and the C library", function()
    for name in read("readelf -dW " .. module):gmatch("%(NEEDED%)[^%[]*%[([^%]]+)%]") do
      assert.is_truthy(name:find("^libcurl") or name:find("^libcrypto") or name:find("^libssl") or
        name:find("^libc%.") or name:find("^libm%.") or name:find("^libpthread") or
        name:find("san%.so"), "linked to " .. name)
    end
  end)

  it("has Lua in the faces alone", function()
    local objects = plain_objects()
    for _, name in ipairs{ "transfer", "pool", "buffer", "headers", "clock", "digest", "options", "request" } do
      assert.is_truthy(objects[name], "no object file of " .. name .. ".c under " .. build)
    end
    for name, path in pairs(objects) do
      local lua = read("nm -u " .. path):match("%f[%w]luaL?_%w+")
      assert.is_nil(lua, name .. ".c calls " .. tostring(lua))
    end
  end)

  it("would be found out if it called Lua from below", function()
    local faces = read("nm -u " .. build .. "/CMakeFiles/seam-core-*.dir/src/lpool.c.o")
    assert.is_truthy(faces:match("%f[%w]luaL?_%w+"), "nm shows nothing: the test above proves nothing")
  end)
end)

-- SPDX-License-Identifier: MIT
--- Builds a core that is wrong on purpose, from a patched copy of src/, to see that a spec would
--- notice. It goes into the build folder of this checkout and is used by a process of its own.
local child = require "support.child"
local files = require "support.files"

local M = {}

--- The patches that take both guards against libcurl's own resending away.
M.RESENDS = {
  ["transfer.c"] = {
    { "if (!again) return CURL_PREREQFUNC_OK;",
      "if (again || !again) return CURL_PREREQFUNC_OK;" },
    { "  (void)offset;\n  (void)origin;\n  refuse(self, SEAM_CLOSED, once);\n  return CURL_SEEKFUNC_FAIL;",
      "  (void)origin;\n  ((seam_transfer *)self)->body_sent = (size_t)offset;\n  return CURL_SEEKFUNC_OK;" },
  },
}

local function run(command)
  local status = os.execute(command)
  return status == true or status == 0
end

--- "5.1" for LuaJIT: the API, not the interpreter.
local function api()
  return _VERSION:match("%d%.%d")
end

--- The folder with Lua's headers, as CMake found it; nil when it built nothing for this Lua here.
local function lua_headers(build)
  local flags = files.read(("%s/CMakeFiles/seam-core-%s.dir/flags.make"):format(build, api()))
  return flags and flags:match("%-isystem (%S*lua%S*)")
end

--- Where the module that this interpreter loads was built: ".../build"; nil for an installed one.
function M.build_folder()
  for template in package.cpath:gmatch("[^;]+") do
    local build = template:match("^(.*)/lua/[%d.]+/%?%.so$")
    if build and files.read(template:gsub("%?", "seam/core")) then return build end
  end
  return nil
end

--- Patches and compiles.
---@param name string of the plant
---@param patches table source name -> list of { from, to }
---@return string|nil cpath to put before package.cpath; nil when nothing can be compiled here
function M.build(name, patches)
  local build = M.build_folder()
  local headers = build and lua_headers(build)
  if not headers or not run("command -v cc >/dev/null 2>&1") then return nil end
  local source = files.read(build .. "/CMakeCache.txt"):match("CMAKE_HOME_DIRECTORY:INTERNAL=([^\n]+)") .. "/src"
  -- Lua 5.1 and LuaJIT may plant the same at once.
  local folder = ("%s/planted/%s/%s"):format(build, child.lua(), name)
  assert(run(("rm -rf '%s' && mkdir -p '%s/seam' && cp -r '%s' '%s/src'"):format(folder, folder, source, folder)))
  for file, changes in pairs(patches) do
    local path = folder .. "/src/" .. file
    local text = assert(files.read(path))
    for _, change in ipairs(changes) do text = files.replace_once(text, change[1], change[2]) end
    files.write(path, text)
  end
  local command = ("cc -std=c99 -O1 -w -fPIC -shared -D_GNU_SOURCE '-DSEAM_VERSION=\"0\"' -I'%s' " ..
    "'%s'/src/*.c -o '%s/seam/core.so' -Wl,-z,nodelete -lcurl -lcrypto -lpthread -lm 2>'%s/errors.txt'")
    :format(headers, folder, folder, folder)
  assert(run(command), "the planted core does not compile: " .. (files.read(folder .. "/errors.txt") or ""))
  return folder .. "/?.so;"
end

return M

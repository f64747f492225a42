-- SPDX-License-Identifier: MIT
-- What compilers and analyzers say about the C core, and what they built into it. Who knows Lua, and
-- what is exported and how it is linked, stands in spec/core/structure_spec.lua.
local c_program = require "support.c_program"

local API = rawget(_G, "jit") and "5.1" or _VERSION:match("%d%.%d")
local WARNINGS = "-Wall -Wextra -pedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes"

local function path_of_header()
  for _, name in ipairs{ "lua" .. API, "lua-" .. API, API == "5.1" and "luajit-2.1" or nil } do
    local folder = "/usr/include/" .. name
    local file = io.open(folder .. "/lua.h")
    if file then
      file:close()
      return "-isystem " .. folder
    end
  end
  return ""
end

local OPTIONS = "-std=c99 -D_GNU_SOURCE -DSEAM_VERSION='\"0\"' -Isrc " .. path_of_header()

--- The sources; those of the MQTT bridge only where the header they need is.
local function sources()
  local header = io.open("/usr/include/mosquitto.h")
  if not header then return "src/*.c" end
  header:close()
  return "src/*.c src/mqtt/*.c"
end

local function is_installed(name)
  return select(2, c_program.run("command -v " .. name)) == 0
end

--- What a compiler says about files, one by one.
local function compile(compiler, options, files)
  return (c_program.run(("printf '%%s\\n' %s | xargs -P 2 -n 1 %s %s %s"):format(
    files, compiler, OPTIONS, options)))
end

--- A source with one mistake, for the proof that a check sees such mistakes.
local function with_mistake(text, check)
  local path = os.tmpname()
  local file = assert(io.open(path .. ".c", "w"))
  file:write(text)
  file:close()
  local output = check(path .. ".c")
  os.remove(path)
  os.remove(path .. ".c")
  return output
end

local function tidy(files)
  local output = c_program.run(("printf '%%s\\n' %s | xargs -P 2 -I{} clang-tidy --quiet " ..
    "--checks='-*,clang-analyzer-*,cert-*' {} -- %s"):format(files, OPTIONS))
  local found = {}
  for line in output:gmatch("[^\n]+") do
    if line:find(": warning: ") or line:find(": error: ") then found[#found + 1] = line end
  end
  return table.concat(found, "\n")
end

local NARROWING = "int f(long x);\nint f(long x) { return x; }\n"
local LEAK = "#include <stdlib.h>\nint f(void);\nint f(void) { char *p = malloc(9); return p != NULL && p[0]; }\n"

describe("row 30: the structure of the core", function()
  -- gcc finds some of it only while it optimises.
  for compiler, depth in pairs{ gcc = "-O2 -S -o /dev/null ", clang = "-fsyntax-only " } do
    it("draws no warning from " .. compiler, function()
      if not is_installed(compiler) then return pending(compiler .. " is not installed") end
      assert.equal("", compile(compiler, depth .. WARNINGS, sources()))
      assert.is_truthy(with_mistake(NARROWING, function(path)
        return compile(compiler, depth .. WARNINGS, path)
      end):find(compiler == "gcc" and "%-Wconversion" or "%-Wshorten"))
    end)
  end

  it("carries a guard for the stack and checked string functions", function()
    if not is_installed("readelf") then return pending("readelf is not installed (binutils)") end
    local symbols = c_program.run(("readelf -W --dyn-syms build/lua/%s/seam/core.so"):format(API))
    assert.is_truthy(symbols:find("__stack_chk_fail", 1, true), "no stack protector")
    assert.is_truthy(symbols:find("__%a+_chk@"), "no fortified function")
  end)

  it("has its sections of data sealed and no stack that can be executed", function()
    local segments = c_program.run(("readelf -lW build/lua/%s/seam/core.so"):format(API))
    assert.is_truthy(segments:find("GNU_RELRO", 1, true))
    assert.is_truthy(segments:find("GNU_STACK[^\n]+RW "), "the stack may be executed")
    local dynamic = c_program.run(("readelf -dW build/lua/%s/seam/core.so"):format(API))
    assert.is_truthy(dynamic:find("BIND_NOW", 1, true) or dynamic:find("Flags: NOW", 1, true))
    assert.is_truthy(dynamic:find("NODELETE", 1, true))
    assert.is_falsy(dynamic:find("TEXTREL", 1, true))
  end)

  if API == "5.4" then -- the analyzers read the same sources whatever Lua runs this
    it("draws nothing from gcc's analyzer", function()
      if not is_installed("gcc") then return pending("gcc is not installed") end
      assert.equal("", compile("gcc", "-O1 -fanalyzer -S -o /dev/null", sources()))
      assert.is_truthy(with_mistake(LEAK, function(path)
        return compile("gcc", "-O1 -fanalyzer -S -o /dev/null", path)
      end):find("%-Wanalyzer"))
    end)

    it("draws nothing from clang-tidy's analyzer and cert checks", function()
      if not is_installed("clang-tidy") then return pending("clang-tidy is not installed") end
      assert.equal("", tidy(sources()))
      assert.is_truthy(with_mistake(LEAK, tidy):find("clang-analyzer", 1, true))
    end)
  end
end)

rockspec_format = "3.0"
package = "seam"
version = "scm-1"

-- Built from a checkout, offline: luarocks --lua-version=5.4 make --deps-mode=none
source = { url = "." }

description = {
  summary = "Control smart locks through the Seam API",
  detailed = "List, lock and unlock doors, manage access codes, receive events; with a local sandbox to try it in.",
  license = "MIT",
}

dependencies = { "lua >= 5.1", "lua-cjson >= 2.1.0" }

build = {
  type = "cmake",
  variables = {
    CMAKE_BUILD_TYPE = "Release",
    CMAKE_C_FLAGS = "$(CFLAGS)",
    LUA_INCDIR = "$(LUA_INCDIR)",
    LIBDIR = "$(LIBDIR)",
    LUADIR = "$(LUADIR)",
    BINDIR = "$(BINDIR)",
  },
  copy_directories = { "docs", "examples", "hosts" },
}

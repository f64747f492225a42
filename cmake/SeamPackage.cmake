# SPDX-License-Identifier: MIT
# cpack -G DEB: one package, lua-seam, for every Lua that was built for. tools/package calls it, and says
# in SEAM_LIBRARIES which packages the core is linked to: CPack would look into each of the Lua files for that.
if(LUA_INCDIR)
  return()
endif()

set(CPACK_PACKAGE_NAME "lua-seam")
set(CPACK_PACKAGE_VENDOR "the seam developers")
set(CPACK_PACKAGE_CONTACT "the seam developers <seam@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Control smart locks through the Seam API, from Lua")
set(CPACK_PACKAGE_DESCRIPTION "List, lock and unlock doors, manage access codes, receive events: for Lua
 programs, nginx and home automation; with a local sandbox to try it in.")

set(SEAM_LIBRARIES "libcurl4, libssl3" CACHE STRING "Debian packages that the core is linked to")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION "interpreters")
set(CPACK_DEBIAN_PACKAGE_DEPENDS "${SEAM_LIBRARIES}, lua-cjson, ca-certificates")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "lua5.4 | lua5.3 | lua5.1 | luajit, lua-socket")
# Whoever uses a loop, nginx or the MQTT bridge has these; nobody else needs them.
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "lua-luv, lua-cqueues, lua-copas, libnginx-mod-http-lua, libmosquitto1")
include(CPack)

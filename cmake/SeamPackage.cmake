# SPDX-License-Identifier: MIT
# cpack -G DEB: the package lua-seam, for every Lua that was built for; tools/package calls it. The C
# module of the MQTT bridge is a package of its own: nobody else needs libmosquitto.
if(LUA_INCDIR)
  return()
endif()

set(CPACK_PACKAGE_NAME "lua-seam")
set(CPACK_PACKAGE_VENDOR "seam")
set(CPACK_PACKAGE_CONTACT "the authors of seam <seam@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Control smart locks through the Seam API, from Lua")
set(CPACK_PACKAGE_DESCRIPTION "List, lock and unlock doors, manage access codes, receive events: for Lua
 programs, nginx and home automation; with a local sandbox to try it in.")
set(CPACK_STRIP_FILES ON)

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_UNSPECIFIED_PACKAGE_NAME "lua-seam")
set(CPACK_DEBIAN_PACKAGE_SECTION "interpreters")
# What the modules are linked to is looked up in them; what Lua requires is not to be seen there.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_UNSPECIFIED_PACKAGE_DEPENDS "lua-cjson, ca-certificates")
set(CPACK_DEBIAN_UNSPECIFIED_PACKAGE_RECOMMENDS "lua5.4 | lua5.3 | lua5.1 | luajit, lua-socket")
set(CPACK_DEBIAN_UNSPECIFIED_PACKAGE_SUGGESTS "lua-luv, lua-cqueues, lua-copas, libnginx-mod-http-lua")
set(CPACK_DEBIAN_MQTT_PACKAGE_DEPENDS "lua-seam (= ${PROJECT_VERSION})")
include(CPack)

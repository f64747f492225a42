# SPDX-License-Identifier: MIT
# cmake --install: the core and the Lua tree where each Lua looks for them, the programs and what there
# is to read beside them. cpack -G DEB (tools/package): the same as a Debian package.

function(seam_install_for api c_folder lua_folder)
  install(TARGETS seam-core-${api} LIBRARY DESTINATION "${c_folder}/seam")
  if(TARGET seam-mqtt-${api})
    install(TARGETS seam-mqtt-${api} LIBRARY DESTINATION "${c_folder}/seam")
  endif()
  install(DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}/lua/seam" DESTINATION "${lua_folder}"
    FILES_MATCHING PATTERN "*.lua")
endfunction()

if(LUA_INCDIR)
  if(NOT LIBDIR OR NOT LUADIR)
    message(FATAL_ERROR "LUA_INCDIR goes together with LIBDIR and LUADIR, the folders to install to.")
  endif()
  seam_install_for(${SEAM_LUA_APIS} "${LIBDIR}" "${LUADIR}")
else()
  # Lua as it comes looks in lib/lua; a distribution's own folder of libraries counts below /usr alone.
  set(c_modules "lib")
  if(CMAKE_INSTALL_PREFIX STREQUAL "/usr")
    set(c_modules "${CMAKE_INSTALL_LIBDIR}")
  endif()
  foreach(api IN LISTS SEAM_LUA_APIS)
    seam_install_for(${api} "${c_modules}/lua/${api}" "share/lua/${api}")
  endforeach()
endif()

file(GLOB programs CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/bin/*")
if(programs)
  if(NOT BINDIR)
    set(BINDIR "${CMAKE_INSTALL_BINDIR}")
  endif()
  install(PROGRAMS ${programs} DESTINATION "${BINDIR}")
endif()

# As in the checkout, so that the pages' links hold. LuaRocks copies these folders itself.
if(NOT LUA_INCDIR)
  install(FILES README.md CHANGELOG.md SECURITY.md DESTINATION "${SEAM_DOCS}")
  install(FILES LICENSE DESTINATION "${SEAM_DOCS}" RENAME copyright)
  install(DIRECTORY docs examples hosts DESTINATION "${SEAM_DOCS}" USE_SOURCE_PERMISSIONS)
endif()

# SPDX-License-Identifier: MIT
# cmake --install: the core and the Lua tree where each Lua looks for them, the programs beside.

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
  foreach(api IN LISTS SEAM_LUA_APIS)
    seam_install_for(${api} "lib/lua/${api}" "share/lua/${api}")
  endforeach()
endif()

file(GLOB programs CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/bin/*")
if(programs)
  if(NOT BINDIR)
    set(BINDIR "${CMAKE_INSTALL_BINDIR}")
  endif()
  install(PROGRAMS ${programs} DESTINATION "${BINDIR}")
endif()

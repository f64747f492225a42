# SPDX-License-Identifier: MIT
# cmake --install: the core and the Lua tree where each Lua looks for them, the programs and what there
# is to read beside them. cpack -G DEB (tools/package): the same as a Debian package.

option(SEAM_PRECOMPILE "Install for Lua 5.3 and 5.4 what luac makes of the modules: a process starts some \
ten percent faster, and nobody can read them" OFF)

# PUC 5.1 and LuaJIT look in the same folder and do not read each other's: theirs stay as they are.
function(seam_precompile api result)
  string(REPLACE "." "" digits "${api}")
  find_program(SEAM_LUAC_${api} NAMES "luac${api}" "luac-${api}" "luac${digits}")
  if(NOT SEAM_LUAC_${api})
    seam_missing("luac of Lua ${api}, for SEAM_PRECOMPILE" "lua${api}")
  endif()
  set(sources "${CMAKE_CURRENT_SOURCE_DIR}/lua")
  set(compiled "${CMAKE_CURRENT_BINARY_DIR}/compiled/${api}")
  file(GLOB_RECURSE modules CONFIGURE_DEPENDS "${sources}/seam/*.lua")
  add_custom_command(OUTPUT "${compiled}/seam/init.lua"
    COMMAND "${CMAKE_COMMAND}" "-DLUAC=${SEAM_LUAC_${api}}" "-DSOURCES=${sources}" "-DCOMPILED=${compiled}"
      -P "${CMAKE_CURRENT_SOURCE_DIR}/cmake/Precompile.cmake"
    DEPENDS ${modules} COMMENT "Compiling the modules for Lua ${api}" VERBATIM)
  add_custom_target(seam-compiled-${api} ALL DEPENDS "${compiled}/seam/init.lua")
  set(${result} "${compiled}" PARENT_SCOPE)
endfunction()

function(seam_install_for api c_folder lua_folder)
  set(modules "${CMAKE_CURRENT_SOURCE_DIR}/lua")
  if(SEAM_PRECOMPILE AND NOT api STREQUAL "5.1")
    seam_precompile(${api} modules)
  endif()
  install(TARGETS seam-core-${api} LIBRARY DESTINATION "${c_folder}/seam")
  if(TARGET seam-mqtt-${api})
    install(TARGETS seam-mqtt-${api} LIBRARY DESTINATION "${c_folder}/seam")
  endif()
  install(DIRECTORY "${modules}/seam" DESTINATION "${lua_folder}"
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

# SPDX-License-Identifier: MIT
# What specs put before the C library (LD_PRELOAD), one library per spec/c/*_preload.c, in
# preload/ of the build folder. Never installed.
if(NOT LUA_INCDIR AND CMAKE_SYSTEM_NAME STREQUAL "Linux")
  file(GLOB preload_sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/spec/c/*_preload.c")
  foreach(source IN LISTS preload_sources)
    get_filename_component(target "${source}" NAME_WE)
    add_library(${target} MODULE "${source}")
    target_link_libraries(${target} PRIVATE seam-options Threads::Threads ${CMAKE_DL_LIBS})
    set_target_properties(${target} PROPERTIES PREFIX "" SUFFIX ".so" C_VISIBILITY_PRESET hidden
      C_EXTENSIONS OFF LIBRARY_OUTPUT_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}/preload")
  endforeach()
endif()

# SPDX-License-Identifier: MIT
# cmake -DLUAC= -DSOURCES= -DCOMPILED= -P Precompile.cmake: every module below SOURCES, compiled, below COMPILED.
# Names in error messages are what they are from SOURCES: seam/client.lua.

file(GLOB_RECURSE modules RELATIVE "${SOURCES}" "${SOURCES}/seam/*.lua")
file(REMOVE_RECURSE "${COMPILED}")
foreach(module IN LISTS modules)
  get_filename_component(folder "${COMPILED}/${module}" DIRECTORY)
  file(MAKE_DIRECTORY "${folder}")
  execute_process(COMMAND "${LUAC}" -o "${COMPILED}/${module}" "${module}"
    WORKING_DIRECTORY "${SOURCES}" RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "${LUAC} does not compile ${module}")
  endif()
endforeach()

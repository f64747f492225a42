# SPDX-License-Identifier: MIT
# The core. What knows no Lua is compiled once, the l*.c faces once per Lua API.

# The names decide: only l*.c and core.c are given Lua's headers.
file(GLOB face_sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/src/l*.c")
list(APPEND face_sources "${CMAKE_CURRENT_SOURCE_DIR}/src/core.c")
file(GLOB plain_sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/src/*.c")
list(REMOVE_ITEM plain_sources ${face_sources})

include(CheckCCompilerFlag)

add_library(seam-options INTERFACE)
target_compile_features(seam-options INTERFACE c_std_99)
target_compile_definitions(seam-options INTERFACE _GNU_SOURCE SEAM_VERSION="${PROJECT_VERSION}")
target_compile_options(seam-options INTERFACE -Wall -Wextra -pedantic -Wshadow -Wconversion
  -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings)
check_c_compiler_flag(-fstack-protector-strong SEAM_HAS_STACK_PROTECTOR)
if(SEAM_HAS_STACK_PROTECTOR)
  target_compile_options(seam-options INTERFACE -fstack-protector-strong)
endif()
# Fortify needs an optimiser, and sanitizers bring their own.
if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug" AND NOT CMAKE_C_FLAGS MATCHES "-fsanitize|FORTIFY")
  target_compile_options(seam-options INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif()

add_library(seam-plain OBJECT ${plain_sources})
target_include_directories(seam-plain PUBLIC "${CMAKE_CURRENT_SOURCE_DIR}/src")
target_link_libraries(seam-plain PUBLIC seam-options CURL::libcurl OpenSSL::Crypto Threads::Threads)
set_target_properties(seam-plain PROPERTIES POSITION_INDEPENDENT_CODE ON C_VISIBILITY_PRESET hidden
  C_EXTENSIONS OFF)

# Unmapping the module would pull libcurl from under a resolver thread that still runs: nodelete.
function(seam_link_hardened target)
  if(APPLE)
    target_link_options(${target} PRIVATE -undefined dynamic_lookup)
  else()
    target_link_options(${target} PRIVATE -Wl,-z,nodelete -Wl,-z,relro -Wl,-z,now)
  endif()
endfunction()

function(seam_add_core api)
  set(target seam-core-${api})
  add_library(${target} MODULE ${face_sources} $<TARGET_OBJECTS:seam-plain>)
  target_include_directories(${target} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}/src")
  # Lua's headers are not ours to warn about.
  target_include_directories(${target} SYSTEM PRIVATE "${SEAM_LUA_INCLUDE_${api}}")
  target_link_libraries(${target} PRIVATE seam-options CURL::libcurl OpenSSL::Crypto
    Threads::Threads m)
  set_target_properties(${target} PROPERTIES
    PREFIX "" SUFFIX ".so" OUTPUT_NAME core C_VISIBILITY_PRESET hidden C_EXTENSIONS OFF
    LIBRARY_OUTPUT_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}/lua/${api}/seam")
  seam_link_hardened(${target})
endfunction()

foreach(api IN LISTS SEAM_LUA_APIS)
  seam_add_core(${api})
endforeach()
string(REPLACE ";" ", " apis "${SEAM_LUA_APIS}")
message(STATUS "seam ${PROJECT_VERSION}: core for Lua ${apis}; libcurl ${CURL_VERSION_STRING}, "
  "OpenSSL ${OPENSSL_VERSION}")

# What specs need of the operating system and Lua lacks; built beside the core, never installed.
if(NOT LUA_INCDIR)
  foreach(api IN LISTS SEAM_LUA_APIS)
    set(target seam-process-${api})
    add_library(${target} MODULE "${CMAKE_CURRENT_SOURCE_DIR}/spec/support/process.c"
      "${CMAKE_CURRENT_SOURCE_DIR}/src/sigpipe.c")
    target_include_directories(${target} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}/src")
    target_include_directories(${target} SYSTEM PRIVATE "${SEAM_LUA_INCLUDE_${api}}")
    target_link_libraries(${target} PRIVATE seam-options Threads::Threads)
    set_target_properties(${target} PROPERTIES
      PREFIX "" SUFFIX ".so" OUTPUT_NAME seam_process C_VISIBILITY_PRESET hidden C_EXTENSIONS OFF
      LIBRARY_OUTPUT_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}/lua/${api}")
    if(APPLE)
      target_link_options(${target} PRIVATE -undefined dynamic_lookup)
    endif()
  endforeach()
endif()

# SPDX-License-Identifier: MIT
# seam/mqtt.so, for the MQTT bridge: only where libmosquitto and its headers are.

option(SEAM_MQTT "Build seam/mqtt.so where libmosquitto is" ON)
if(NOT SEAM_MQTT)
  return()
endif()

find_path(SEAM_MOSQUITTO_INCLUDE NAMES mosquitto.h)
find_library(SEAM_MOSQUITTO_LIBRARY NAMES mosquitto)
mark_as_advanced(SEAM_MOSQUITTO_INCLUDE SEAM_MOSQUITTO_LIBRARY)
if(NOT SEAM_MOSQUITTO_INCLUDE OR NOT SEAM_MOSQUITTO_LIBRARY)
  message(STATUS "no libmosquitto (libmosquitto-dev): the MQTT bridge's C module is not built")
  return()
endif()

add_library(seam-mqtt-plain OBJECT "${CMAKE_CURRENT_SOURCE_DIR}/src/mqtt/inbox.c"
  "${CMAKE_CURRENT_SOURCE_DIR}/src/mqtt/link.c" "${CMAKE_CURRENT_SOURCE_DIR}/src/sigpipe.c")
target_include_directories(seam-mqtt-plain PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}/src")
target_include_directories(seam-mqtt-plain SYSTEM PRIVATE "${SEAM_MOSQUITTO_INCLUDE}")
target_link_libraries(seam-mqtt-plain PRIVATE seam-options Threads::Threads)
set_target_properties(seam-mqtt-plain PROPERTIES POSITION_INDEPENDENT_CODE ON
  C_VISIBILITY_PRESET hidden C_EXTENSIONS OFF)

foreach(api IN LISTS SEAM_LUA_APIS)
  set(target seam-mqtt-${api})
  add_library(${target} MODULE "${CMAKE_CURRENT_SOURCE_DIR}/src/mqtt/lmqtt.c"
    "${CMAKE_CURRENT_SOURCE_DIR}/src/lclass.c" $<TARGET_OBJECTS:seam-mqtt-plain>)
  target_include_directories(${target} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}/src")
  target_include_directories(${target} SYSTEM PRIVATE "${SEAM_LUA_INCLUDE_${api}}"
    "${SEAM_MOSQUITTO_INCLUDE}")
  target_link_libraries(${target} PRIVATE seam-options "${SEAM_MOSQUITTO_LIBRARY}"
    Threads::Threads m)
  set_target_properties(${target} PROPERTIES
    PREFIX "" SUFFIX ".so" OUTPUT_NAME mqtt C_VISIBILITY_PRESET hidden C_EXTENSIONS OFF
    LIBRARY_OUTPUT_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}/lua/${api}/seam")
  seam_link_hardened(${target})
endforeach()

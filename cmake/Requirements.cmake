# SPDX-License-Identifier: MIT
# The libraries the core is made of. A missing one is said in one sentence, with the package to get.

function(seam_missing what package)
  message(FATAL_ERROR "seam needs ${what}: install it with 'apt install ${package}' (or what your "
    "system calls that package) and run cmake again.")
endfunction()

find_package(CURL 7.61 QUIET)
if(NOT CURL_FOUND)
  seam_missing("libcurl 7.61 or newer with its headers" "libcurl4-openssl-dev")
endif()

find_package(OpenSSL 1.1 QUIET)
if(NOT OPENSSL_FOUND)
  seam_missing("OpenSSL 1.1 or newer with its headers" "libssl-dev")
endif()

find_package(Threads QUIET)
if(NOT Threads_FOUND)
  seam_missing("POSIX threads" "libc6-dev")
endif()

/* SPDX-License-Identifier: MIT
 * Stands before libcurl, for specs: it calls itself what SEAM_SPEC_LIBCURL says, a version as six
 * hexadecimal digits (src/options.c asks). What libcurl does stays as it is. */
#include <curl/curl.h>
#include <dlfcn.h>
#include <stddef.h>
#include <stdlib.h>

typedef curl_version_info_data *version_function(CURLversion);

/* libcurl came with the core, out of sight of whatever is preloaded. */
__attribute__((visibility("default"))) curl_version_info_data *curl_version_info(CURLversion age) {
  static curl_version_info_data told;
  union {
    void *object;
    version_function *function;
  } found;
  found.object = dlsym(dlopen("libcurl.so.4", RTLD_LAZY | RTLD_NOLOAD), "curl_version_info");
  told = *found.function(age);
  told.version_num = (unsigned int)strtoul(getenv("SEAM_SPEC_LIBCURL"), NULL, 16);
  return &told;
}

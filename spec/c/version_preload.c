/* SPDX-License-Identifier: MIT
 * Stands before libcurl, for specs: it calls itself 8.2.0, from which on the core keeps handles for
 * the next transfer (src/options.c). What libcurl does stays as it is. */
#include <curl/curl.h>
#include <dlfcn.h>
#include <stddef.h>

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
  told.version_num = 0x080200;
  return &told;
}

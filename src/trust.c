/* SPDX-License-Identifier: MIT
 * Chooses between libcurl's built-in certificate folder and bundle. With both set, every new
 * connection reads the whole bundle (25 ms): the folder is read one certificate at a time, and the
 * bundle is cached by libcurl only where no folder stands beside it. */
#include "trust.h"

#include <ctype.h>
#include <curl/curl.h>
#include <dirent.h>
#include <pthread.h>
#include <string.h>

static seam_trust found;
static pthread_once_t looked = PTHREAD_ONCE_INIT;

/* "ab12cd34.0": what c_rehash and its kin name their links. */
static int is_hash_link(const char *name) {
  int i;
  for (i = 0; i < 8; i++) {
    if (!isxdigit((unsigned char)name[i])) return 0;
  }
  return name[8] == '.' && isdigit((unsigned char)name[9]);
}

static int has_hash_links(const char *folder) {
  const struct dirent *entry;
  int has = 0;
  DIR *listing = opendir(folder);
  if (listing == NULL) return 0;
  while (!has && (entry = readdir(listing)) != NULL) has = is_hash_link(entry->d_name);
  closedir(listing);
  return has;
}

static void look(void) {
#if LIBCURL_VERSION_NUM >= 0x074600
  const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
  if (info->age < CURLVERSION_SEVENTH) return;
  if (info->capath != NULL && has_hash_links(info->capath)) {
    found.folder = info->capath;
  } else {
    found.file = info->cainfo;
  }
#endif
}

const seam_trust *seam_trust_default(void) {
  pthread_once(&looked, look);
  return &found;
}

/* SPDX-License-Identifier: MIT
 * luaopen_seam_core: puts the faces together. Nothing starts here, not even libcurl. */
#include <curl/curl.h>

#include "lcore.h"
#include "ljson.h"

#if defined(__GNUC__)
#define SEAM_EXPORT __attribute__((visibility("default")))
#else
#define SEAM_EXPORT
#endif

static const luaL_Reg functions[] = {
    {"pool", lpool_new},
    {"headers", lheaders_new},
    {"decode", ljson_decode},
    {"engine_submit", lengine_submit},
    {"engine_outcome", lengine_outcome},
    {"engine_writes", lengine_writes},
    {"can_yield", lengine_can_yield},
    {NULL, NULL},
};

SEAM_EXPORT int luaopen_seam_core(lua_State *L);

/* require "seam.core" -> table   [-0, +1, m] */
SEAM_EXPORT int luaopen_seam_core(lua_State *L) {
  lpool_register(L);
  ltransfer_register(L);
  lengine_register(L);
  lheaders_register(L);
  lua_newtable(L);
  seam_setfuncs(L, functions);
  seam_setfuncs(L, lmisc_functions);
  lua_pushliteral(L, SEAM_VERSION);
  lua_setfield(L, -2, "_VERSION");
  lua_pushstring(L, curl_version_info(CURLVERSION_NOW)->version);
  lua_setfield(L, -2, "CURL_VERSION");
  return 1;
}

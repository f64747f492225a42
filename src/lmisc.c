/* SPDX-License-Identifier: MIT
 * Lua faces of clock and digest. */
#include <openssl/crypto.h>

#include "clock.h"
#include "digest.h"
#include "lcore.h"

#define MOST_RANDOM_BYTES 65536

/* core.now() -> monotonic seconds   [-0, +1, -] */
static int l_now(lua_State *L) {
  lua_pushnumber(L, (lua_Number)seam_clock_now());
  return 1;
}

/* core.wall() -> epoch seconds   [-0, +1, -] */
static int l_wall(lua_State *L) {
  lua_pushnumber(L, (lua_Number)seam_clock_wall());
  return 1;
}

/* core.sleep(seconds) -> seconds left, 0 unless a signal ended the sleep early   [-0, +1, v] */
static int l_sleep(lua_State *L) {
  double seconds = (double)luaL_checknumber(L, 1);
  lua_pushnumber(L, (lua_Number)seam_clock_sleep(seconds));
  return 1;
}

/* core.parse_http_date(text) -> epoch seconds | nil   [-0, +1, v] */
static int l_parse_http_date(lua_State *L) {
  size_t length;
  double epoch;
  const char *text = luaL_checklstring(L, 1, &length);
  if (seam_clock_parse_http_date(text, length, &epoch) != 0) {
    lua_pushnil(L);
  } else {
    lua_pushinteger(L, (lua_Integer)epoch);
  }
  return 1;
}

/* Pushes nil and a reason   [-0, +2, m] */
static int push_refusal(lua_State *L, const char *reason) {
  lua_pushnil(L);
  lua_pushstring(L, reason);
  return 2;
}

/* core.random_bytes(count) -> text | nil, reason   [-0, +(1|2), v] */
static int l_random_bytes(lua_State *L) {
  lua_Number count = luaL_checknumber(L, 1);
  unsigned char *bytes;
  luaL_argcheck(L, count >= 0 && count <= MOST_RANDOM_BYTES, 1, "0 to 65536 bytes");
  bytes = lua_newuserdata(L, (size_t)count + 1); /* the collector's, should pushing raise */
  if (seam_digest_random(bytes, (size_t)count) != 0) return push_refusal(L, "no randomness");
  lua_pushlstring(L, (const char *)bytes, (size_t)count);
  OPENSSL_cleanse(bytes, (size_t)count);
  return 1;
}

/* core.hmac_sha256(key, text) -> 32 raw bytes | nil, reason   [-0, +(1|2), v] */
static int l_hmac_sha256(lua_State *L) {
  unsigned char digest[SEAM_HMAC_SIZE];
  size_t key_length, length;
  const char *key = luaL_checklstring(L, 1, &key_length);
  const char *text = luaL_checklstring(L, 2, &length);
  if (seam_digest_hmac_sha256(key, key_length, text, length, digest) != 0) {
    return push_refusal(L, "OpenSSL could not make the digest");
  }
  lua_pushlstring(L, (const char *)digest, sizeof digest);
  return 1;
}

/* core.base64_encode(text) -> text | nil, reason   [-0, +(1|2), v] */
static int l_base64_encode(lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  size_t room = seam_digest_base64_room(length);
  char *out;
  if (room == 0) return push_refusal(L, "the text is too long");
  out = lua_newuserdata(L, room);
  lua_pushlstring(L, out, seam_digest_base64_encode(text, length, out));
  return 1;
}

/* core.base64_decode(text) -> text | nil, reason; padded and strict   [-0, +(1|2), v] */
static int l_base64_decode(lua_State *L) {
  size_t length, out_length;
  const char *text = luaL_checklstring(L, 1, &length);
  char *out = lua_newuserdata(L, length + 1);
  const char *refusal = seam_digest_base64_decode(text, length, out, &out_length);
  if (refusal != NULL) return push_refusal(L, refusal);
  lua_pushlstring(L, out, out_length);
  OPENSSL_cleanse(out, out_length);
  return 1;
}

/* core.equal(a, b) -> boolean, in a time that tells nothing about where they differ [-0, +1, v] */
static int l_equal(lua_State *L) {
  size_t a_length, b_length;
  const char *a = luaL_checklstring(L, 1, &a_length);
  const char *b = luaL_checklstring(L, 2, &b_length);
  lua_pushboolean(L, seam_digest_equal(a, a_length, b, b_length));
  return 1;
}

const luaL_Reg lmisc_functions[] = {
    {"now", l_now},
    {"wall", l_wall},
    {"sleep", l_sleep},
    {"parse_http_date", l_parse_http_date},
    {"random_bytes", l_random_bytes},
    {"hmac_sha256", l_hmac_sha256},
    {"base64_encode", l_base64_encode},
    {"base64_decode", l_base64_decode},
    {"equal", l_equal},
    {NULL, NULL},
};

/* SPDX-License-Identifier: MIT */
/* JSON text to Lua values: one pass, tables made when their members are known. */

#include "ljson.h"

#include <stdint.h>
#include <stdio.h>

#include "compat.h"
#include "json.h"
#include "json_scan.h"
#include "lauxlib.h"
#include "ljson_keys.h"
#include "ljson_strings.h"

/* Members wait on the Lua stack until their table is made at its final size. Lua 5.1 and LuaJIT
   allow a C function 8000 slots, so a container gathers fewer once a frame is well filled: at most
   FULL_FRAME + MAX_CHUNK + LJSON_MAX_DEPTH * (SMALL_CHUNK + 2) + 16 slots are ever used. */
#define MAX_CHUNK 128
#define SMALL_CHUNK 8
#define FULL_FRAME 4000

/* Keeps every count of members and every position within an int. */
#define MAX_TEXT 0x7FFFFFF0

/* From here on a text is long enough to make room for it first; and how much of one becomes a KiB
   of tables. */
#define LONG_TEXT (64 * 1024)
#define BYTES_A_KIB 512

/* What reading a value has pushed: nothing, for null. */
typedef enum outcome { FAILED, VALUE, NOTHING } outcome;

/* What comes behind a member of a container. */
typedef enum behind { BROKEN, MORE, END } behind;

/* Lives on the C stack and owns nothing: what it allocates hangs on the Lua stack, so an error
   may leave at any point. */
typedef struct decoder {
  lua_State *L;
  seam_json text;
  int depth;         /* containers that may still be opened inside the present one */
  size_t containers; /* that may still be opened at all */
  int base;
  ljson_keys keys;
  ljson_strings strings;
} decoder;

/* The members of an object that wait on the Lua stack. */
typedef struct members {
  uint64_t object;
  int count;
  int nulls;        /* how many of them are nil */
  int are_distinct; /* certainly no name came twice */
} members;

static outcome read_value(decoder *d);

/* Reads a string whose opening quote has been consumed; nearly all are plain ASCII. */
static outcome read_string(decoder *d) {
  seam_json_string string;
  const char *start = d->text.at;
  const char *stop = seam_json_skip_plain(start, d->text.end);
  if (stop < d->text.end && *stop == '"') {
    d->text.at = stop + 1;
    ljson_push_plain(d->L, &d->strings, start, (size_t)(stop - start));
    return VALUE;
  }
  if (!seam_json_read_string(&d->text, &string)) return FAILED;
  if (string.escaped) ljson_push_escaped(d->L, &d->strings, &string);
  else ljson_push_plain(d->L, &d->strings, string.bytes, string.length);
  return VALUE;
}

static outcome read_number(decoder *d) {
  seam_json_number number;
  if (!seam_json_read_number(&d->text, &number)) return FAILED;
  if (!number.whole) lua_pushnumber(d->L, number.real);
  else if ((int64_t)(lua_Integer)number.integer == number.integer)
    lua_pushinteger(d->L, (lua_Integer)number.integer);
  else lua_pushnumber(d->L, (lua_Number)number.integer);
  return VALUE;
}

static outcome read_word(decoder *d, const char *word, size_t length, int truth) {
  if (!seam_json_word(&d->text, word, length)) return FAILED;
  lua_pushboolean(d->L, truth);
  return VALUE;
}

/* Consumes an opening bracket, makes stack room and leaves a nil where the table will stand.
   Returns how many slots may be gathered for it, 0 when it stands too deep. */
static int open_container(decoder *d) {
  int chunk = lua_gettop(d->L) - d->base > FULL_FRAME ? SMALL_CHUNK : MAX_CHUNK;
  if (d->depth == 0) return seam_json_fail(&d->text, d->text.at, "nested too deeply");
  if (d->containers == 0) return seam_json_fail(&d->text, d->text.at, "too many tables");
  d->depth--;
  d->containers--;
  d->text.at++;
  ljson_reserve_stack(d->L, chunk + 16);
  lua_pushnil(d->L);
  seam_json_skip_blanks(&d->text);
  return chunk;
}

static int next_is(decoder *d, char c) {
  if (d->text.at == d->text.end || *d->text.at != c) return 0;
  d->text.at++;
  return 1;
}

/* Consumes what must follow a member. */
static behind read_behind(decoder *d, char closing, const char *reason) {
  seam_json_skip_blanks(&d->text);
  if (next_is(d, ',')) {
    seam_json_skip_blanks(&d->text);
    return MORE;
  }
  if (next_is(d, closing)) return END;
  seam_json_fail(&d->text, d->text.at, reason);
  return BROKEN;
}

/* Moves the items above `table` into it, behind the `stored` ones it has.   [-n, +0, m] */
static void store_items(lua_State *L, int table, int stored) {
  int pending = lua_gettop(L) - table;
  int i;
  if (stored == 0) {
    lua_createtable(L, pending, 0);
    lua_replace(L, table);
    for (i = lua_gettop(L) - table; i > 0; i--) lua_rawseti(L, table, i);
    return;
  }
  for (i = 1; i <= pending; i++) { /* upwards: the array part must grow with the items */
    lua_pushvalue(L, table + i);
    lua_rawseti(L, table, stored + i);
  }
  lua_settop(L, table);
}

static outcome read_array(decoder *d) {
  lua_State *L = d->L;
  int chunk = open_container(d);
  int table = lua_gettop(L);
  int stored = 0, pending = 0;
  behind next;
  if (chunk == 0) return FAILED;
  next = next_is(d, ']') ? END : MORE;
  while (next == MORE) {
    outcome item = read_value(d);
    if (item == FAILED) return FAILED;
    if (item == VALUE && ++pending == chunk) {
      store_items(L, table, stored);
      stored += pending;
      pending = 0;
    }
    next = read_behind(d, ']', "expected ',' or ']'");
  }
  if (next == BROKEN) return FAILED;
  if (pending > 0 || stored == 0) store_items(L, table, stored);
  d->depth++;
  return VALUE;
}

/* A null member removes what an earlier member of that name has set. */
static void remove_member(lua_State *L, int table, int key) {
  int known;
  lua_pushvalue(L, key);
  lua_rawget(L, table);
  known = !lua_isnil(L, -1);
  lua_pop(L, 1);
  if (!known) return;
  lua_pushvalue(L, key);
  lua_pushnil(L);
  lua_rawset(L, table);
}

/* Moves the `count` keys and values above `table` into it, which has none yet, where no name comes
   twice: from the top down, which costs the least; `nulls` of them are nil.
   [-2*count, +0, m] */
static void store_distinct(lua_State *L, int table, int count, int nulls) {
  lua_createtable(L, 0, count - nulls);
  lua_replace(L, table);
  while (count-- > 0) {
    if (nulls > 0 && lua_isnil(L, -1)) {
      nulls--;
      lua_pop(L, 2);
    } else {
      lua_rawset(L, table);
    }
  }
}

/* As store_distinct, in their order, since the last of a name wins, and behind what was stored
   before.   [-2*count, +0, m] */
static void store_members(lua_State *L, int table, int count, int nulls) {
  int top = table + 2 * count;
  int key;
  if (lua_isnil(L, table)) {
    lua_createtable(L, 0, count - nulls);
    lua_replace(L, table);
  }
  for (key = table + 1; key < top; key += 2) {
    if (nulls > 0 && lua_isnil(L, key + 1)) {
      remove_member(L, table, key);
      continue;
    }
    lua_pushvalue(L, key);
    lua_pushvalue(L, key + 1);
    lua_rawset(L, table);
  }
  lua_settop(L, table);
}

/* Reads a key whose opening quote has been consumed. */
static outcome read_key(decoder *d, members *waiting) {
  const char *start = d->text.at;
  const char *stop = seam_json_skip_plain(start, d->text.end);
  if (stop == d->text.end || *stop != '"') {
    waiting->are_distinct = 0;
    return read_string(d);
  }
  d->text.at = stop + 1;
  if (!ljson_push_key(d->L, &d->keys, waiting->object, start, (size_t)(stop - start))) {
    waiting->are_distinct = 0;
  }
  return VALUE;
}

/* Pushes the key and the value of a member, nil for null. */
static outcome read_member(decoder *d, members *waiting) {
  outcome value;
  if (!next_is(d, '"')) {
    seam_json_fail(&d->text, d->text.at, "expected a key");
    return FAILED;
  }
  if (read_key(d, waiting) == FAILED) return FAILED;
  seam_json_skip_blanks(&d->text);
  if (!next_is(d, ':')) {
    seam_json_fail(&d->text, d->text.at, "expected ':'");
    return FAILED;
  }
  seam_json_skip_blanks(&d->text);
  value = read_value(d);
  if (value == NOTHING) lua_pushnil(d->L);
  return value;
}

static void store(decoder *d, int table, members *waiting) {
  if (waiting->are_distinct && lua_isnil(d->L, table)) {
    store_distinct(d->L, table, waiting->count, waiting->nulls);
  } else {
    store_members(d->L, table, waiting->count, waiting->nulls);
  }
  waiting->count = waiting->nulls = 0;
}

static outcome read_object(decoder *d) {
  members waiting = {0, 0, 0, 1};
  int chunk = open_container(d);
  int table = lua_gettop(d->L);
  behind next;
  if (chunk == 0) return FAILED;
  waiting.object = ljson_new_object(&d->keys);
  next = next_is(d, '}') ? END : MORE;
  while (next == MORE) {
    outcome member = read_member(d, &waiting);
    if (member == FAILED) return FAILED;
    waiting.count++;
    if (member == NOTHING) waiting.nulls++;
    if (2 * waiting.count == chunk) store(d, table, &waiting);
    next = read_behind(d, '}', "expected ',' or '}'");
  }
  if (next == BROKEN) return FAILED;
  if (waiting.count > 0 || lua_isnil(d->L, table)) store(d, table, &waiting);
  d->depth++;
  return VALUE;
}

/* Pushes the value that starts at text.at, or nothing for null. */
static outcome read_value(decoder *d) {
  if (d->text.at == d->text.end) {
    seam_json_fail(&d->text, d->text.at, "unexpected end");
    return FAILED;
  }
  switch (*d->text.at) {
    case '"': d->text.at++; return read_string(d);
    case '{': return read_object(d);
    case '[': return read_array(d);
    case 't': return read_word(d, "true", 4, 1);
    case 'f': return read_word(d, "false", 5, 0);
    case 'n':
      return seam_json_word(&d->text, "null", 4) ? NOTHING : FAILED;
      /* clang-format off */
    case '-': case '0': case '1': case '2': case '3': case '4':
    case '5': case '6': case '7': case '8': case '9': return read_number(d);
      /* clang-format on */
    default: seam_json_fail(&d->text, d->text.at, "unexpected text"); return FAILED;
  }
}

static outcome read_text(decoder *d) {
  outcome value;
  seam_json_skip_blanks(&d->text);
  value = read_value(d);
  if (value == FAILED) return FAILED;
  seam_json_skip_blanks(&d->text);
  if (d->text.at == d->text.end) return value;
  seam_json_fail(&d->text, d->text.at, "unexpected text behind the value");
  return FAILED;
}

static int push_refusal(decoder *d) {
  char text[96];
  const char *reason = d->text.reason;
  size_t position = (size_t)(d->text.fault - d->text.begin) + 1;
  if (d->text.fault == d->text.end) reason = "unexpected end";
  (void)snprintf(text, sizeof text, "%s at byte %lu", reason, (unsigned long)position);
  lua_settop(d->L, d->base);
  lua_pushnil(d->L);
  lua_pushstring(d->L, text);
  return 2;
}

/* Who reads one long list after the other has dropped the one before by now. Left to itself the
   collector would come while the next one is being built, and walk through what there is of it: a
   fifth of the time, and half as much memory again. So it does now what the coming tables would
   make it do.   [-0, +0, v] */
static void collect_ahead(lua_State *L, size_t length) {
  if (length < LONG_TEXT || !seam_collector_runs(L)) return;
  lua_gc(L, LUA_GCSTEP, (int)(length / BYTES_A_KIB));
}

int ljson_decode_bytes(lua_State *L, const char *bytes, size_t length, int max_depth) {
  decoder d;
  outcome value = FAILED;
  d.L = L;
  d.text.begin = d.text.at = bytes;
  d.text.end = bytes + length;
  d.depth = max_depth;
  d.containers = LJSON_FREE_CONTAINERS + length / LJSON_BYTES_A_CONTAINER;
  d.base = lua_gettop(L);
  if (length > MAX_TEXT) {
    seam_json_fail(&d.text, bytes, "text too long");
  } else {
    collect_ahead(L, length);
    ljson_open_keys(L, &d.keys);
    ljson_open_strings(L, &d.strings, length);
    value = read_text(&d);
  }
  if (value == FAILED) return push_refusal(&d);
  if (value == NOTHING) lua_pushnil(L);
  lua_replace(L, d.base + 1);
  lua_settop(L, d.base + 1);
  return 1;
}

int ljson_decode(lua_State *L) {
  size_t length;
  const char *text;
  lua_Integer depth = luaL_optinteger(L, 2, LJSON_DEFAULT_DEPTH);
  luaL_checktype(L, 1, LUA_TSTRING);
  luaL_argcheck(L, depth >= 1 && depth <= LJSON_MAX_DEPTH, 2, "must be between 1 and 256");
  text = lua_tolstring(L, 1, &length);
  lua_settop(L, 1);
  return ljson_decode_bytes(L, text, length, (int)depth);
}

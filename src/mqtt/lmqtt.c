/* SPDX-License-Identifier: MIT
 * seam.mqtt: connections to an MQTT broker for the bridge, and one poll for its loop. */
#include <math.h>
#include <poll.h>
#include <string.h>

#include "lclass.h"
#include "link.h"

#define CLASS "seam.mqtt.Link"

#if defined(__GNUC__)
#define SEAM_EXPORT __attribute__((visibility("default")))
#else
#define SEAM_EXPORT
#endif

static seam_link *check_link(lua_State *L, int index) {
  return luaL_checkudata(L, index, CLASS);
}

static int push_failure(lua_State *L, const seam_link *link) {
  lua_pushnil(L);
  lua_pushstring(L, link->reason);
  return 2;
}

static int push_outcome(lua_State *L, const seam_link *link, int outcome) {
  if (outcome != 0) return push_failure(L, link);
  lua_pushboolean(L, 1);
  return 1;
}

/* ---- connect ---- */

/* A text of the options, without zero bytes; stays on the stack while it is used   [-0, +1, v] */
static const char *read_text(lua_State *L, const char *name, int required, size_t *length) {
  const char *text;
  lua_getfield(L, 1, name);
  if (lua_isnil(L, -1) && !required) return NULL;
  if (lua_type(L, -1) != LUA_TSTRING) {
    luaL_error(L, "%s must be a string, not %s", name, luaL_typename(L, -1));
  }
  text = lua_tolstring(L, -1, length);
  if (strlen(text) != *length) luaL_error(L, "%s has a zero byte", name);
  return text;
}

/* [-0, +0, v] */
static int read_integer(lua_State *L, const char *name, int absent, int most) {
  lua_Number number = absent;
  lua_getfield(L, 1, name);
  if (!lua_isnil(L, -1)) {
    if (lua_type(L, -1) != LUA_TNUMBER) luaL_error(L, "%s must be a number", name);
    number = lua_tonumber(L, -1);
    if (!(number >= 1 && number <= most)) luaL_error(L, "%s must be 1 to %d", name, most);
  }
  lua_pop(L, 1);
  return (int)number;
}

/* Fills `options` from the table at 1. Everything that can raise does so here   [-0, +7, v] */
static void read_options(lua_State *L, seam_link_options *options) {
  size_t length;
  luaL_checkstack(L, 16, "options");
  memset(options, 0, sizeof *options);
  options->port = read_integer(L, "port", 1883, 65535);
  options->keepalive = read_integer(L, "keepalive", 30, 65535);
  lua_getfield(L, 1, "tls");
  options->tls = lua_toboolean(L, -1);
  lua_pop(L, 1);
  options->host = read_text(L, "host", 1, &length);
  options->client_id = read_text(L, "client_id", 1, &length);
  options->ca_file = read_text(L, "ca_file", 0, &length);
  options->username = read_text(L, "username", 0, &length);
  options->password = read_text(L, "password", 0, &length);
  options->will_topic = read_text(L, "will_topic", 0, &length);
  options->will_payload =
      read_text(L, "will_payload", options->will_topic != NULL, &options->will_length);
  if (options->ca_file != NULL) options->tls = 1;
}

/* mqtt.connect{ host =, client_id =, ... } -> Link | nil, reason   [-0, +(1|2), v] */
static int l_connect(lua_State *L) {
  seam_link_options options;
  seam_link *link;
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  link = lua_newuserdata(L, sizeof *link);
  seam_link_init(link);
  luaL_getmetatable(L, CLASS);
  lua_setmetatable(L, -2);
  read_options(L, &options);
  if (seam_link_open(link, &options) != 0) return push_failure(L, link);
  lua_pushvalue(L, 2);
  return 1;
}

/* ---- a link ---- */

/* link:step() -> true | nil, reason   [-0, +(1|2), v] */
static int l_step(lua_State *L) {
  seam_link *link = check_link(L, 1);
  return push_outcome(L, link, seam_link_step(link));
}

/* link:is_accepted() -> boolean   [-0, +1, v] */
static int l_is_accepted(lua_State *L) {
  lua_pushboolean(L, check_link(L, 1)->accepted);
  return 1;
}

/* link:next() -> topic, payload, retained | nil   [-0, +(1|3), v]
 * The message goes only once both of its strings were made. */
static int l_next(lua_State *L) {
  seam_link *link = check_link(L, 1);
  const seam_message *message = link->inbox.first;
  if (message == NULL) {
    lua_pushnil(L);
    return 1;
  }
  lua_pushstring(L, message->topic);
  lua_pushlstring(L, message->payload, message->payload_length);
  lua_pushboolean(L, message->retained);
  seam_inbox_drop_first(&link->inbox);
  return 3;
}

/* link:dropped() -> how many messages were too many or too long   [-0, +1, v] */
static int l_dropped(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)check_link(L, 1)->inbox.dropped);
  return 1;
}

/* link:publish(topic, payload [, retain]) -> true | nil, reason   [-0, +(1|2), v] */
static int l_publish(lua_State *L) {
  seam_link *link = check_link(L, 1);
  size_t length;
  const char *topic = luaL_checkstring(L, 2);
  const char *payload = luaL_checklstring(L, 3, &length);
  luaL_argcheck(L, length <= 268435455, 3, "the payload is too long for MQTT");
  return push_outcome(L, link,
                      seam_link_publish(link, topic, payload, length, lua_toboolean(L, 4)));
}

/* link:subscribe(filter) -> true | nil, reason   [-0, +(1|2), v] */
static int l_subscribe(lua_State *L) {
  seam_link *link = check_link(L, 1);
  return push_outcome(L, link, seam_link_subscribe(link, luaL_checkstring(L, 2)));
}

/* link:getfd() -> descriptor, -1 when closed   [-0, +1, v] */
static int l_getfd(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)seam_link_descriptor(check_link(L, 1)));
  return 1;
}

/* link:close()   [-0, +0, v] */
static int l_close(lua_State *L) {
  seam_link_close(check_link(L, 1));
  return 0;
}

/* [-0, +1, v] */
static int l_tostring(lua_State *L) {
  const seam_link *link = check_link(L, 1);
  lua_pushstring(L, link->client == NULL ? CLASS ": closed"
                    : link->accepted     ? CLASS ": open"
                                         : CLASS ": opening");
  return 1;
}

/* ---- the loop's one wait ---- */

/* mqtt.wait(seconds, descriptor [, link]) -> whether the descriptor is readable   [-0, +1, v]
 * Waits for the descriptor (-1: none), for the link, or until the time is up. */
static int l_wait(lua_State *L) {
  double seconds = (double)luaL_checknumber(L, 1);
  struct pollfd watched[2] = {{-1, POLLIN, 0}, {-1, POLLIN, 0}};
  int ready;
  luaL_argcheck(L, seconds >= 0 && seconds <= 86400, 1, "seconds must be 0 to 86400");
  watched[0].fd = (int)luaL_checkinteger(L, 2);
  if (!lua_isnoneornil(L, 3)) {
    const seam_link *link = check_link(L, 3);
    watched[1].fd = seam_link_descriptor(link);
    if (seam_link_wants_write(link)) watched[1].events = POLLIN | POLLOUT;
  }
  ready = poll(watched, 2, (int)ceil(seconds * 1000));
  lua_pushboolean(L, ready > 0 && watched[0].revents != 0);
  return 1;
}

static const luaL_Reg methods[] = {
    {"step", l_step},       {"is_accepted", l_is_accepted},
    {"next", l_next},       {"dropped", l_dropped},
    {"publish", l_publish}, {"subscribe", l_subscribe},
    {"getfd", l_getfd},     {"close", l_close},
    {NULL, NULL},
};

static const luaL_Reg metamethods[] = {
    {"__gc", l_close},
    {"__close", l_close},
    {"__tostring", l_tostring},
    {NULL, NULL},
};

static const luaL_Reg functions[] = {
    {"connect", l_connect},
    {"wait", l_wait},
    {NULL, NULL},
};

SEAM_EXPORT int luaopen_seam_mqtt(lua_State *L);

/* require "seam.mqtt" -> table   [-0, +1, m] */
SEAM_EXPORT int luaopen_seam_mqtt(lua_State *L) {
  lclass_new(L, CLASS, methods, metamethods);
  lua_newtable(L);
  seam_setfuncs(L, functions);
  lua_pushliteral(L, SEAM_VERSION);
  lua_setfield(L, -2, "_VERSION");
  return 1;
}

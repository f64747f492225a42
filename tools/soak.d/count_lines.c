/* SPDX-License-Identifier: MIT
 * For row 31, by LUA_INIT in every process: counts which lines of lua/seam run. Each is added to
 * the file that LINES_FILE names when it first does, "file:line": a process may be ended by a
 * signal. It keeps no file open and makes no garbage: specs count descriptors and collections. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lauxlib.h"
#include "lua.h"

#define MOST_FILES 256
#define MOST_LINES 2048
#define LONGEST_NAME 128

typedef struct counted_file {
  char name[LONGEST_NAME];
  unsigned char seen[MOST_LINES];
} counted_file;

static counted_file files[MOST_FILES];
static int file_count;

/* "lua/seam/x.lua" of the file that a source names, or NULL; generated rows are not counted. */
static const char *name_of(const char *source) {
  const char *name = source[0] == '@' ? strstr(source, "lua/seam/") : NULL;
  if (name == NULL || strstr(name, "/api/") != NULL) return NULL;
  return strlen(name) < LONGEST_NAME ? name : NULL;
}

static counted_file *find_file(const char *name) {
  static int last;
  int i;
  if (last < file_count && strcmp(files[last].name, name) == 0) return &files[last];
  for (i = 0; i < file_count && strcmp(files[i].name, name) != 0; i++) continue;
  if (i == MOST_FILES) abort();
  if (i == file_count) strcpy(files[file_count++].name, name);
  last = i;
  return &files[i];
}

/* 0 when no descriptor is free: the line is told when it runs again. */
static int tell(const char *name, int line) {
  char row[LONGEST_NAME + 16];
  int length = snprintf(row, sizeof row, "%s:%d\n", name, line), told;
  int file = open(getenv("LINES_FILE"), O_WRONLY | O_APPEND | O_CLOEXEC);
  if (file < 0) return 0;
  told = write(file, row, (size_t)length) == length;
  close(file);
  return told;
}

static void note(lua_State *L, lua_Debug *event) {
  const char *name;
  counted_file *file;
  lua_getinfo(L, "S", event);
  name = name_of(event->source);
  if (name == NULL || event->currentline < 0 || event->currentline >= MOST_LINES) return;
  file = find_file(name);
  if (!file->seen[event->currentline]) {
    file->seen[event->currentline] = (unsigned char)tell(name, event->currentline);
  }
}

int luaopen_count_lines(lua_State *L);

/* Coroutines that are made from here on have the hook, too. */
int luaopen_count_lines(lua_State *L) {
  lua_sethook(L, note, LUA_MASKLINE, 0);
  return 0;
}

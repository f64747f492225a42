/* SPDX-License-Identifier: MIT
 * One thread, poll, answers chosen by the path and by marks in the body ("cut", "hang", "fault").
 */
#include "local_server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST_CONNECTIONS 512
#define LONGEST_REQUEST 16384

typedef struct connection {
  int socket;
  size_t length;
  char who[64];
  int is_shared;
  char bytes[LONGEST_REQUEST + 1];
} connection;

static connection connections[MOST_CONNECTIONS];
static int count;
static local_server_report *report;

/* ---- answers ---- */

#define ATTEMPT                                                                    \
  "{\"action_attempt\":{\"action_attempt_id\":\"attempt\",\"status\":\"success\"," \
  "\"action_type\":\"UNLOCK_DOOR\",\"result\":{},\"error\":null},\"ok\":true}"
#define DEVICE \
  "{\"device_id\":\"%s\",\"can_remotely_unlock\":true,\"properties\":{\"online\":true,\"battery_level\":0.5}}"
#define REFUSAL                                                    \
  "{\"error\":{\"type\":\"invalid_input\",\"message\":\"not so\"," \
  "\"validation_errors\":{\"_errors\":[],\"device_id\":{\"_errors\":[\"wrong\"]}}},\"ok\":false}"

/* The text after `"name":"` in the body, up to the quote. */
static void find_text(const char *body, const char *name, char *out, size_t room) {
  char key[80];
  const char *from, *to;
  snprintf(key, sizeof key, "\"%s\":\"", name);
  from = strstr(body, key);
  out[0] = '\0';
  if (from == NULL) return;
  from += strlen(key);
  to = strchr(from, '"');
  if (to == NULL || (size_t)(to - from) >= room) return;
  memcpy(out, from, (size_t)(to - from));
  out[to - from] = '\0';
}

/* A parameter, from the body or the query; ids here need no escapes. */
static void find_parameter(const char *path, const char *body, const char *name, char *out,
                           size_t room) {
  const char *from = strstr(path, name);
  find_text(body, name, out, room);
  if (out[0] != '\0' || from == NULL || from[strlen(name)] != '=') return;
  snprintf(out, room, "%s", from + strlen(name) + 1);
  out[strcspn(out, "&")] = '\0';
}

static void write_answer(const char *path, const char *id, char *out, size_t room) {
  if (strncmp(path, "/devices/list", 13) == 0) {
    char one[256];
    snprintf(one, sizeof one, DEVICE, "listed");
    snprintf(out, room,
             "{\"devices\":[%s,%s,%s],\"pagination\":{\"has_next_page\":true,"
             "\"next_page_cursor\":\"more\",\"next_page_url\":null},\"ok\":true}",
             one, one, one);
  } else if (strncmp(path, "/locks/", 7) == 0 && strstr(path, "_door") != NULL) {
    snprintf(out, room, ATTEMPT);
  } else {
    snprintf(out, room, "{\"device\":" DEVICE ",\"ok\":true}", id);
  }
}

/* Returns whether the connection may go on. */
static int answer(connection *c, const char *path, const char *body) {
  char id[128], text[2048], head[256];
  const char *status = "200 OK", *type = "application/json";
  int length;
  find_parameter(path, body, "device_id", id, sizeof id);
  if (strstr(id, "hang") != NULL) return 1;
  if (strstr(id, "close") != NULL) return 0;
  write_answer(path, id, text, sizeof text);
  if (strstr(id, "refused") != NULL) {
    status = "400 Bad Request";
    snprintf(text, sizeof text, REFUSAL);
  } else if (strstr(id, "html") != NULL) {
    status = "502 Bad Gateway", type = "text/html";
    snprintf(text, sizeof text, "<html>no</html>");
  } else if (strstr(id, "garbage") != NULL) {
    snprintf(text, sizeof text, "{\"device\":{\"device_id\":\"garb");
  }
  length = (int)strlen(text);
  snprintf(head, sizeof head,
           "HTTP/1.1 %s\r\nContent-Type: %s\r\nseam-request-id: request\r\n"
           "Content-Length: %d\r\n\r\n",
           status, type, strstr(id, "cut") != NULL ? length + 7 : length);
  memmove(text + strlen(head), text, (size_t)length + 1);
  memcpy(text, head, strlen(head));
  if (send(c->socket, text, strlen(text), MSG_NOSIGNAL) < 0) return 0;
  return strstr(id, "cut") == NULL;
}

/* ---- requests ---- */

/* Ids read "who.number" where it matters who speaks on which connection. */
static void note_who(connection *c, const char *path, const char *body) {
  char who[sizeof c->who];
  find_parameter(path, body, "device_id", who, sizeof who);
  if (strchr(who, '.') == NULL) return;
  *strchr(who, '.') = '\0';
  if (c->who[0] != '\0' && strcmp(c->who, who) != 0 && !c->is_shared) {
    c->is_shared = 1;
    report->shared++;
  }
  memcpy(c->who, who, sizeof who);
}

static size_t body_length(const char *head) {
  const char *line = strcasestr(head, "\r\ncontent-length:");
  return line == NULL ? 0 : (size_t)strtoul(line + 17, NULL, 10);
}

/* Answers every request that is complete; returns whether the connection may go on. */
static int answer_all(connection *c) {
  char *end;
  while ((end = strstr(c->bytes, "\r\n\r\n")) != NULL) {
    size_t whole = (size_t)(end - c->bytes) + 4 + body_length(c->bytes);
    char path[256] = "", after;
    if (c->length < whole) return 1;
    report->requests++;
    sscanf(c->bytes, "%*s %255s", path);
    after = c->bytes[whole];
    c->bytes[whole] = '\0';
    note_who(c, path, end + 4);
    if (!answer(c, path, end + 4)) return 0;
    c->bytes[whole] = after;
    memmove(c->bytes, c->bytes + whole, c->length - whole + 1);
    c->length -= whole;
  }
  return c->length < LONGEST_REQUEST;
}

static void keep_in_log(const char *bytes, size_t length) {
  if (length > LOCAL_SERVER_LOG - report->used) return;
  memcpy(report->log + report->used, bytes, length);
  report->used += length;
}

/* Returns whether the connection may go on. */
static int read_some(connection *c) {
  ssize_t got = recv(c->socket, c->bytes + c->length, LONGEST_REQUEST - c->length, MSG_DONTWAIT);
  if (got <= 0) return 0;
  keep_in_log(c->bytes + c->length, (size_t)got);
  c->length += (size_t)got;
  c->bytes[c->length] = '\0';
  return answer_all(c);
}

/* ---- the loop ---- */

static void accept_one(int listener) {
  int socket = accept(listener, NULL, NULL), on = 1;
  if (socket < 0) return;
  if (count == MOST_CONNECTIONS) {
    close(socket);
    return;
  }
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  memset(&connections[count], 0, sizeof connections[count]);
  connections[count++].socket = socket;
  report->connections++;
}

static void drop(int index) {
  close(connections[index].socket);
  connections[index] = connections[--count];
}

/* Serves what is ready; returns how many sockets were. */
static int turn(int listener, int control, int milliseconds) {
  struct pollfd watched[MOST_CONNECTIONS + 2];
  int i, ready;
  for (i = 0; i < count; i++) watched[i].fd = connections[i].socket, watched[i].events = POLLIN;
  watched[count].fd = listener, watched[count].events = POLLIN;
  watched[count + 1].fd = control, watched[count + 1].events = POLLIN;
  ready = poll(watched, (nfds_t)count + (control < 0 ? 1 : 2), milliseconds);
  if (ready <= 0) return 0;
  if (control >= 0 && watched[count + 1].revents != 0) {
    char byte;
    if (read(control, &byte, 1) <= 0) _exit(0);
    while (turn(listener, -1, 0) > 0) continue;
    report->open = (unsigned long)count;
    if (write(control, &byte, 1) != 1) _exit(0);
    return ready; /* the descriptors looked at are stale now */
  }
  if (watched[count].revents != 0) {
    accept_one(listener);
    return ready;
  }
  for (i = count - 1; i >= 0; i--) {
    if (watched[i].revents != 0 && !read_some(&connections[i])) drop(i);
  }
  return ready;
}

static int listen_on_loopback(int *port) {
  struct sockaddr_in address;
  socklen_t size = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, (struct sockaddr *)&address, size) != 0) return -1;
  if (listen(listener, 512) != 0) return -1;
  if (getsockname(listener, (struct sockaddr *)&address, &size) != 0) return -1;
  *port = ntohs(address.sin_port);
  return listener;
}

int local_server_start(local_server *server) {
  int ends[2], listener = listen_on_loopback(&server->port);
  if (listener < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return -1;
  report = mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (report == MAP_FAILED) return -1;
  server->pid = (int)fork();
  switch (server->pid) {
    case -1: return -1;
    case 0:
      close(ends[0]);
      while (1) turn(listener, ends[1], -1);
    default: break;
  }
  close(ends[1]);
  close(listener);
  server->control = ends[0];
  server->report = report;
  return 0;
}

void local_server_settle(const local_server *server) {
  char byte = 's';
  if (write(server->control, &byte, 1) != 1 || read(server->control, &byte, 1) != 1) {
    fprintf(stderr, "the local server is gone\n");
    _exit(3);
  }
}

void local_server_stop(const local_server *server) {
  close(server->control);
  waitpid((pid_t)server->pid, NULL, 0);
}

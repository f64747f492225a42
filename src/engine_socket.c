/* SPDX-License-Identifier: MIT
 * Where waiters come to. Abstract names would be simpler, but nginx cuts a path at its first NUL.
 */
#if defined(__linux__)
#include "engine_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* As many may stand before the door as the system allows: a worker's burst comes at once. */
#define BACKLOG 4096

#define TEMPLATE "seam-XXXXXX"
#define NAME "/engine"

/* Only this user can get into the folder: mkdtemp makes it 0700. */
static int make_folder(char *path, size_t size) {
  const char *parent = getenv("TMPDIR");
  int length;
  if (parent == NULL || *parent == '\0') parent = "/tmp";
  length = snprintf(path, size, "%s/" TEMPLATE, parent);
  if (length < 0 || (size_t)length + sizeof NAME > size) return -1;
  return mkdtemp(path) == NULL ? -1 : 0;
}

static int listen_at(const char *path) {
  struct sockaddr_un address;
  int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (listener < 0) return -1;
  memset(&address, 0, sizeof address);
  address.sun_family = AF_UNIX;
  (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) == 0 &&
      listen(listener, BACKLOG) == 0) {
    return listener;
  }
  close(listener);
  return -1;
}

/* Without /proc nobody could connect. */
static int is_reachable(int place) {
  char path[64];
  (void)snprintf(path, sizeof path, "/proc/self/fd/%d", place);
  return access(path, R_OK | W_OK) == 0;
}

int seam_engine_socket_open(seam_engine_socket *socket) {
  char folder[sizeof((struct sockaddr_un *)NULL)->sun_path], path[sizeof folder];
  socket->listener = socket->place = -1;
  if (make_folder(folder, sizeof folder) != 0) return -1;
  (void)snprintf(path, sizeof path, "%.*s" NAME, (int)(sizeof path - sizeof NAME), folder);
  socket->listener = listen_at(path);
  if (socket->listener >= 0) socket->place = open(path, O_PATH | O_CLOEXEC);
  if (socket->place >= 0 && !is_reachable(socket->place)) {
    close(socket->place);
    socket->place = -1;
  }
  /* Reached through the descriptor from now on: nothing stays behind, however the process ends. */
  unlink(path);
  rmdir(folder);
  if (socket->place >= 0) return 0;
  seam_engine_socket_close(socket);
  return -1;
}

void seam_engine_socket_close(seam_engine_socket *socket) {
  if (socket->listener >= 0) close(socket->listener);
  if (socket->place >= 0) close(socket->place);
  socket->listener = socket->place = -1;
}

static int is_of_this_process(int connection) {
  struct ucred peer;
  socklen_t size = sizeof peer;
  return getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
         peer.pid == getpid() && peer.uid == geteuid();
}

int seam_engine_socket_accept(const seam_engine_socket *socket) {
  for (;;) {
    int connection = accept4(socket->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (connection >= 0) {
      if (is_of_this_process(connection)) return connection;
      close(connection);
    } else if (errno != EINTR && errno != ECONNABORTED) {
      return -1;
    }
  }
}
#else
typedef int seam_engine_socket_is_for_linux; /* a file of C must hold something */
#endif

/* SPDX-License-Identifier: MIT
 * Where waiters come to: a unix socket without a name in the file system, open to this process. */
#ifndef SEAM_ENGINE_SOCKET_H
#define SEAM_ENGINE_SOCKET_H

typedef struct seam_engine_socket {
  int listener; /* -1: closed */
  int place;    /* an O_PATH descriptor: connect to /proc/self/fd/<place> */
} seam_engine_socket;

/* 0, or -1 with nothing left open or on disk. */
int seam_engine_socket_open(seam_engine_socket *socket);

void seam_engine_socket_close(seam_engine_socket *socket);

/* A new connection, -1 when there is none (any more): errno says why. Connections of others than
 * this very process are closed unheard. */
int seam_engine_socket_accept(const seam_engine_socket *socket);

#endif

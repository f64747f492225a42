/* SPDX-License-Identifier: MIT
 * libcurl's sockets in an epoll set.
 *
 * libcurl lets go of a connection's socket after each transfer and asks for it again at the next:
 * two system calls a call. So a socket that we opened, and of whose end we hear, stays in the set
 * when it is let go: parked, until it is asked for again, closed, or stirs. */
#ifndef SEAM_SOCKET_SET_H
#define SEAM_SOCKET_SET_H

#include <stddef.h>

typedef struct seam_socket_set {
  unsigned char *states; /* by descriptor; NULL while none was opened */
  size_t size;
  size_t parked;
} seam_socket_set;

/* Empty; owns nothing. */
void seam_socket_set_init(seam_socket_set *set);

/* Gives its memory back; what the epoll set holds is left to whoever closes that. */
void seam_socket_set_free(seam_socket_set *set);

/* A socket of ours begins. Without memory it is simply never parked. */
void seam_socket_set_opened(seam_socket_set *set, int handle);

/* It is about to be closed. A child's copy of it would keep it in the set: it is taken out. */
void seam_socket_set_closing(seam_socket_set *set, int epoll, int handle);

/* Watches a socket for what `what` says: CURL_POLL_IN, _OUT or _INOUT. 0, or -1. */
int seam_socket_set_watch(seam_socket_set *set, int epoll, int handle, int what);

void seam_socket_set_let_go(seam_socket_set *set, int epoll, int handle);

/* Something happened to a socket of the set. 1 when nobody waits for it: it is taken out then. */
int seam_socket_set_stirred(seam_socket_set *set, int epoll, int handle);

#endif

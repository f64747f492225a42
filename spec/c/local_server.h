/* SPDX-License-Identifier: MIT
 * A small HTTP server on the loopback, in a process of its own that ends with its parent: quick
 * enough for soaks, and a witness of every byte that arrived. */
#ifndef SEAM_SPEC_LOCAL_SERVER_H
#define SEAM_SPEC_LOCAL_SERVER_H

#include <stddef.h>

#define LOCAL_SERVER_LOG (1 << 20)

/* Shared with the server's process. */
typedef struct local_server_report {
  unsigned long requests;
  unsigned long connections;
  unsigned long open;
  unsigned long shared; /* connections on which two callers spoke: ids "who.number" */
  size_t used;
  char log[LOCAL_SERVER_LOG]; /* all bytes in, as long as there is room */
} local_server_report;

typedef struct local_server {
  int port;
  int control;
  int pid;
  local_server_report *report;
} local_server;

/* 0 when it runs. */
int local_server_start(local_server *server);

/* Returns when everything sent to the server before was read by it. */
void local_server_settle(const local_server *server);

/* Ends it and waits for that, so that nothing is left for others to bury. */
void local_server_stop(const local_server *server);

#endif

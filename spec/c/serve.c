/* SPDX-License-Identifier: MIT
 * The local server as a program: prints its port, serves until its standard input closes, then
 * prints what it saw. */
#include <stdio.h>

#include "local_server.h"

int main(void) {
  local_server server;
  if (local_server_start(&server) != 0) return 1;
  printf("port %d\n", server.port);
  fflush(stdout);
  while (getchar() != EOF) continue;
  local_server_settle(&server);
  printf("requests %lu connections %lu open %lu shared %lu\n", server.report->requests,
         server.report->connections, server.report->open, server.report->shared);
  local_server_stop(&server);
  return 0;
}

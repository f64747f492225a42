/* SPDX-License-Identifier: MIT
 * Tells on standard error how long a TCP connection may stay without an answer of its peer, for
 * specs: a network that swallows everything cannot be had on the loopback. */
#include <dlfcn.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>

typedef int setsockopt_function(int, int, int, const void *, socklen_t);

__attribute__((visibility("default"))) int setsockopt(int socket, int level, int name,
                                                      const void *value, socklen_t length) {
  union {
    void *object;
    setsockopt_function *function;
  } found;
  if (level == IPPROTO_TCP && name == TCP_USER_TIMEOUT && length == sizeof(unsigned int)) {
    fprintf(stderr, "silence %u ms\n", *(const unsigned int *)value);
  }
  found.object = dlsym(RTLD_NEXT, "setsockopt");
  return found.function(socket, level, name, value, length);
}

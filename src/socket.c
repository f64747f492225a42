/* SPDX-License-Identifier: MIT
 * How the sockets of all connections are made. */
#include "socket.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#define LONGEST_SILENCE_MILLISECONDS 10000u

/* Over HTTP/2 all calls share a connection, and one that leads nowhere any more would fail them all
 * for as long as the kernel tries, a quarter of an hour: it gives up when nothing it sent was
 * acknowledged for this long. */
static void bound_silence(curl_socket_t handle, int family) {
#ifdef TCP_USER_TIMEOUT
  unsigned int milliseconds = LONGEST_SILENCE_MILLISECONDS;
  if (family != AF_INET && family != AF_INET6) return;
  (void)setsockopt(handle, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof milliseconds);
#else
  (void)handle, (void)family;
#endif
}

curl_socket_t seam_socket_open(const struct curl_sockaddr *address) {
  int type = address->socktype;
  curl_socket_t handle;
#ifdef SOCK_CLOEXEC
  type |= SOCK_CLOEXEC;
#endif
  handle = socket(address->family, type, address->protocol);
#ifndef SOCK_CLOEXEC
  if (handle != CURL_SOCKET_BAD) fcntl(handle, F_SETFD, FD_CLOEXEC);
#endif
  if (handle != CURL_SOCKET_BAD) bound_silence(handle, address->family);
  return handle;
}

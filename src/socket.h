/* SPDX-License-Identifier: MIT
 * How the sockets of all connections are made. */
#ifndef SEAM_SOCKET_H
#define SEAM_SOCKET_H

#include <curl/curl.h>

/* A socket that programs the host starts do not inherit, and that gives up a silent peer; or
 * CURL_SOCKET_BAD. */
curl_socket_t seam_socket_open(const struct curl_sockaddr *address);

#endif

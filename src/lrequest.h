/* SPDX-License-Identifier: MIT
 * Reads a request as Lua gives it: a table. What it is given to is the faces' business. */
#ifndef SEAM_LREQUEST_H
#define SEAM_LREQUEST_H

#include "compat.h"
#include "transfer.h"

/* Fills `request` from the table at `index` (absolute). Its texts stay on the stack, and live as
 * long. Everything that can raise does so here   [-0, +5, v] */
void lrequest_read(lua_State *L, int index, seam_request *request);

/* Gives the transfer the header lines of the request at `index` (absolute): a list, or Headers,
 * which are shared. SEAM_OK, SEAM_CLOSED, or what seam_lines_add says of the first bad one   [-0,
 * +0, v] */
seam_failure lrequest_read_headers(lua_State *L, int index, seam_transfer *transfer);

/* Copies the lines of the list at `index` (absolute). As seam_lines_add   [-0, +0, v] */
seam_failure lrequest_read_lines(lua_State *L, int index, seam_lines *lines, const char **refusal);

#endif

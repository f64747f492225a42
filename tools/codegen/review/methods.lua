-- SPDX-License-Identifier: MIT
-- The HTTP method an endpoint is called by: the first of these that it has. POST works everywhere and
-- comes last; PATCH stands before PUT because where an endpoint has both, its PUT is a deprecated alias.

return { "PATCH", "PUT", "GET", "DELETE", "POST" }

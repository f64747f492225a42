-- SPDX-License-Identifier: MIT
-- Ready handlers for nginx with its Lua module (OpenResty, or Debian's libnginx-mod-http-lua): make them
-- once, in init_by_lua or in a module, and call them in content_by_lua. The makers raise error objects.

return {
  webhook = require("seam.openresty.webhook").new,
  unlock = require("seam.openresty.unlock").new,
  device_cache = require("seam.openresty.device_cache").new,
  hooks = require("seam.openresty.hooks").new,
  metrics = require("seam.openresty.metrics").new,
}

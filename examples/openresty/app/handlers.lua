-- SPDX-License-Identifier: MIT
-- Everything behind the page's addresses, made once, before nginx forks its workers.

local live = require "live"
local openresty = require "seam.openresty"
local seam = require "seam.safe"
local views = require "views"

local M = {}

local options = openresty.hooks { dict = "seam_metrics" }
options.timeout = 10
local client, problem = seam.new(options)
-- nginx shows texts, and no error objects.
if not client then error(tostring(problem)) end
local cache = openresty.device_cache { client = client, dict = "seam_devices", ttl = 30 }

--- Put your own rule here: a session, a client certificate, who is a guest today. This page opens doors for
--- whoever sits at this machine.
local function authorize(ngx)
  if ngx.var.remote_addr == "127.0.0.1" then return true end
  return false, "Doors open from this machine only."
end

--- Only what the list has: nobody may name a device of another kind.
local function chosen_lock(ngx)
  return cache.get(ngx.var.arg_lock)
end

M.unlock = openresty.unlock { client = client, authorize = authorize, device = chosen_lock }
M.lock = openresty.unlock { client = client, authorize = authorize, device = chosen_lock, action = "lock" }

M.webhook = openresty.webhook {
  secret = os.getenv "SEAM_WEBHOOK_SECRET", dict = "seam_messages", metrics = "seam_metrics",
  on = { cache.on, { ["access_code.*"] = function() ngx.shared.changes:incr("codes", 1, 0) end } },
}

M.metrics = openresty.metrics { dict = "seam_metrics", device_cache = cache }
M.live = live.new(cache, ngx.shared.changes)

--- The access codes of one lock. PINs only where the page asks for them (pins=1).
function M.codes()
  if not authorize(ngx) then return ngx.exit(403) end
  local lock = cache.get(ngx.var.arg_lock)
  if not lock then return ngx.exit(404) end
  local codes, err = client.access_codes.list(lock)
  if not codes then
    ngx.log(ngx.WARN, "the access codes could not be listed: ", tostring(err))
    return ngx.exit(502)
  end
  ngx.header["Content-Type"] = "application/json"
  ngx.header["Cache-Control"] = "no-store"
  ngx.print(views.codes(codes, ngx.var.arg_pins == "1"))
end

return M

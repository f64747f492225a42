-- SPDX-License-Identifier: MIT
-- Where in nginx a call may wait. Asked before anything is sent: a refusal is never half a call.

local M = {}

-- ssl_client_hello is missing on purpose: on an nginx without OpenResty's patches whatever waits there
-- breaks the handshake.
local MAY_WAIT = {
  server_rewrite = true, rewrite = true, access = true, content = true, timer = true, ssl_cert = true,
}

local DIRECTIVES = { ssl_cert = "ssl_certificate_by_lua" }

--- Whether this is a Lua of nginx's http subsystem.
---@return boolean
function M.is_here()
  local ngx = rawget(_G, "ngx")
  return type(ngx) == "table" and type(ngx.get_phase) == "function" and type(ngx.config) == "table"
    and ngx.config.subsystem == "http"
end

--- Why nothing may wait in the phase that runs now.
---@return string|nil sentence nil where waiting is allowed
function M.refusal()
  local phase = rawget(_G, "ngx").get_phase()
  if MAY_WAIT[phase] then return nil end
  return ("nginx lets nothing wait in %s, and a call waits for its answer: make it in "
    .. "ngx.timer.at(0, function() ... end), or with a client that has the option blocking = true "
    .. "(it holds the whole worker meanwhile)"):format(DIRECTIVES[phase] or phase .. "_by_lua")
end

return M

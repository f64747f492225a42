-- SPDX-License-Identifier: MIT
-- Where in nginx a call may wait. Asked before anything is sent: a refusal is never half a call.

local core = require "seam.core"

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

local HINT = ": make it in ngx.timer.at(0, function() ... end), or with a client that has the option "
  .. "blocking = true (it holds the whole worker meanwhile)"

--- Why nothing may wait where this is asked.
---@return string|nil sentence nil where waiting is allowed
function M.refusal()
  local phase = rawget(_G, "ngx").get_phase()
  if not MAY_WAIT[phase] then
    return ("nginx lets nothing wait in %s, and a call waits for its answer%s")
      :format(DIRECTIVES[phase] or phase .. "_by_lua", HINT)
  end
  if not core.can_yield() then
    return "nothing may wait in a function that C calls (string.gsub, table.sort, the top of a module that "
      .. "is required), and a call waits for its answer" .. HINT
  end
  return nil
end

return M

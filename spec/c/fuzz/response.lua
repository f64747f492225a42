-- SPDX-License-Identifier: MIT
-- Fuzz target: the bytes a server answers with, through libcurl, the core and the protocol. Oracle: a
-- value or an error object, within the caps, and the request was not sent a second time.
-- luacheck: globals answer

local core = require "seam.core"
local protocol = require "seam.protocol"

local MAX_BODY = 4096
local ROWS = {
  require("seam.api.devices").get, require("seam.api.devices").list, require("seam.api.locks").unlock_door,
}

local pool = core.pool()

local function check(row, transfer)
  local status, headers, message, sent = transfer:result()
  if not status then
    assert(type(headers) == "string" and type(message) == "string", "a failure without code or message")
    assert(sent == true, "a request that was answered counts as never sent")
    return
  end
  assert(status >= 200 and status <= 599, "status " .. status)
  for name, value in pairs(headers) do
    assert(name == name:lower() and not value:find("[\r\n%z]"), "a header that is two")
  end
  assert(#transfer:body() <= MAX_BODY, "a body over the cap")
  local value, extra = protocol.interpret(row, status, headers, transfer)
  assert(value ~= nil or type(extra) == "table" and extra.name and tostring(extra), "neither value nor error")
end

return function(bytes)
  local row = ROWS[#bytes % 3 + 1]
  answer(bytes)
  local transfer = assert(pool:submit {
    method = "POST", url = "http://127.0.0.1:9/x", body = "{}", timeout = 5, max_body = MAX_BODY,
    fresh_connection = true,
  })
  while not transfer:done() do pool:step(1) end
  check(row, transfer)
  transfer:close()
end

-- SPDX-License-Identifier: MIT
-- For row 17: one_call.lua <port> <kind>: a warm-up, one call of that kind, one more. Somewhere in it
-- a system call fails once: each call must end in a value or an error object, and the client works
-- afterwards. Exits 0 when that is so.

local safe = require "seam.safe"

local port, kind = ...

local client, client_error = safe.new {
  api_key = "seam_sweep", endpoint = "http://127.0.0.1:" .. port, timeout = 1,
  wait_for_action_attempt = { timeout = 1 },
}
if not client then error(tostring(client_error)) end

local KINDS = {
  get = function() return client.devices.get("one") end,
  list = function() return client.devices.list { limit = 3 } end,
  unlock = function() return client.locks.unlock_door("door") end,
  create = function() return client.access_codes.create { device_id = "door", code = "1234" } end,
  delete = function() return client.access_codes.delete("code") end,
  pages = function() return client.create_paginator(client.devices.list):first_page() end,
}

local function is_typed(value, err)
  return value ~= nil or type(err) == "table" and type(err.name) == "string" and err.outcome ~= nil
end

local function demand(truth, what)
  if truth then return end
  io.stderr:write("broken: ", what, "\n")
  os.exit(3)
end

local value, err = client.devices.get("warm")
demand(is_typed(value, err), "the warm-up: " .. tostring(err))
value, err = KINDS[kind]()
demand(is_typed(value, err), kind .. ": " .. tostring(err))

for _ = 1, 3 do
  value, err = client.devices.get("after")
  if value then break end
end
demand(value, "the client does not work afterwards: " .. tostring(err))
client:close()

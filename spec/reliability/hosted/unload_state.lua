-- SPDX-License-Identifier: MIT
-- One state that loads the module, makes one call of some kind and is closed.
-- luacheck: globals use PORT

local core = require "seam.core"

local function submit(pool, host_name)
  return assert(pool:submit{ method = "GET", url = ("http://%s:%d/devices/get"):format(host_name, PORT), timeout = 2 })
end

local ways = {}

function ways.answered()
  local pool = core.pool()
  local transfer = submit(pool, "127.0.0.1")
  while not transfer:done() do pool:step(1) end
  assert(transfer:result() == 200)
end

--- Given up after a moment by its own deadline.
function ways.stuck()
  local pool = core.pool()
  local transfer = assert(pool:submit{ method = "GET", url = "http://stuck.invalid/", timeout = 0.01 })
  while not transfer:done() do pool:step(1) end
  local _, code = transfer:result()
  assert(code == "timeout", code)
end

--- In flight when the state closes.
function ways.abandoned()
  local pool = core.pool()
  submit(pool, "stuck.invalid")
  pool:step(0.001)
end

function use(way) ways[way]() end

-- SPDX-License-Identifier: MIT
-- A stream of server-sent events: the locks whenever a webhook has brought something new, in any worker.

local views = require "views"

local M = {}

-- Seconds. A look into shared memory costs microseconds; an event every now and then shows the page that
-- the line is up, and how old the list has become.
local PAUSE, LONGEST_SILENCE = 0.2, 5

local function send(kind, data)
  ngx.print("event: ", kind, "\ndata: ", data, "\n\n")
  return ngx.flush(true)
end

local function send_locks(cache)
  local locks, info = cache.list()
  if locks then return send("locks", views.locks(locks, info)) end
  return send("down", "{}")
end

--- Makes the handler.
---@param cache seam.DeviceCache
---@param changes table shared dictionary that counts changes of access codes
---@return function
function M.new(cache, changes)
  return function()
    ngx.header["Content-Type"] = "text/event-stream"
    ngx.header["Cache-Control"] = "no-store"
    local version, codes, silence = nil, changes:get "codes", 0
    -- A worker that is to end does not wait for its pages: they come back to another one by themselves.
    while not ngx.worker.exiting() do
      local there, latest = true, cache.version()
      if latest ~= version or silence >= LONGEST_SILENCE then
        there, silence, version = send_locks(cache), 0, latest
      end
      if there and changes:get "codes" ~= codes then
        codes = changes:get "codes"
        there = send("codes", "{}")
      end
      if not there then return end
      ngx.sleep(PAUSE)
      silence = silence + PAUSE
    end
  end
end

return M

-- SPDX-License-Identifier: MIT
--- Twelve ways for a call to hang, and how long it takes to get out of each: by the deadline, by
--- closing, by collecting. Used in the process of the specs, and apart where a library is preloaded.
local core = require "seam.core"
local seam = require "seam.safe"

local M = {}

local LOCK = "681bf7bc-e7c6-48e6-acfe-6dbabd0615c5"
local LATE = 0.1 -- seconds after the deadline that are allowed
local EARLY = 0.02 -- the deadline must not come sooner than so much before its time
local LONGEST_END = 0.05 -- seconds for close and for collection
local TRIES = 3 -- a busy machine may be late; what really hangs is so every time

local PENDING = { ok = true, action_attempt = { action_attempt_id = "a", status = "pending" } }
local HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 90000\r\n\r\n"
-- A TLS record that announces 16 KiB of server hello, of which nothing more comes.
local HALF_HELLO = "\22\3\3\64\0\2\0\63\252"

local function play(...)
  local steps = { { recv = "all" }, ... }
  return function() return { { play = steps } } end
end

local function at_connect(...)
  local steps = { ... }
  return function(port) return { { at = "connect", match = { port = port }, play = steps } } end
end

local names_asked = 0

--- A name the resolver has not heard yet, so that it is stuck once more.
local function stuck_name(_, peer)
  names_asked = names_asked + 1
  return ("http://stuck-3000-%d.fault.test:%d"):format(names_asked, peer.port)
end

local function opened(kind, scheme)
  return function(stall, peer)
    if not stall.port or stall.peer ~= peer then
      stall.port, stall.peer = peer:open{ kind = kind }, peer
    end
    return scheme .. "://127.0.0.1:" .. stall.port
  end
end

M.resolver = { name = "the resolver", endpoint = stuck_name }

--- rules(port): the server's script; endpoint(stall, peer): its address, the peer's own when absent;
--- call(client, deadline): what hangs, unlock_door when absent; code: the error's when not "timeout".
M.list = {
  { name = "connecting", endpoint = opened("full", "http") },
  { name = "a connection that nobody accepts", endpoint = opened("deaf", "http") },
  { name = "the TLS greeting", endpoint = opened("plain", "https"), rules = at_connect({ hang = true }) },
  { name = "the middle of the TLS handshake", endpoint = opened("plain", "https"),
    rules = at_connect({ recv = 1 }, { send = HALF_HELLO }, { hang = true }) },
  { name = "the head", rules = play({ hang = true }) },
  { name = "a head that drips",
    rules = play({ drip = { bytes = "HTTP/1.1 200 OK\r\nX: " .. ("x"):rep(1000), every = 0.02 } }) },
  { name = "interim answers without end",
    rules = play({ loop = { steps = { { send = "HTTP/1.1 102 Processing\r\n\r\n" }, { wait = 0.02 } } } }) },
  { name = "the body", rules = play({ send = HEAD .. '{"ok":' }, { hang = true }) },
  { name = "a body that drips", rules = play({ send = HEAD }, { drip = { bytes = (" "):rep(1000), every = 0.02 } }) },
  { name = "the waits between retries", code = "http", ends_early = true, is_no_transfer = true,
    rules = function() return { { reply = { status = 503, body = "busy" } } } end,
    call = function(client, deadline) return client.locks.list({}, { timeout = deadline, retries = 10 }) end },
  { name = "the wait for an action attempt", code = "action_attempt_timeout", is_no_transfer = true,
    rules = function()
      return { { match = { path = "/locks/unlock_door" }, reply = { json = PENDING } },
        { play = { { recv = "all" }, { hang = true } } } }
    end,
    call = function(client, deadline)
      return client.locks.unlock_door(LOCK, { timeout = 5,
        wait_for_action_attempt = { timeout = deadline, polling_interval = 0.05 } })
    end },
}

local function unlock(client, deadline)
  return client.locks.unlock_door(LOCK, { timeout = deadline })
end

local function endpoint_of(stall, peer)
  local url = stall.endpoint and stall:endpoint(peer) or peer.url
  peer:script(stall.rules and stall.rules(stall.port) or {})
  return url
end

local function timed(action)
  local started = core.now()
  local value, err = action()
  return core.now() - started, value, err
end

local function deadline_complaint(stall, peer, deadline)
  local client = seam.new{ api_key = "seam_stall_0001", endpoint = endpoint_of(stall, peer), allow_insecure = true }
  local took, value, err = timed(function() return (stall.call or unlock)(client, deadline) end)
  client:close()
  local code = stall.code or "timeout"
  if value ~= nil or err.code ~= code then
    return ("%s: expected an error %s, got %s"):format(stall.name, code, tostring(err))
  end
  if took > deadline + LATE or (took < deadline - EARLY and not stall.ends_early) then
    return ("%s: expected the call to end after %g s, it took %.3f s"):format(stall.name, deadline, took)
  end
end

--- A pool with a transfer that has run into the stall.
local function stuck_pool(stall, peer)
  local pool = core.pool()
  local url = endpoint_of(stall, peer)
  local transfer = assert(pool:submit{ method = "POST", url = url .. "/locks/unlock_door", body = "{}" })
  local until_ = core.now() + 0.05
  repeat pool:step(0.01) until core.now() > until_
  assert(not transfer:done(), stall.name .. ": the transfer should hang")
  return pool, transfer
end

local function closing_complaint(stall, peer)
  local pool = stuck_pool(stall, peer)
  local took = timed(function() pool:close() end)
  if took > LONGEST_END then return ("%s: closing took %.3f s"):format(stall.name, took) end
end

local function collect_all()
  collectgarbage()
  collectgarbage()
end

local function collecting_complaint(stall, peer)
  local watch = setmetatable({ stuck_pool(stall, peer) }, { __mode = "v" })
  local took = timed(collect_all)
  -- All that the specs have loaded is walked, too: that much is not the pool's.
  took = took - timed(collect_all)
  if watch[1] or watch[2] then return stall.name .. ": the pool was not collected" end
  if took > LONGEST_END then return ("%s: collecting took %.3f s"):format(stall.name, took) end
end

local function best_of(check, ...)
  local said
  for _ = 1, TRIES do
    said = check(...)
    if not said then return nil end
  end
  return said
end

--- What is wrong with a stall's deadlines.
---@param stall table
---@param peer table support.http_peer
---@param deadlines number[] seconds
---@return string[] complaints
function M.late(stall, peer, deadlines)
  local complaints = {}
  for _, deadline in ipairs(deadlines) do
    complaints[#complaints + 1] = best_of(deadline_complaint, stall, peer, deadline)
  end
  return complaints
end

--- What is wrong with closing and collecting in the middle of a stall.
---@param stall table
---@param peer table support.http_peer
---@return string[] complaints
function M.sticky(stall, peer)
  local complaints = { best_of(closing_complaint, stall, peer) }
  complaints[#complaints + 1] = best_of(collecting_complaint, stall, peer)
  return complaints
end

return M

-- SPDX-License-Identifier: MIT
-- The workspace's locks for all workers: listed once per `ttl`, again when a webhook says so, and served with
-- their age while Seam is down.

local errors = require "seam.errors"
local options = require "seam.openresty.options"
local snapshots = require "seam.openresty.snapshot"
local try = require "seam.openresty.try"

local M = {}

local OPTIONS = { client = "client", dict = "dict", ttl = "positive" }
local DEFAULT_TTL = 60

local LISTING, CHANGED, RESTING = "seam:devices:listing", "seam:devices:changed", "seam:devices:resting"

-- Seconds. A worker that died in the middle of a listing stops the others for the first; a call takes at
-- most 30. After a failure nobody asks for the third: every request would wait for a time-out.
local LISTING_SECONDS, LONGEST_WAIT, REST_SECONDS, PAUSE = 35, 10, 5, 0.02
local MOST_ROUNDS = 3

-- What may change a lock as the API lists it.
local EVENTS = { "lock.*", "device.*", "connected_account.*" }

local function told(state, at, problem)
  local age = math.max(0, ngx.now() - at)
  return { age = age, stale = age >= state.ttl or problem ~= nil, error = problem and tostring(problem) or nil }
end

--- Lists now, and keeps what comes. Called by whoever holds the mark of the listing.
local function list_now(state)
  state.dict:delete(CHANGED)
  local devices, err = try(state.client.locks.list)
  if not devices then
    ngx.log(ngx.WARN, "seam: the locks could not be listed: ", tostring(err))
    state.dict:set(RESTING, tostring(err), REST_SECONDS)
    -- Whatever changed was not seen: what there is must not pass for current.
    state.dict:set(CHANGED, true)
    return nil, err
  end
  state.dict:delete(RESTING)
  local kept, problem = state.snapshot:write(devices, ngx.now())
  if not kept then
    ngx.log(ngx.ERR, "seam: the list of locks does not fit its lua_shared_dict: ", problem)
    return nil, errors.new("SeamError", "The list of locks could not be kept: " .. problem)
  end
  return true
end

local function claim(state)
  return (state.dict:add(LISTING, true, LISTING_SECONDS))
end

local list_behind

--- Lists until nothing has changed since; a site where something changes all the time keeps no request
--- waiting for that. Where another worker lists, that one looks again when it is done: it lets go of the
--- mark first, and asks for changes after.
local function list_until_current(state)
  local done, err
  for _ = 1, MOST_ROUNDS do
    if not claim(state) then return done, err end
    done, err = list_now(state)
    state.dict:delete(LISTING)
    if not done or not state.dict:get(CHANGED) then return done, err end
  end
  list_behind(state)
  return done
end

--- Lists in a timer: nobody waits for it.
function list_behind(state)
  local ok, problem = ngx.timer.at(0, function(ending)
    if not ending then list_until_current(state) end
  end)
  -- The next request that wants the list sees the mark.
  if not ok then ngx.log(ngx.WARN, "seam: no timer for listing the locks: ", problem) end
end

--- Another worker lists: waits for what it brings.
local function wait_until(is_there)
  local deadline = ngx.now() + LONGEST_WAIT
  repeat
    if is_there() then return true end
    -- Not every phase may sleep.
  until ngx.now() >= deadline or not pcall(ngx.sleep, PAUSE)
  return false
end

local function is_listing(state)
  return state.dict:get(LISTING) ~= nil
end

local function problem_of(state)
  return state.dict:get(RESTING) or "another worker is listing them"
end

--- Sees to it that there is a list, as fresh as can be had without waiting in vain.
---@return number|nil at
---@return any problem why it is not fresh
local function ready(state)
  local at = state.snapshot:read()
  if at and ngx.now() - at < state.ttl and not state.dict:get(CHANGED) then return at end
  if state.dict:get(RESTING) then return at, problem_of(state) end
  local done, err = list_until_current(state)
  if not at and not done and not err then
    wait_until(function() return state.snapshot:read() or not is_listing(state) end)
  end
  at = state.snapshot:read()
  if not at then err = err or problem_of(state) end
  return at, err
end

local function unknown_locks(problem)
  if errors.is_error(problem) then return problem end
  return errors.new("SeamError", "The locks are not known: " .. tostring(problem))
end

local function list(state)
  local at, problem = ready(state)
  if not at then return nil, unknown_locks(problem) end
  return state.snapshot:devices(), told(state, at, problem)
end

local function get(state, id)
  local at, problem = ready(state)
  if not at then return nil, unknown_locks(problem) end
  local device = state.snapshot:device(id)
  if not device then
    return nil, errors.new("SeamError", "There is no lock " .. errors.quoted(id), { code = "device_not_found" })
  end
  return device, told(state, at, problem)
end

local function refresh(state)
  state.dict:set(CHANGED, true)
  local done, err = list_until_current(state)
  if not done and not err then
    wait_until(function() return not is_listing(state) and not state.dict:get(CHANGED) end)
    if state.dict:get(CHANGED) then err = problem_of(state) end
  end
  if err then return nil, unknown_locks(err) end
  return list(state)
end

--- A webhook is answered at once; the listing goes on behind it.
local function refresh_soon(state)
  state.dict:set(CHANGED, true)
  state.dict:delete(RESTING)
  list_behind(state)
end

local function event_handlers(state)
  local on = {}
  for _, pattern in ipairs(EVENTS) do on[pattern] = function() refresh_soon(state) end end
  return on
end

---@class seam.DeviceCache
---@field list fun(): table[]|nil, table|seam.Error locks, { age = seconds, stale = boolean, error = } ; or nil, error
---@field get fun(id: string): table|nil, table|seam.Error one lock; error.code is "device_not_found" for none
---@field refresh fun(): table[]|nil, table|seam.Error lists now
---@field age fun(): number|nil seconds since the last listing
---@field version fun(): integer grows whenever a listing brings something new
---@field on table<string, function> for openresty.webhook: what lists again

--- Makes a cache. Options:
--- client: of seam.new or seam.safe;
--- dict: name of a lua_shared_dict; a lock takes about 3 KiB;
--- ttl: seconds a list is good for; 60 when absent.
--- One worker lists, the others serve what they have meanwhile. Tables are the caller's own.
---@param given table
---@return seam.DeviceCache
function M.new(given)
  local state = options.check(given, OPTIONS, { "client", "dict" })
  state.ttl = state.ttl or DEFAULT_TTL
  state.snapshot = snapshots.new(state.dict)
  local cache = { on = event_handlers(state) }
  function cache.list() return list(state) end
  -- cache:get(id) is understood too.
  function cache.get(first, second) return get(state, rawequal(first, cache) and second or first) end
  function cache.refresh() return refresh(state) end
  function cache.version() return state.snapshot:version() end
  function cache.age()
    local at = state.snapshot:read()
    return at and math.max(0, ngx.now() - at)
  end
  return cache
end

return M

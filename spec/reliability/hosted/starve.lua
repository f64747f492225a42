-- SPDX-License-Identifier: MIT
-- Makes one allocation after another fail, in one layer, in one mode, until a call needs no more of
-- them; after each failure the result must be right, or a memory error, and the next call right.
-- luacheck: globals host

local layer, mode, call = ...

local STATE = "spec/reliability/hosted/starve_state.lua"
local MOST_POINTS = 20000

local function fail(...)
  error(("%s, %s, %s: %s"):format(layer, mode, call, (select("#", ...) > 1 and string.format(...)) or (...)), 0)
end

local function new_state()
  local state = host.state(STATE)
  local outcome, message = state:call("none", "", 0, "prepare", call)
  if outcome ~= "ok" then fail("preparing failed: %s", tostring(message)) end
  return state
end

local function close(state, n)
  local left = state:close()
  -- LuaJIT itself forgets parts of objects that it could not finish.
  if left ~= 0 and not rawget(_G, "jit") then fail("%d bytes left behind at point %d", left, n) end
end

local function arrived()
  return (host.received():gsub("127%.0%.0%.1:%d+", "127.0.0.1"))
end

--- Whether what arrived is what arrives without a failure, or the beginning of it: a request that
--- is not whole does nothing.
local function is_part(bytes, wanted)
  return wanted:sub(1, #bytes) == bytes
end

local TYPED = {
  "memory", "outcome unknown", "SeamHttpError", "OpenSSL could not", "no randomness", "not base64", "connect: ",
  "invalid_response: ", "dns: ",
}

--- Failures below Lua come back as Lua's memory error or as our own errors that say so.
local function is_typed(message)
  message = tostring(message)
  for _, words in ipairs(TYPED) do
    if message:find(words, 1, true) then return true end
  end
  return false
end

local function is_allowed(outcome, message)
  -- The second is what C raises where growing the stack failed.
  if outcome == "memory" or message == "not enough memory" then return true end
  return layer ~= "lua" and outcome == "error" and is_typed(message)
end

local function sweep()
  local state = new_state()
  host.received()
  local outcome, wanted = state:call("none", "", 0, call)
  if outcome ~= "ok" then fail("without a failure: %s", tostring(wanted)) end
  local wanted_bytes = arrived()
  local points, right = 0, 0
  for n = 1, MOST_POINTS do
    state:call("none", "", 0, "collect")
    local failures, value
    outcome, value, failures = state:call(layer, mode, n, call)
    if outcome == "ok" and value ~= wanted then
      fail("wrong at point %d: expected %s, got %s", n, tostring(wanted), tostring(value))
    end
    if outcome ~= "ok" and not is_allowed(outcome, value) then
      fail("at point %d neither the result nor a memory error but: %s", n, tostring(value))
    end
    local bytes = arrived()
    if not is_part(bytes, wanted_bytes) then
      fail("at point %d this arrived:\n%s\ninstead of:\n%s", n, bytes, wanted_bytes)
    end
    if failures == 0 then
      if outcome ~= "ok" then fail("an error at point %d though nothing failed: %s", n, tostring(value)) end
      break
    end
    points = points + 1
    if outcome == "ok" then right = right + 1 end
    outcome, value = state:call("none", "", 0, call)
    if outcome ~= "ok" or value ~= wanted then
      fail("after point %d the next call gave %s", n, tostring(value))
    end
    host.received()
    if n == MOST_POINTS then fail("no end after %d points", n) end
  end
  close(state, points)
  io.write(("%d points, %d right all the same\n"):format(points, right))
end

sweep()

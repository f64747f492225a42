-- SPDX-License-Identifier: MIT
-- Opens, uses and closes many states; every tenth leaves a thread of libcurl behind in the resolver.
-- luacheck: globals host

local states = tonumber((...))

local STATE = "spec/reliability/hosted/unload_state.lua"
local LONGEST_WAIT = 6

local function use_one(number)
  local state = host.state(STATE)
  local way = number % 20 == 0 and "stuck" or number % 20 == 10 and "abandoned" or "answered"
  local outcome, message = state:call("none", "", 0, "use", way)
  assert(outcome == "ok", way .. ": " .. tostring(message))
  assert(state:close() == 0, "memory is left behind")
  return way ~= "answered"
end

--- The stuck threads wake up after their state, and with it the module, is gone.
local function wait_for_threads()
  for _ = 1, LONGEST_WAIT * 20 do
    if host.threads() == 1 then return end
    host.sleep(0.05)
  end
  error(host.threads() .. " threads still run", 0)
end

local stuck, most_threads = 0, 0
local before = host.descriptors()
for number = 1, states do
  if use_one(number) then stuck = stuck + 1 end
  most_threads = math.max(most_threads, host.threads())
end
assert(most_threads > stuck / 4, "no thread was ever stuck")
wait_for_threads()
assert(host.descriptors() <= before, "descriptors are left open")
io.write(("%d states, %d threads were stuck\n"):format(states, stuck))

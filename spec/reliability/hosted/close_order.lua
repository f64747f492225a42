-- SPDX-License-Identifier: MIT
-- Directs one way to end over every order of the five kinds of things a state can hold open.
-- luacheck: globals host

local end_name = ...

local STATE = "spec/reliability/hosted/close_order_state.lua"
local KINDS = { "client", "pages", "pool", "running", "done" }

local function permutations(list)
  if #list <= 1 then return { list } end
  local out = {}
  for index, first in ipairs(list) do
    local rest = {}
    for other, item in ipairs(list) do
      if other ~= index then rest[#rest + 1] = item end
    end
    for _, tail in ipairs(permutations(rest)) do
      table.insert(tail, 1, first)
      out[#out + 1] = tail
    end
  end
  return out
end

local function check(what, wanted, got, order)
  if wanted == got then return end
  error(("%s in the order %s: expected %s, got %s"):format(what, order, tostring(wanted), tostring(got)), 0)
end

local function act(order, number)
  local state = host.state(STATE)
  local outcome, message = state:call("none", "", 0, "run", end_name, order, number)
  check("outcome (" .. tostring(message) .. ")", "ok", outcome, order)
  check("bytes of Lua left behind", 0, state:close(), order)
end

local function main()
  local before = host.descriptors()
  local count = 0
  for number, kinds in ipairs(permutations(KINDS)) do
    local order = table.concat(kinds, " ")
    count = count + 1
    if end_name == "os.exit" then
      check("exit status", 0, host.apart(function() act(order, number) end), order)
    else
      act(order, number)
    end
    check("open descriptors", before, host.descriptors(), order)
  end
  io.write(("%d orders\n"):format(count))
end

main()

-- SPDX-License-Identifier: MIT
-- Every allocation of a call made to fail, one after the other, under sanitizers: in Lua's memory,
-- libcurl's, OpenSSL's and our own. After each the result is right or a memory error, what reached
-- the server is the right request or the unfinished start of it, and the next call is right.
local c_program = require "support.c_program"

local MODES = { once = "once", from = "from one point on" }

local function sweep(layer, mode, call)
  local output, status = c_program.host("starving_host", "starve", ("%s %s %s"):format(layer, mode, call))
  local points = output:match("^(%d+) points, %d+ right all the same\n$")
  assert(points and status == 0, ("%s\n(exit status %s)"):format(output, tostring(status)))
  return tonumber(points)
end

--- Sweeps calls in both modes. A sweep of too few points has looked at something else.
local function hold(layer, calls)
  for call, least in pairs(calls) do
    for mode, words in pairs(MODES) do
      it(("%s, failing %s"):format(call, words), function()
        local points = sweep(layer, mode, call)
        assert.is_true(points >= least, ("%d points, expected %d at least"):format(points, least))
      end)
    end
  end
end

describe("row 15: without memory for Lua", function()
  hold("lua", {
    new_client = 40, read = 25, write = 45, list = 40, error_path = 60, verify = 12, close = 110,
    load_module = 900, headers = 10,
  })
end)

describe("row 16: without memory for libcurl", function()
  hold("curl", { read = 30, write = 30, list = 30, error_path = 30, close = 40, headers = 40 })
end)

describe("row 16: without memory for our own C", function()
  hold("malloc", { read = 3, write = 4, list = 3, error_path = 3, close = 3, headers = 3, watched = 3 })
end)

describe("row 16: libcurl and the system refusing what our own C asks of them", function()
  hold("calls", {
    read = 20, write = 20, close = 20, nobody_there = 25, watched = 30, random = 1, decode = 1,
  })
end)

describe("row 16: without memory for OpenSSL", function()
  hold("openssl", { hmac = 5, verify = 5 })
end)

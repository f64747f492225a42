-- SPDX-License-Identifier: MIT
-- What is measured. `verb` is what the clients are told, `count` how many calls, `runs` how many processes
-- make one sample, `unit` what a sample is divided into; `whole` where the process itself counts, too.

local function net(name, fields)
  local list = {}
  for _, scheme in ipairs { "http", "https" } do
    local scenario = { name = name .. "-" .. scheme, scheme = scheme, base = "c-limit" }
    for key, value in pairs(fields) do scenario[key] = value end
    list[#list + 1] = scenario
  end
  return list
end

local M = {}

local function add(list)
  for _, scenario in ipairs(list) do M[#M + 1] = scenario end
end

add(net("cold", {
  title = "Cold start: process start, one call, exit", verb = "cold", unit = "ms", count = 1, runs = 5, whole = true,
}))
add(net("small", {
  title = "Sequential calls of 1.7 KB on a kept connection, client and server on one processor",
  verb = "small", unit = "us a call", count = 1500, runs = 1, one_cpu = true,
}))
add(net("list", {
  title = "Listing 1,000 devices (1.7 MB)", verb = "list", unit = "ms a list", count = 15, runs = 1,
}))
add(net("fan", {
  title = "2,000 calls, answered after 20 ms, (so many) at once",
  verb = "fan", unit = "ms in all", count = 2000, runs = 1,
  in_all = true,
}))
add { {
  name = "decode", title = "Decoding the body of 1,000 devices", verb = "decode", unit = "ms a body",
  count = 15, runs = 1, base = "c-bound",
} }

return M

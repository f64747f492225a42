-- SPDX-License-Identifier: MIT
-- Faults of row 4: the connection ends while the request travels.
local places = {
  { "1 byte" },
  { "the headers", {} },
  { "half the body", { { recv = "half" } } },
  { "the body", { { recv = "all" } } },
}

local faults = {}
for _, ending in ipairs{ "fin", "rst" } do
  for _, place in ipairs(places) do
    local fault = { name = ending:upper() .. " after " .. place[1], code = "closed" }
    if place[2] then
      fault.play = {}
      for _, step in ipairs(place[2]) do fault.play[#fault.play + 1] = step end
      fault.play[#fault.play + 1] = { [ending] = true }
    else
      fault.at_connect = { { recv = 1 }, { [ending] = true } }
    end
    faults[#faults + 1] = fault
  end
end
return faults

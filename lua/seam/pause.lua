-- SPDX-License-Identifier: MIT
-- A client's sleep that ends early when what it waits for is over.

local M = {}

-- Cut so that an end is noticed soon, and a long pause is not made of thousands.
local SHORTEST_CUT = 1
local CUTS = 10

--- Sleeps, and looks now and then whether to go on.
---@param client table a client with the safe face
---@param seconds number
---@param is_over nil|fun(): any true ends the pause
function M.run(client, seconds, is_over)
  if not is_over then return client.sleep(seconds) end
  local cut = math.max(SHORTEST_CUT, seconds / CUTS)
  local wake = client.now() + seconds
  while not is_over() do
    local left = wake - client.now()
    if left <= 0 then return end
    client.sleep(math.min(left, cut))
  end
end

return M

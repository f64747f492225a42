-- SPDX-License-Identifier: MIT
-- The order in which events are handed over.

local M = {}

-- So many events are sorted and settled at a time: what has to be remembered stays small after a long absence.
local BATCH = 200

--- The endpoint's own order is the newest first.
local function became_known_before(a, b)
  if a.created ~= b.created then return a.created < b.created end
  return a.place > b.place
end

local function happened_before(a, b)
  if a.occurred ~= b.occurred then return a.occurred < b.occurred end
  return became_known_before(a, b)
end

--- What is still to be handed over, and when the latest of all became known.
local function select_open(state, items)
  local open, latest = {}, nil
  for _, item in ipairs(items) do
    if item.created >= state.start then
      latest = math.max(latest or item.created, item.created)
      if not state.seen[item.event.event_id] then open[#open + 1] = item end
    end
  end
  return open, latest
end

--- Batches by the time events became known, each in the order in which they happened.
---@param state seam.WatchState
---@param items table[] { event =, created =, occurred =, place = }
---@return table[] batches lists of items; `reached` is when the last of one became known
---@return number|nil latest
function M.cut(state, items)
  local open, latest = select_open(state, items)
  table.sort(open, became_known_before)
  local batches = {}
  for _, item in ipairs(open) do
    local batch = batches[#batches]
    if not batch or #batch >= BATCH then
      batch = {}
      batches[#batches + 1] = batch
    end
    batch[#batch + 1], batch.reached = item, item.created
  end
  for _, batch in ipairs(batches) do table.sort(batch, happened_before) end
  return batches, latest
end

return M

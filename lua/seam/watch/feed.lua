-- SPDX-License-Identifier: MIT
-- All events since a moment. The endpoint has no page cursor and lists the newest first: pages are
-- walked back by time, and by offset where more events than fit a page share one moment.

local time = require "seam.time"

local M = {}

-- The API's moments have milliseconds, and both ends of a span are exclusive.
local STEP = 0.001

--- When an event became known to Seam: what the endpoint goes by.
---@param event table
---@return number epoch seconds; 0 where the event does not say
function M.created(event)
  return time.parse(event.created_at) or time.parse(event.occurred_at) or 0
end

--- When it happened.
---@param event table
---@return number epoch seconds
function M.occurred(event)
  return time.parse(event.occurred_at) or M.created(event)
end

local function read_page(client, query, from, upper, offset)
  local params = { limit = query.limit, event_types = query.event_types }
  if upper then params.between = { from, upper } else params.since = from end
  if offset > 0 then params.unstable_offset = offset end
  return client.events.list(params)
end

--- Adds what is new of a page; tells how much that was, and the earliest moment on it.
local function add_page(found, known, page)
  local fresh, earliest = 0, math.huge
  for _, event in ipairs(page) do
    local id, created = event.event_id, M.created(event)
    earliest = math.min(earliest, created)
    if type(id) == "string" and type(event.event_type) == "string" and not known[id] then
      known[id], fresh = true, fresh + 1
      found[#found + 1] = { event = event, created = created, occurred = M.occurred(event), place = #found }
    end
  end
  return fresh, earliest
end

--- Fetches all events that became known after a moment.
---@param client table with the safe face
---@param query table { event_types = string[]|nil, limit = integer events a page }
---@param from number epoch seconds, exclusive
---@return table[]|nil items { event =, created =, occurred =, place = }
---@return seam.Error|nil err
function M.fetch(client, query, from)
  local found, known, upper, offset = {}, {}, nil, 0
  while true do
    local page, err = read_page(client, query, from, upper, offset)
    if not page then return nil, err end
    local fresh, earliest = add_page(found, known, page)
    if #page < query.limit or (fresh == 0 and offset > 0) then return found end
    if not upper or earliest + STEP < upper then
      upper, offset = earliest + STEP, 0
    else
      offset = offset + #page
    end
  end
end

return M

-- SPDX-License-Identifier: MIT
--- The cells of "never a second unlock" over HTTP/2: streams and connections that fail while a write
-- travels, and how often the server saw it. Used in the process of the specs, and apart with a core that
-- is wrong on purpose.
local h2_peer = require "support.h2_peer"
local seam = require "seam.safe"
local second_unlock = require "support.second_unlock"

local M = {}

local TIMEOUT = 0.1 -- of the one point that waits for it, in seconds
local OK = { ok = true, action_attempt = { action_attempt_id = "a", status = "success" },
  access_code = { access_code_id = "c" } }
local HEAD = { headers = { ["content-type"] = "application/json" } }
local PLACES = { { "headers", "the headers" }, { "data", "some of the body" }, { "end", "the body" } }

local points = {}

--- answered: the client has all of an answer, so it may succeed.
local function add(name, at, play, more)
  local point = { name = name, at = at, play = play }
  for key, value in pairs(more or {}) do point[key] = value end
  points[#points + 1] = point
end

for _, place in ipairs(PLACES) do
  local at, where = place[1], " after " .. place[2]
  for _, code in ipairs{ "REFUSED_STREAM", "INTERNAL_ERROR", "CANCEL", "NO_ERROR", "HTTP_1_1_REQUIRED" } do
    add(code .. where, at, { { rst_stream = code } })
  end
  add("GOAWAY, not processed," .. where, at, { { goaway = { last = "below" } }, { fin = true } })
  add("GOAWAY, perhaps processed," .. where, at, { { goaway = { last = "this" } }, { fin = true } })
  add("GOAWAY, not processed, of a connection that stays," .. where, at, { { goaway = { last = "below" } } })
  add("FIN" .. where, at, { { fin = true } })
  add("RST" .. where, at, { { rst = true } })
  add("an answer and NO_ERROR" .. where, at, { { answer = { json = OK } }, { rst_stream = "NO_ERROR" } },
    { answered = true })
end
for _, ending in ipairs{ "fin", "rst" } do
  local name = ending:upper()
  add(name .. " after an interim answer", "end", { { head = { status = 103 } }, { [ending] = true } })
  add(name .. " after the answer's head", "end", { { head = HEAD }, { [ending] = true } })
  add(name .. " after half of the answer", "end", { { head = HEAD }, { data = '{"ok":' }, { [ending] = true } })
  add(name .. " after the answer without its end", "end",
    { { answer = { json = OK, open = true } }, { [ending] = true } }, { answered = true })
end
add("a reset within the answer", "end", { { head = HEAD }, { data = '{"ok":' }, { rst_stream = "INTERNAL_ERROR" } })
add("a frame that breaks the rules", "end", { { frame = { kind = "DATA", stream = 0, payload = "x" } } })
add("silence past the deadline", "end", { { silence = true } }, { late = true })

M.points = points
M.writes = second_unlock.writes

--- All cells of one write.
---@param write table
---@return table[]
function M.cells(write)
  local cells = {}
  for _, point in ipairs(points) do
    for _, reused in ipairs{ false, true } do
      for _, body in ipairs{ "{}", "full" } do
        cells[#cells + 1] = { write = write, point = point, reused = reused, body = body }
      end
    end
  end
  return cells
end

function M.name(cell)
  return ("%s with body %s, %s, %s connection"):format(cell.write.name, cell.body, cell.point.name,
    cell.reused and "reused" or "new")
end

--- One cell: a client of its own, whose connection served before or did not.
---@param peer table support.h2_peer
---@param cell table { write =, point =, reused =, body = "{}"|"full" }
---@return integer copies the server saw, in part or whole
---@return any value
---@return table|nil err
function M.run(peer, cell)
  local point, before = cell.point, cell.reused and 1 or 0
  local good = { answer = { json = OK } }
  peer:script({ { match = { nth = before + 1 }, at = point.at, play = point.play }, good },
    { settings = { INITIAL_WINDOW_SIZE = 1 } })
  local client = seam.new{ api_key = "seam_second_unlock_02", endpoint = peer.url, ca_file = peer.ca_file,
    wait_for_action_attempt = false }
  if cell.reused then assert(client.request{ method = "GET", path = "/devices/list" }) end
  local value, err = second_unlock.send(client, cell)
  client:close()
  return peer:report().opened - before, value, err
end

--- A read at one of the points, with so many retries of our own; every later attempt is answered.
---@param peer table support.h2_peer
---@param point table
---@param retries integer
---@return integer copies the server saw, in part or whole
---@return any value
---@return table|nil err
function M.read(peer, point, retries)
  local good = { answer = { json = { ok = true, device = { device_id = "d" } } } }
  peer:script{ { match = { nth = 1 }, at = point.at, play = point.play }, good }
  local client = seam.new{ api_key = "seam_second_unlock_02", endpoint = peer.url, ca_file = peer.ca_file }
  local value, err = client.locks.get("681bf7bc-e7c6-48e6-acfe-6dbabd0615c5",
    { timeout = point.late and TIMEOUT or 5, retries = retries })
  client:close()
  return peer:report().opened, value, err
end

--- Whether the server sees one of the unlock's cells more than once; looks no further then.
---@return string|nil name of the first such cell
function M.first_double()
  local peer, found = h2_peer.start(), nil
  for _, cell in ipairs(M.cells(M.writes[1])) do
    if not found and not cell.point.late and M.run(peer, cell) > 1 then found = M.name(cell) end
  end
  peer:stop()
  return found
end

return M

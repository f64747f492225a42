-- SPDX-License-Identifier: MIT
--- The cells of "never a second unlock": a write, what is known of it when its connection fails, and
--- how often the server saw it. Used in the process of the specs, and apart with a core that is wrong
--- on purpose.
local http_peer = require "support.http_peer"
local seam = require "seam.safe"

local M = {}

local LOCK = "681bf7bc-e7c6-48e6-acfe-6dbabd0615c5"
local TIMEOUT = 0.1 -- of the one point that waits for it, in seconds
local OK = '{"ok":true,"action_attempt":{"action_attempt_id":"a","status":"success"},' ..
  '"access_code":{"access_code_id":"c"}}'
local HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " .. #OK .. "\r\n\r\n"

--- Where the connection fails: steps that come before its end. first_byte: not even a head is read.
M.points = {
  { name = "after 1 byte", first_byte = true },
  { name = "after the headers" },
  { name = "after half of the body", { recv = "half" } },
  { name = "after the body", { recv = "all" } },
  { name = "after 1 byte of the answer", { recv = "all" }, { send = "H" } },
  { name = "after half a status line", { recv = "all" }, { send = "HTTP/1.1 2" } },
  { name = "after the status line", { recv = "all" }, { send = "HTTP/1.1 200 OK\r\n" } },
  { name = "after a 1xx", { recv = "all" }, { send = "HTTP/1.1 102 Processing\r\n\r\n" } },
  { name = "after the answer's head", { recv = "all" }, { send = HEAD } },
  { name = "after half of the answer", { recv = "all" }, { send = HEAD .. OK:sub(1, 20) } },
  { name = "after the whole answer", { recv = "all" }, { send = HEAD .. OK }, answered = true },
  { name = "after the deadline", { recv = "all" }, { wait = TIMEOUT * 1.5 }, late = true },
}

--- The five writes: the endpoint, and the call with all that belongs to it.
M.writes = {
  { name = "unlock", method = "POST", path = "/locks/unlock_door",
    full = function(client, options) return client.locks.unlock_door(LOCK, options) end },
  { name = "lock", method = "POST", path = "/locks/lock_door",
    full = function(client, options) return client.locks.lock_door(LOCK, options) end },
  { name = "create a code", method = "POST", path = "/access_codes/create",
    full = function(client, options)
      return client.access_codes.create({ device_id = LOCK, name = ("n"):rep(200) }, options)
    end },
  { name = "update", method = "PATCH", path = "/access_codes/update",
    full = function(client, options)
      return client.access_codes.update({ access_code_id = "c", name = ("n"):rep(200) }, options)
    end },
  { name = "delete", method = "DELETE", path = "/access_codes/delete",
    full = function(client, options) return client.access_codes.delete("c", options) end },
}

local function rules_of(write, point, ending, reused)
  local play = {}
  for _, step in ipairs(point) do play[#play + 1] = step end
  play[#play + 1] = { [ending] = true }
  local warm = { match = { path = "/warm" }, reply = { json = { ok = true } } }
  local good = { reply = { headers = { ["Content-Type"] = "application/json" }, body = OK } }
  if not point.first_byte then
    return { warm, { match = { path = write.path }, times = 1, play = play }, good }
  end
  local first_byte = { at = "connect", times = 1, play = { { recv = 1 }, { [ending] = true } } }
  if not reused then return { first_byte, good } end
  -- What has no body gets a connection of its own even so.
  first_byte.match = { nth_conn = 2 }
  warm.play = { { recv = "all" }, { reply = warm.reply }, { recv_next = 1 }, { [ending] = true } }
  return { first_byte, warm, good }
end

--- How many copies of the write arrived, whole or in part.
local function copies(report, write)
  local count = 0
  for _, connection in ipairs(report.connections) do
    local rest = connection.raw:gsub("GET /warm HTTP.-\r\n\r\n", "")
    local heads = select(2, rest:gsub(write.method .. " " .. write.path .. "[ ?]", ""))
    count = count + (rest ~= "" and math.max(heads, 1) or 0)
  end
  return count
end

--- Sends the write of a cell.
---@param client table of seam.safe
---@param cell table
---@return any value
---@return table|nil err
function M.send(client, cell)
  local write, timeout = cell.write, cell.point.late and TIMEOUT or 5
  if cell.body == "full" then return write.full(client, { timeout = timeout }) end
  return client.request{ method = write.method, path = write.path, params = {}, timeout = timeout }
end

--- What must hold of a cell; a sentence when it does not.
local function complaint(cell, copies_seen, value, err)
  if copies_seen ~= 1 then return ("expected 1 copy at the server, there were %d"):format(copies_seen) end
  if value ~= nil then
    return not cell.point.answered and "expected an error, the call succeeded" or nil
  end
  local code = cell.point.late and "timeout" or "closed"
  if err.name ~= "SeamHttpError" or err.code ~= code or err.outcome ~= "unknown" then
    return ("expected a SeamHttpError, %s, outcome unknown; got %s"):format(code, tostring(err))
  end
  return err.attempts ~= 1 and "expected 1 attempt, there were " .. err.attempts or nil
end

--- What is wrong with cells, each run by `run` (copies, value, err).
---@param cells table[]
---@param run fun(cell: table): integer, any, table|nil
---@param name fun(cell: table): string
---@return string[] complaints
function M.complaints(cells, run, name)
  local said = {}
  for _, cell in ipairs(cells) do
    local wrong = complaint(cell, run(cell))
    if wrong then said[#said + 1] = name(cell) .. ": " .. wrong end
  end
  return said
end

--- One cell: the client it is done with, whether its connection served before, and what became of it.
---@param peer table support.http_peer
---@param cell table { write =, point =, ending = "fin"|"rst", reused =, body = "{}"|"full" }
---@return integer copies seen by the server
---@return any value
---@return table|nil err
function M.run(peer, cell)
  local write, point = cell.write, cell.point
  peer:script(rules_of(write, point, cell.ending, cell.reused))
  local client = seam.new{ api_key = "seam_second_unlock_01", endpoint = peer.url,
    wait_for_action_attempt = false }
  if cell.reused then assert(client.request{ method = "GET", path = "/warm" }) end
  local value, err = M.send(client, cell)
  client:close()
  return copies(peer:report(), write), value, err
end

function M.name(cell)
  return ("%s with body %s, %s %s, %s connection"):format(cell.write.name, cell.body, cell.ending,
    cell.point.name, cell.reused and "reused" or "new")
end

--- All cells of one write.
---@param write table
---@return table[] cells 96
function M.cells(write)
  local cells = {}
  for _, point in ipairs(M.points) do
    for _, ending in ipairs{ "fin", "rst" } do
      for _, reused in ipairs{ false, true } do
        for _, body in ipairs{ "{}", "full" } do
          cells[#cells + 1] = { write = write, point = point, ending = ending, reused = reused, body = body }
        end
      end
    end
  end
  return cells
end

--- How many of the unlock's cells on a reused connection the server sees more than once.
---@return integer doubles
function M.doubles()
  local peer, doubles = http_peer.start(), 0
  for _, cell in ipairs(M.cells(M.writes[1])) do
    if cell.reused and not cell.point.late and M.run(peer, cell) > 1 then doubles = doubles + 1 end
  end
  peer:stop()
  return doubles
end

return M

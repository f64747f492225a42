-- SPDX-License-Identifier: MIT
--- The 64 faults of row 4 against the six kinds of call. Used in the process of the specs, and apart
--- where a library is preloaded.
local core = require "seam.core"
local own_process = require "support.own_process"
local seam = require "seam.safe"

local M = {}

local LOCK = "681bf7bc-e7c6-48e6-acfe-6dbabd0615c5"
local SLOW_TIMEOUT = 0.12 -- of calls that are meant to reach it, in seconds
local TIMEOUT = 5 -- of calls that are not
local LATE = 0.25
local RESOLVER_SECONDS = 5 -- a thread left in the resolver keeps its two descriptors so long at most

--- The groups of section 6, each a file of spec/support/faults.
M.groups = { "connect", "name", "request", "head", "length", "chunks", "encoding", "time", "meaning" }

M.calls = {
  { name = "get", reads = true, run = function(client, options) return client.locks.get(LOCK, options) end },
  { name = "list", reads = true, run = function(client, options) return client.devices.list({}, options) end },
  { name = "unlock", run = function(client, options) return client.locks.unlock_door(LOCK, options) end },
  { name = "create", run = function(client, options) return client.access_codes.create(LOCK, options) end },
  { name = "update", is_void = true,
    run = function(client, options)
      return client.access_codes.update({ access_code_id = "c", name = "n" }, options)
    end },
  { name = "delete", is_void = true,
    run = function(client, options) return client.access_codes.delete("c", options) end },
}

local NEXT = { reply = { json = { ok = true, device = { device_id = "next" } } } }

function M.faults(group)
  return require("support.faults." .. group)
end

local function rules_of(fault, port)
  local rule = { times = 1, match = { port = port }, play = fault.at_connect or fault.play, reply = fault.reply,
    at = fault.at_connect and "connect" or nil }
  if not rule.play and not rule.reply then return { NEXT } end
  return { rule, NEXT }
end

local names_asked = 0

--- The address that the fault is at, and what puts it right.
local function place(fault, peer, tls)
  local function nothing() end
  if fault.host then
    names_asked = names_asked + 1
    return ("http://%s:%d"):format(fault.host:format(names_asked), peer.port), nothing
  end
  local kind = fault.port
  if not kind then return peer.url, nothing end
  if kind == "tls" then return tls.url, nothing, tls.port end
  local port = peer:open{ kind = kind == "refused" and "plain" or kind }
  if kind == "refused" then peer:close_port(port) end
  return "http://127.0.0.1:" .. port, function()
    if kind == "refused" then peer:open{ kind = "plain", port = port } else peer:relieve(port) end
  end, port
end

local function is_one_of(expected, got)
  if type(expected) == "table" then return expected[got] == true end
  return expected == got
end

local function listed(expected)
  if type(expected) ~= "table" then return expected end
  local names = {}
  for name in pairs(expected) do names[#names + 1] = name end
  table.sort(names)
  return table.concat(names, " or ")
end

local function wrong_error(fault, kind, value, err)
  if value ~= nil then
    if fault.void_is_fine and kind.is_void and value == true then return nil end
    return "expected an error, the call succeeded"
  end
  if not seam.is_error(err) or not err:is "SeamError" or type(err.message) ~= "string" or err.message == "" then
    return "expected a typed error, got " .. tostring(err)
  end
  local outcome = fault.outcome or "unknown"
  if not is_one_of(fault.code, err.code) or not is_one_of(outcome, err.outcome) then
    return ("expected %s, outcome %s; got %s"):format(listed(fault.code), listed(outcome), tostring(err))
  end
  if fault.retry_after ~= nil and err.retry_after ~= fault.retry_after then
    return ("expected retry_after %s, got %s"):format(fault.retry_after, tostring(err.retry_after))
  end
  return err.attempts ~= 1 and "expected 1 attempt, there were " .. err.attempts or nil
end

--- With retries as they come: a connection that has just failed may be noticed only when it is used.
local function wrong_next(client)
  local lock, err = client.locks.get(LOCK, { timeout = TIMEOUT })
  if not lock then return "the next call failed: " .. tostring(err) end
  if lock.device_id ~= "next" then return "the next call was given the answer " .. tostring(lock.device_id) end
  return nil
end

local function cell(fault, kind, peer, tls)
  local url, put_right, port = place(fault, peer, tls)
  peer:script(rules_of(fault, port))
  local client = seam.new{ api_key = "seam_fault_matrix_1", endpoint = url, allow_insecure = true,
    ca_file = tls and tls.ca_file }
  local timeout = fault.slow and SLOW_TIMEOUT or TIMEOUT
  local started = core.now()
  local value, err = kind.run(client, { timeout = timeout, retries = 0 })
  local took = core.now() - started
  local said = wrong_error(fault, kind, value, err)
  if not said and took > timeout + LATE then said = ("the call took %.3f s"):format(took) end
  put_right()
  said = said or wrong_next(client)
  client:close()
  return said
end

--- Descriptors that are open once the resolver's threads have had their time.
local function descriptors_left(fault, expected)
  local deadline = core.now() + (fault.host and RESOLVER_SECONDS or 0.5)
  local count
  repeat
    count = own_process.descriptors()
    if count > expected then core.sleep(0.05) end
  until count <= expected or core.now() > deadline
  return count
end

--- Everything that is wrong with one fault, over all kinds of call.
---@param fault table
---@param peer table support.http_peer
---@param tls table|nil { url =, port =, ca_file = } of a TLS port of the peer
---@return string[] complaints
function M.complaints(fault, peer, tls)
  local complaints, before = {}, own_process.descriptors()
  for _, kind in ipairs(M.calls) do
    local said = cell(fault, kind, peer, tls)
    if said then complaints[#complaints + 1] = ("%s, %s: %s"):format(fault.name, kind.name, said) end
  end
  local after = descriptors_left(fault, before)
  if after > before then
    complaints[#complaints + 1] = ("%s: %d descriptors more than before"):format(fault.name, after - before)
  end
  return complaints
end

return M

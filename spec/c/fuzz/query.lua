-- SPDX-License-Identifier: MIT
-- Fuzz target: instructions that build a table, to the query serialiser; and the bytes themselves as an
-- endpoint and as a URL. Oracle: bytes that a URL may have, which read back as the same texts; an
-- endpoint that is accepted is one of https or of this machine; a URL is sent or refused, never raised.
-- luacheck: globals build

local core = require "seam.core"
local json = require "seam.json"
local query = require "seam.query"
local safe = require "seam.safe"

local pool = core.pool()

local function unescape(text)
  return (text:gsub("%+", " "):gsub("%%(%x%x)", function(digits) return string.char(tonumber(digits, 16)) end))
end

local function check_texts(value, found, prefix)
  for key, inner in pairs(value) do
    local name = prefix .. key
    if type(inner) == "string" and inner ~= "" then
      assert(found[name] == inner, "not read back: " .. name)
    elseif type(inner) == "table" and #inner == 0 and inner ~= json.null then
      check_texts(inner, found, name .. ".")
    end
  end
end

local function check_query(bytes)
  local value = build(bytes, json.null)
  -- Not a parameter, but the serialiser's own mark.
  value._strict = nil
  local text, name, reason = query.serialize(value)
  if not text then
    assert(type(name) == "string" and type(reason) == "string", "a refusal without name or reason")
    return
  end
  assert(not text:find("[^A-Za-z0-9*%-._+&=%%]"), "bytes that no query has: " .. text)
  local found = {}
  for key, said in text:gmatch("([^&=]*)=([^&]*)") do found[unescape(key)] = unescape(said) end
  check_texts(value, found, "")
end

local function check_endpoint(bytes)
  local client, err = safe.new { api_key = "seam_fuzz", endpoint = bytes }
  if not client then return assert(type(err) == "table" and err.name, "no error object") end
  local lower = bytes:lower()
  local is_local = lower:find("^http://127%.") or lower:find("^http://localhost") or lower:find("^http://%[::1%]")
  assert(lower:find("^https://") or is_local, "an endpoint in clear: " .. bytes)
  assert(not bytes:find("[%z\1-\32\127-\255?#]"), "an endpoint with odd bytes: " .. bytes)
  assert(not bytes:match("//([^/]*)"):find("@", 1, true), "an endpoint with a user name: " .. bytes)
  client:close()
end

return function(bytes)
  check_query(bytes)
  check_endpoint(bytes)
  local transfer, code = pool:submit { method = "GET", url = bytes }
  assert(transfer or code == "invalid_request", "refused as " .. tostring(code))
  if transfer then transfer:close() end
end

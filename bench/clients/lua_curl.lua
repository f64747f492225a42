-- SPDX-License-Identifier: MIT
-- Lua-cURL 0.3.13 and lua-cjson: a kept handle, and a multi handle for fan-out, tuned as the limit is.

local cjson = require "cjson"
local curl = require "lcurl"

local HEADERS = { "Authorization: Bearer seam_test_0123456789abcdef0123456789ab", "Accept: application/json" }

local function new_handle(url, certificates, chunks)
  local easy = curl.easy { url = url, httpheader = HEADERS }
  if certificates then easy:setopt_cainfo(certificates) end
  easy:setopt_writefunction(function(text) chunks[#chunks + 1] = text end)
  return easy
end

local function getter(base, path, certificates)
  local chunks, easy = {}, nil
  return function()
    easy = easy or new_handle(base .. path, certificates, chunks)
    for i = #chunks, 1, -1 do chunks[i] = nil end
    easy:perform()
    assert(easy:getinfo_response_code() == 200)
    return cjson.decode(table.concat(chunks))
  end
end

--- Keeps so many handles busy until `count` answers have come.
local function fan(base, certificates, count, concurrency)
  local is_https = base:find("^https") ~= nil
  local multi = curl.multi()
  multi:setopt(curl.OPT_MULTI_MAXCONNECTS, concurrency)
  if is_https then
    multi:setopt(curl.OPT_MULTI_MAX_HOST_CONNECTIONS, 4)
    multi:setopt(curl.OPT_MULTI_PIPELINING, 2)
  end
  local chunks_of, started, done = {}, 0, 0
  local function start(easy)
    started = started + 1
    multi:add_handle(easy)
  end
  for _ = 1, math.min(count, concurrency) do
    local chunks = {}
    local easy = new_handle(base .. "/locks/get?device_id=warm&_strict=true", certificates, chunks)
    if is_https then easy:setopt(curl.OPT_PIPEWAIT, 1) end
    chunks_of[easy] = chunks
    start(easy)
  end
  while done < count do
    multi:perform()
    local easy, ok, err = multi:info_read(true)
    while easy and easy ~= 0 do
      assert(ok, err)
      multi:remove_handle(easy)
      local chunks = chunks_of[easy]
      assert(cjson.decode(table.concat(chunks)).device)
      for i = #chunks, 1, -1 do chunks[i] = nil end
      done = done + 1
      if started < count then start(easy) end
      easy, ok, err = multi:info_read(true)
    end
    if done < count then multi:wait(1000) end
  end
end

return function(base, certificates)
  local device = getter(base, "/devices/get?device_id=warm&_strict=true", certificates)
  local devices = getter(base, "/devices/list", certificates)
  return {
    device = function() return device().device end,
    devices = function() return devices().devices end,
    fan = function(count, concurrency) fan(base, certificates, count, concurrency) end,
  }
end

-- SPDX-License-Identifier: MIT
-- Debian's lua-curl 0.3.0 (another binding than Lua-cURL, over libcurl with GnuTLS) and lua-cjson: a kept handle.
-- It has no multi handle, and tells no status.

local cjson = require "cjson"
local curl = require "curl"

local HEADERS = { "Authorization: Bearer seam_test_0123456789abcdef0123456789ab", "Accept: application/json" }

local function getter(base, path, certificates)
  local chunks, easy = {}, nil
  local function open()
    local made = curl.easy_init()
    made:setopt(curl.OPT_URL, base .. path)
    made:setopt(curl.OPT_HTTPHEADER, HEADERS)
    if certificates then made:setopt(curl.OPT_CAINFO, certificates) end
    made:setopt(curl.OPT_WRITEFUNCTION, function(text)
      chunks[#chunks + 1] = text
      return #text
    end)
    return made
  end
  return function()
    easy = easy or open()
    for i = #chunks, 1, -1 do chunks[i] = nil end
    assert(easy:perform() == 0, "no answer")
    return cjson.decode(table.concat(chunks))
  end
end

return function(base, certificates)
  local device = getter(base, "/devices/get?device_id=warm&_strict=true", certificates)
  local devices = getter(base, "/devices/list", certificates)
  return {
    device = function() return device().device end,
    devices = function() return devices().devices end,
  }
end

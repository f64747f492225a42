-- SPDX-License-Identifier: MIT
-- What signatures are made of: by the C core, or in plain Lua where it cannot load.

local base64 = require "seam.webhook.base64"
local sha256 = require "seam.webhook.sha256"

local loaded, core = pcall(require, "seam.core")
if not loaded and core == "not enough memory" then error(core, 0) end

--- Compares all bytes: how long it takes does not tell where two texts differ.
local function equal(a, b)
  if #a ~= #b then return false end
  local difference = 0
  for place = 1, #a do difference = difference + (a:byte(place) - b:byte(place)) ^ 2 end
  return difference == 0
end

return loaded and core or {
  hmac_sha256 = sha256.hmac, base64_encode = base64.encode, base64_decode = base64.decode, equal = equal,
  wall = function() return os.time() end,
}

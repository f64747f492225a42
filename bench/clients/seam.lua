-- SPDX-License-Identifier: MIT
-- This SDK, as a script uses it.

local seam = require "seam"

return function(base, certificates)
  local client = seam.new {
    api_key = "seam_test_0123456789abcdef0123456789ab", endpoint = base, ca_file = certificates,
    max_response_bytes = 64 * 1024 * 1024,
  }
  return {
    device = function() return client.devices.get("warm") end,
    devices = function() return client.devices.list() end,
    fan = function(count, concurrency)
      local ids = {}
      for number = 1, count do ids[number] = "lock-" .. number end
      -- Like the others, which keep no lock either.
      seam.map(ids, function(id) return client.locks.get(id).device_id end, { concurrency = concurrency })
    end,
  }
end

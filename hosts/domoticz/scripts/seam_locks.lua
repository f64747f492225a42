-- SPDX-License-Identifier: MIT
-- Smart locks of Seam as Door Locks of Domoticz (dzVents). This table is all there is to edit.

local SETTINGS = {
  environment = "SEAM_API_KEY", -- the key, from this variable of Domoticz' environment, or else
  file = "seam.key",            -- from this file beside the script, readable by nobody else (chmod 600)
}

local seam_domoticz = require "seam_domoticz"

return {
  on = seam_domoticz.triggers(),
  data = seam_domoticz.data(),
  logging = { marker = "Seam" },
  execute = function(domoticz, item)
    seam_domoticz.execute(domoticz, item, SETTINGS)
  end,
}

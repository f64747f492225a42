-- SPDX-License-Identifier: MIT
-- What parameters and results are made of, where the API's document does not say it.
---@meta _

---@alias seam.Time string|number ISO 8601 text, or epoch seconds
---@alias seam.Null lightuserdata seam.null: sends JSON null, which makes the API forget a value

---@class seam.generated_code
---@field code string
---@field device_id string

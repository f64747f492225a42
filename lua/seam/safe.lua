-- SPDX-License-Identifier: MIT
-- The same as `seam`, for those who would rather test a result: every function returns nil and an
-- error object where `seam` raises it.

---@type seam.safe.Module
local safe = require("seam.face").new(false)

return safe

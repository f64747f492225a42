-- SPDX-License-Identifier: MIT
-- The same as `seam.fleet`, for those who would rather test a result: every function returns nil and
-- an error object where `seam.fleet` raises it.

return require("seam.fleet.face").new(false)

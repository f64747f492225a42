-- SPDX-License-Identifier: MIT
-- The same as `seam`, for those who would rather test a result: every function returns nil and an
-- error object where `seam` raises it.

return require("seam.face").new(false)

-- SPDX-License-Identifier: MIT
-- The same as `seam.wait`, for those who would rather test a result: every function returns nil and an
-- error object where `seam.wait` raises it.

return require("seam.wait.face").new(false)

-- SPDX-License-Identifier: MIT
-- The same as `seam.watch`, for those who would rather test a result: every function returns nil and an
-- error object where `seam.watch` raises it.

return require("seam.watch.face").new(false)

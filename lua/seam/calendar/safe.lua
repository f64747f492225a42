-- SPDX-License-Identifier: MIT
-- The same as `seam.calendar`, for those who would rather test a result: every function returns nil and an
-- error object where `seam.calendar` raises it.

return require("seam.calendar.face").new(false)

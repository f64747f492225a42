-- SPDX-License-Identifier: MIT
-- The same as `seam.steps`, for those who would rather test a result: every function returns nil and an
-- error object where `seam.steps` raises it.

return require("seam.steps.face").new(false)

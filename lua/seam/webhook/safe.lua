-- SPDX-License-Identifier: MIT
-- The same as `seam.webhook`, for those who would rather test a result: every function returns nil and
-- an error object where `seam.webhook` raises it.

return require("seam.webhook.face").new(false)

-- SPDX-License-Identifier: MIT
-- Calls step by step, for hosts that carry the bytes and keep the time themselves. Its functions raise
-- error objects; `seam.steps.safe` is the same with nil and the error instead.

return require("seam.steps.face").new(true)

-- SPDX-License-Identifier: MIT
-- The SDK for smart locks through the Seam API. Its functions raise error objects; `seam.safe` is
-- the same with nil and the error instead.

return require("seam.face").new(true)

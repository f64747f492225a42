-- SPDX-License-Identifier: MIT
-- The access codes a lock shall have, and what it takes to get there. Its functions raise error objects;
-- `seam.codes.safe` is the same with nil and the error instead.

return require("seam.codes.face").new(true)

-- SPDX-License-Identifier: MIT
-- The health of all locks in one table, for people and programs. Its functions raise error objects;
-- `seam.fleet.safe` is the same with nil and the error instead.

return require("seam.fleet.face").new(true)

-- SPDX-License-Identifier: MIT
-- Waits for what takes a while: a PIN, a login, a lock. Its functions raise error objects;
-- `seam.wait.safe` is the same with nil and the error instead.

return require("seam.wait.face").new(true)

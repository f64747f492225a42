-- SPDX-License-Identifier: MIT
-- Watches what happens: events by polling, by webhook, or both, each handed over once. Its functions
-- raise error objects; `seam.watch.safe` is the same with nil and the error instead.

return require("seam.watch.face").new(true)

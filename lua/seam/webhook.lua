-- SPDX-License-Identifier: MIT
-- Verifies and signs webhooks as Seam sends them (Svix / Standard Webhooks, version v1). Its functions
-- raise error objects; `seam.webhook.safe` is the same with nil and the error instead.

return require("seam.webhook.face").new(true)

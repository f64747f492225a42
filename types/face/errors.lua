-- SPDX-License-Identifier: MIT
-- The tree of errors. Their fields stand in lua/seam/errors.lua; a name is what tells them apart.
---@meta _

---@alias seam.ErrorName
---| "SeamError"
---| "SeamInvalidOptionsError"
---| "SeamInvalidTokenError"
---| "SeamInvalidParamsError"
---| "SeamHttpError"
---| "SeamHttpApiError"
---| "SeamHttpUnauthorizedError"
---| "SeamHttpInvalidInputError"
---| "SeamActionAttemptError"
---| "SeamActionAttemptFailedError"
---| "SeamActionAttemptTimeoutError"
---| "SeamWebhookVerificationError"
---| "SeamInvalidWebhookPayloadError"
---| "SeamWaitError"
---| "SeamWaitFailedError"
---| "SeamWaitTimeoutError"
---| "SeamWaitCancelledError"
---| "SeamWatchError"

---@class seam.SeamError: seam.Error

---@class seam.SeamInvalidOptionsError: seam.SeamError

---@class seam.SeamInvalidTokenError: seam.SeamError

---@class seam.SeamInvalidParamsError: seam.SeamError

---@class seam.SeamHttpError: seam.SeamError

---@class seam.SeamHttpApiError: seam.SeamError

---@class seam.SeamHttpUnauthorizedError: seam.SeamHttpApiError

---@class seam.SeamHttpInvalidInputError: seam.SeamHttpApiError

---@class seam.SeamActionAttemptError: seam.SeamError

---@class seam.SeamActionAttemptFailedError: seam.SeamActionAttemptError

---@class seam.SeamActionAttemptTimeoutError: seam.SeamActionAttemptError

---@class seam.SeamWebhookVerificationError: seam.SeamError

---@class seam.SeamInvalidWebhookPayloadError: seam.SeamError

---@class seam.SeamWaitError: seam.SeamError

---@class seam.SeamWaitFailedError: seam.SeamWaitError

---@class seam.SeamWaitTimeoutError: seam.SeamWaitError

---@class seam.SeamWaitCancelledError: seam.SeamWaitError

---@class seam.SeamWatchError: seam.SeamError

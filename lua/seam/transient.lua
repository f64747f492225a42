-- SPDX-License-Identifier: MIT
-- Whether asking again later may help: what helpers that ask for minutes or months go by. A single call
-- is stricter (seam.retry): it has seconds, and one answer that makes no sense is enough for it.

local errors = require "seam.errors"

local M = {}

local LOST = { timeout = true, dns = true, connect = true, closed = true }

--- Whether a question that failed with this error may be asked again.
---@param err any
---@return boolean
function M.is(err)
  -- What was never tried (a closed client, wrong parameters) will not be better later.
  if not errors.is_error(err) or err.attempts == 0 then return false end
  local status = err.status_code
  if not status then return err:is "SeamHttpError" and LOST[err.code] == true end
  -- With 2xx it is an answer that could not be read: half of it, or a proxy's page.
  return status == 408 or status == 429 or status >= 500 or (status >= 200 and status < 300)
end

return M

-- SPDX-License-Identifier: MIT
-- What the program curl says: an answer as --include prints it, and its exit codes.

local M = {}

-- openURL gives these as a "status" below 100.
local CODES = {
  [6] = { "dns", false }, [7] = { "connect", false }, [28] = { "timeout" }, [35] = { "tls", false },
  [52] = { "closed" }, [56] = { "closed" }, [58] = { "tls", false }, [60] = { "tls", false }, [77] = { "tls", false },
}

--- Status, headers and body; the last head counts, those before are "100 Continue".
---@param text string
---@return integer|nil status
---@return table|nil headers lower-case names
---@return string body
function M.parse(text)
  local status, headers
  repeat
    local head, rest = text:match("^(HTTP/.-)\r?\n\r?\n(.*)$")
    if not head then break end
    text, status, headers = rest, tonumber(head:match("^HTTP/%S+ (%d+)")), {}
    for name, value in head:gmatch("\n([^:\r\n]+):[ \t]*([^\r\n]*)") do headers[name:lower()] = value end
  until not status or status >= 200
  return status, headers, text
end

--- Why there is no answer.
---@param code integer curl's exit code
---@param text string
---@return table lost { code =, message =, sent = false where nothing can have left }
function M.lost(code, text)
  local known = CODES[code] or { "closed" }
  return { code = known[1], message = "No answer from Seam: " .. text, sent = known[2] }
end

return M

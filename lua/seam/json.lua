-- SPDX-License-Identifier: MIT
-- JSON as the SDK speaks it: bodies by our own encoder, answers by the C core or, where it cannot load, over
-- lua-cjson or in plain Lua.

local array = require("seam.json.array")
local encode = require("seam.lazy")("seam.json.encode")
local private_cjson = require("seam.lazy")("seam.json.private_cjson")

local M = {
  array = array.mark,
  is_array = array.is_marked,
}

-- What can be null, whoever makes it: lua-cjson need not be loaded to know of the rest.
local MAY_BE_NULL = { userdata = true, ["function"] = true }

--- `null` stands for JSON null in what is encoded; the very value of `cjson.null` (and `ngx.null`), where
--- there is lua-cjson, which is loaded by the first who asks.
setmetatable(M, { __index = function(_, key)
  if key ~= "null" then return nil end
  M.null = private_cjson.null
  return M.null
end })

--- Whether a value is `null`.
---@param value any
---@return boolean
function M.is_null(value)
  return MAY_BE_NULL[type(value)] == true and value == M.null
end

--- Writes a value as JSON: seam.json.encode.
---@return string|nil text
---@return string|nil field
---@return string|nil reason
function M.encode(value, spec, max_bytes)
  return encode.encode(value, spec, max_bytes)
end

local decode_text

local function find_decoder()
  local loaded, core = pcall(require, "seam.core")
  if loaded then return core.decode end
  -- No reason to do without the core from now on.
  if core == "not enough memory" then error(core, 0) end
  return require(private_cjson.is_here and "seam.json.decode_cjson" or "seam.json.decode_lua").decode
end

--- Reads JSON strictly (RFC 8259). Null is absent in objects and dropped in arrays, whole numbers are integers
--- on Lua 5.3+, and at most 64 containers stand inside each other. A text that is just `null` is nil without a reason.
---@param source string|userdata JSON text, or a finished transfer of seam.core (read straight from its buffer)
---@return any value
---@return string|nil reason with the byte position, never with content
function M.decode(source)
  if type(source) ~= "string" then return source:decode() end
  decode_text = decode_text or find_decoder()
  return decode_text(source)
end

return M

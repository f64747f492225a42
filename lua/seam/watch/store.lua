-- SPDX-License-Identifier: MIT
-- Where a cursor is kept: in a file that is replaced in one step, in a store of the caller's, or nowhere.

local protected = require "seam.protected"

local M = {}

-- ENOENT, the same everywhere.
local NO_SUCH_FILE = 2

local function read_file(path)
  local file, reason, number = io.open(path, "rb")
  if not file then
    if number == NO_SUCH_FILE then return nil end
    return nil, reason
  end
  local text
  text, reason = file:read("*a")
  file:close()
  return text, reason
end

local function write_file(path, text)
  local file, reason = io.open(path, "wb")
  if not file then return nil, reason end
  local ok
  ok, reason = file:write(text)
  -- A full disk may show when the last bytes are flushed.
  local closed, close_reason = file:close()
  if not ok then return nil, reason end
  return closed, close_reason
end

local function file_store(path)
  return {
    load = function() return read_file(path) end,
    save = function(text)
      local draft = path .. ".tmp"
      local ok, reason = write_file(draft, text)
      if ok then ok, reason = os.rename(draft, path) end
      if ok then return true end
      os.remove(draft)
      return nil, reason
    end,
  }
end

local function told(ok, value, reason)
  if not ok then return nil, value end
  return value, reason
end

--- The caller's functions may fail; that must look like any other failure.
local function own_store(store)
  return {
    load = function() return told(protected.pcall(store.load)) end,
    save = function(text)
      local value, reason = told(protected.pcall(store.save, text))
      if value == nil and reason ~= nil or value == false then return nil, reason or "it returned false" end
      return true
    end,
  }
end

local NOWHERE = { load = function() return nil end, save = function() return true end }

--- The store that the cursor option names.
---@param given any nil, a file's path, or { load = function() -> text|nil, save = function(text) }
---@return table|nil store load() -> text, or nil, or nil and a reason; save(text) -> true, or nil and a reason
---@return string|nil reason why there is none
function M.new(given)
  if given == nil then return NOWHERE end
  if type(given) == "string" and given ~= "" then return file_store(given) end
  if type(given) == "table" and type(given.load) == "function" and type(given.save) == "function" then
    return own_store(given)
  end
  return nil, "The cursor option must be a file's path, or a table with the functions load and save"
end

return M

-- SPDX-License-Identifier: MIT
-- Where the API key comes from: a file outside the host's folders, or the environment. Never a device variable:
-- the host shows those to everyone in the house, writes them to its log, and lets everyone change them.

local M = {}

local FILE_VARIABLE = "SEAM_API_KEY_FILE"
-- ENOENT, the same everywhere.
local NO_SUCH_FILE = 2

local function getenv(name)
  local value = os.getenv(name)
  return value ~= "" and value or nil
end

local function default_paths()
  local paths = { "/etc/seam/api_key" }
  local home = getenv "HOME"
  if home then paths[2] = home .. "/.config/seam/api_key" end
  return paths
end

local function current_folder()
  local ok, lfs = pcall(require, "lfs")
  return ok and lfs.currentdir() or getenv "PWD"
end

--- openLuup serves every file of its folder over HTTP, without a password.
local function is_served(path)
  if path:sub(1, 1) ~= "/" then return true end
  local folder = current_folder()
  return folder ~= nil and folder ~= "/" and path:sub(1, #folder + 1) == folder .. "/"
end

local function read(path)
  local file, reason, number = io.open(path, "rb")
  if not file then return nil, reason, number end
  local text = file:read(4096)
  file:close()
  return text or ""
end

--- One that may not be read is there, too: somebody else's key must not be taken instead.
local function is_there(path)
  local text, _, number = read(path)
  return text ~= nil or number ~= NO_SUCH_FILE
end

--- A key alone, or lines as a shell exports them: SEAM_API_KEY=..., SEAM_ENDPOINT=...
local function parse(text)
  local key = text:match("SEAM_API_KEY=[\"']?([^%s\"']+)") or text:match("^%s*([^%s=]+)%s*$")
  if not key then return nil end
  return { api_key = key, endpoint = text:match("SEAM_ENDPOINT=[\"']?([^%s\"']+)") }
end

local function from_file(path)
  if is_served(path) then
    return nil, ("%s is in the host's folder, which everyone can read over HTTP: move it to /etc/seam/api_key")
      :format(path)
  end
  local text, reason = read(path)
  if not text then return nil, reason end
  local options = parse(text)
  if options then return options end
  return nil, path .. " does not hold an API key"
end

--- Options for seam.new: with api_key, or empty where the environment has it.
---@return table|nil options
---@return string|nil reason never with the key in it
function M.options()
  local named = getenv(FILE_VARIABLE)
  if named then
    local options, reason = from_file(named)
    if options then return options end
    return nil, FILE_VARIABLE .. ": " .. reason
  end
  for _, path in ipairs(default_paths()) do
    if is_there(path) then return from_file(path) end
  end
  if getenv "SEAM_API_KEY" or getenv "SEAM_PERSONAL_ACCESS_TOKEN" then return {} end
  return nil, ("no API key: put it into %s, or into the variable SEAM_API_KEY of the host's environment")
    :format(table.concat(default_paths(), " or "))
end

return M

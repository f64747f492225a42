-- SPDX-License-Identifier: MIT
-- Where the key comes from: the environment, or a file that nobody else may read. Never a user variable: those are
-- shown in Domoticz' pages and in its API.

local M = {}

--- The folder of the script, which this module's neighbour folder is.
local function scripts_folder()
  local folder = rawget(_G, "scriptsFolderPath")
  if folder then return folder .. "/" end
  return (debug.getinfo(1, "S").source:match("^@(.*)[/\\]modules[/\\]") or ".") .. "/scripts/"
end

--- The file's full path.
---@param settings table
---@return string
function M.path(settings)
  local name = settings.file or "seam.key"
  if name:find("^/") or name:find("^%a:") then return name end
  return scripts_folder() .. name
end

--- A text for the shell.
---@param text string
---@return string
function M.quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

--- The file's permissions as three digits; nil where there is no way to know.
local function permissions(path)
  local pipe = io.popen("stat -c %a " .. M.quoted(path) .. " 2>/dev/null", "r")
  local said = pipe and pipe:read("*l")
  if pipe then pipe:close() end
  return said and said:match("(%d%d%d)$")
end

local function from_file(path)
  local file = io.open(path, "r")
  if not file then return nil, ("There is no key: put it into %s (chmod 600), or into the environment"):format(path) end
  local text = (file:read("*a") or ""):match("^%s*(.-)%s*$")
  file:close()
  local mode = permissions(path)
  if mode and not mode:find("00$") then
    return nil, ("The key's file can be read by others (mode %s): chmod 600 %s"):format(mode, path)
  end
  if text == "" then return nil, ("The key's file is empty: %s"):format(path) end
  return text
end

--- Reads the key.
---@param settings table { environment =, file = }
---@return string|nil key
---@return string|nil reason
function M.read(settings)
  local value = settings.environment and os.getenv(settings.environment)
  if value and value ~= "" then return value end
  return from_file(M.path(settings))
end

--- A shell command that prints the header with the key as a line of curl's configuration; the key itself is in no
--- command line.
---@param settings table
---@return string
function M.header_command(settings)
  local name = settings.environment
  if name and (os.getenv(name) or "") ~= "" then
    return ('printf \'header = "authorization: Bearer %%s"\\n\' "$%s"'):format(name)
  end
  return ('{ printf \'header = "authorization: Bearer \'; tr -d " \\r\\n" <%s; printf \'"\\n\'; }')
    :format(M.quoted(M.path(settings)))
end

return M

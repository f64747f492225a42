-- SPDX-License-Identifier: MIT
-- Copies scripts and SDK into Domoticz' folder. dzVents looks for `?.lua` only, so what is x/init.lua becomes x.lua.

local quoted = require("seam_domoticz_key").quoted

local M = {}

local function run(command)
  local pipe = io.popen(command .. " 2>/dev/null; echo \"status $?\"", "r")
  local said = pipe:read("*a")
  pipe:close()
  local output, status = said:match("^(.*)status (%d+)\n$")
  return status == "0" and output or nil
end

local function files_below(folder)
  local listing = run(("cd %s && find . -name '*.lua'"):format(quoted(folder)))
  local names = {}
  for name in (listing or ""):gmatch("%./([^\n]+)") do names[#names + 1] = name end
  table.sort(names)
  return names
end

local function read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read("*a")
  file:close()
  return text
end

local function write(path, text)
  local file, reason = io.open(path, "wb")
  if not file then return nil, reason end
  local written
  written, reason = file:write(text)
  file:close()
  return written and true, reason
end

--- Copies all Lua files of a folder; `place_of` says where to, nil for nowhere.
local function copy(from, to, place_of)
  local count, made = 0, {}
  for _, name in ipairs(files_below(from)) do
    local place = place_of(name)
    if place then
      local folder = (to .. "/" .. place):match("^(.*)/")
      made[folder] = made[folder] or run("mkdir -p " .. quoted(folder))
      if not made[folder] then return nil, "cannot make the folder " .. folder end
      local done, reason = write(to .. "/" .. place, read(from .. "/" .. name))
      if not done then return nil, reason end
      count = count + 1
    end
  end
  if count == 0 then return nil, "there is nothing to copy in " .. from end
  return count
end

local function sdk_place(name)
  -- The simulated workspace is for developers.
  if name:find("^sandbox/") then return nil end
  if name == "init.lua" then return "seam.lua" end
  return "seam/" .. name:gsub("/init%.lua$", ".lua")
end

local function copy_script(root, folder, force, say)
  local name = "/scripts/seam_locks.lua"
  local own, ours = read(folder .. name), read(root .. "/hosts/domoticz" .. name)
  if own and own ~= ours and not force then
    say("scripts/seam_locks.lua was changed here: left as it is (--force replaces it)")
    return true
  end
  if not run("mkdir -p " .. quoted(folder .. "/scripts")) then return nil, "cannot make the folder " .. folder end
  return write(folder .. name, ours)
end

--- Installs.
---@param root string the checkout
---@param folder string Domoticz' scripts/dzVents
---@param force boolean|nil whether a changed script is replaced
---@param say fun(text: string)
---@return boolean|nil done
---@return string|nil reason
function M.run(root, folder, force, say)
  if not run("test -d " .. quoted(folder)) then return nil, "there is no folder " .. folder end
  local modules = folder .. "/modules"
  local count, reason = copy(root .. "/lua/seam", modules, sdk_place)
  if not count then return nil, reason end
  count, reason = copy(root .. "/hosts/domoticz/modules", modules, function(name) return name end)
  if not count then return nil, reason end
  local done
  done, reason = copy_script(root, folder, force, say)
  if not done then return nil, reason end
  say("installed in " .. folder)
  say("the key goes into " .. folder .. "/scripts/seam.key (chmod 600), or into Domoticz' environment as SEAM_API_KEY")
  return true
end

return M

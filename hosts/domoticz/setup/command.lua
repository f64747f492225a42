-- SPDX-License-Identifier: MIT
-- The command seam-domoticz: reads its arguments, does what they say.

local M = {}

local USAGE = [[
usage: seam-domoticz install FOLDER [--force]
       seam-domoticz setup [--domoticz URL] [--user NAME] [--key-file FILE]

install   copies the scripts, and the SDK they use, into Domoticz' folder for dzVents (.../scripts/dzVents).
          Your own scripts/seam_locks.lua stays as it is, unless --force is given.
setup     makes the hardware "Seam" (Dummy) and one Door Lock for each lock that Seam lists. May be run again.

  --domoticz URL    http://127.0.0.1:8080 when absent
  --user NAME       an administrator of Domoticz; the password comes from DOMOTICZ_PASSWORD
  --key-file FILE   a file with Seam's API key; SEAM_API_KEY when absent
]]

local VALUES = { ["--domoticz"] = "domoticz", ["--user"] = "user", ["--key-file"] = "file" }

local function parse(arguments)
  local settings, place = { words = {} }, 1
  while arguments[place] do
    local word = arguments[place]
    if VALUES[word] then
      place = place + 1
      if not arguments[place] then return nil, word .. " needs a value" end
      settings[VALUES[word]] = arguments[place]
    elseif word == "--force" then
      settings.force = true
    elseif word == "--help" or word == "-h" then
      settings.help = true
    elseif word:find("^%-") then
      return nil, "unknown option " .. word
    else
      settings.words[#settings.words + 1] = word
    end
    place = place + 1
  end
  return settings
end

local function complain(sentence)
  io.stderr:write("seam-domoticz: " .. tostring(sentence) .. "\n")
  return 1
end

local function say(text) io.stdout:write(text .. "\n") end

local COMMANDS = {}

function COMMANDS.install(settings, root)
  if not settings.words[2] then return nil, "install needs Domoticz' folder scripts/dzVents" end
  return require("setup.install").run(root, settings.words[2], settings.force, say)
end

function COMMANDS.setup(settings)
  settings.environment = not settings.file and "SEAM_API_KEY" or nil
  -- Beside the script is where Domoticz looks; here it is where the user is.
  if settings.file and not settings.file:find("^/") then
    settings.file = (os.getenv("PWD") or ".") .. "/" .. settings.file
  end
  return require("setup.locks").run(settings, say)
end

--- Runs the command; returns its exit status.
---@param arguments string[]
---@param root string the checkout
---@return integer
function M.main(arguments, root)
  local settings, reason = parse(arguments)
  if not settings then return complain(reason .. "; try --help") end
  if settings.help then
    io.stdout:write(USAGE)
    return 0
  end
  local command = COMMANDS[settings.words[1] or ""]
  if not command then return complain("install or setup? Try --help") end
  local done
  done, reason = command(settings, root)
  if not done then return complain(reason) end
  return 0
end

return M

-- SPDX-License-Identifier: MIT
-- The command bin/seam-sandbox: reads its arguments, says where it is, serves until it is told to end.

local nearest = require "seam.nearest"
local options_of = require "seam.sandbox.options"

local M = {}

local USAGE = [[
usage: seam-sandbox [options]

Simulates a Seam workspace with Salto KS locks on 127.0.0.1.

  --port N               port to listen on (4010); 0 takes any free one
  --clock ISO|real       where the clock starts (real)
  --freeze               the clock stands still
  --login                jane@example.com has logged in already: the locks are there
  --battery LOCK=LEVEL   the battery of a lock, 0 to 1; with --login, and once for each lock
  --seed N               seed of the generated ids and PINs (1)
  --sync-delay S         seconds from login until the locks are there (0)
  --action-delay S       seconds a lock takes to lock or unlock (0)
  --program-delay S      seconds a lock takes to learn an access code (0)
  --auto-relock S        seconds after which an unlocked door locks by itself (never)
  --no-rate-limits       no 429 for too many calls in a minute
  --quiet                print nothing but the line to export
  --until-stdin-closes   end when standard input is closed
  --help                 this text
]]

local NUMBERS = {
  ["--port"] = "port", ["--seed"] = "seed", ["--sync-delay"] = "sync_delay",
  ["--action-delay"] = "action_delay", ["--program-delay"] = "program_delay",
  ["--auto-relock"] = "auto_relock_seconds",
}
local FLAGS = {
  ["--freeze"] = "freeze", ["--login"] = "login", ["--quiet"] = "quiet",
  ["--until-stdin-closes"] = "until_stdin_closes",
  ["--help"] = "help", ["-h"] = "help", ["--no-rate-limits"] = "no_rate_limits",
}

local function known_hint(name)
  local known = { ["--clock"] = true, ["--battery"] = true }
  for _, list in ipairs({ NUMBERS, FLAGS }) do
    for key in pairs(list) do known[key] = true end
  end
  local found = nearest.find(name, known)
  return found and "; did you mean " .. found .. "?"
end

local function read_battery(settings, value)
  local lock, level = (value or ""):match("^(.+)=([%d.]+)$")
  level = tonumber(level)
  if not level or level > 1 then return "--battery needs a lock and a level, for example FRONT_DOOR=0.15" end
  settings.batteries = settings.batteries or {}
  settings.batteries[lock] = level
end

local function read_value(settings, name, value)
  if name == "--battery" then return read_battery(settings, value) end
  if name == "--clock" then
    if value == nil then return "--clock needs an ISO 8601 moment or the word real" end
    if value == "real" then return end
    local moment, reason = options_of.moment(value)
    if not moment then return "--clock: '" .. value .. "' " .. reason end
    settings.clock = moment
    return
  end
  local number = tonumber(value)
  if not number or number < 0 or number ~= number or number == math.huge then
    return name .. " needs a number that is not negative" .. (value and ", got " .. value or "")
  end
  settings[NUMBERS[name]] = number
end

local function check(settings)
  local port = settings.port
  if settings.batteries and not settings.login then return "--battery needs --login: there are no locks before" end
  if port ~= math.floor(port) or port > 65535 then return "--port needs a whole number up to 65535" end
end

--- Settings of a command line; nil and a sentence for one that cannot be.
function M.parse(arguments)
  local settings, place = { port = 4010 }, 1
  while arguments[place] do
    local name, value = arguments[place]:match("^(%-%-[%w-]+)=(.*)$")
    name = name or arguments[place]
    local reason
    if FLAGS[name] and value then
      reason = name .. " takes no value"
    elseif FLAGS[name] then
      settings[FLAGS[name]] = true
    elseif NUMBERS[name] or name == "--clock" or name == "--battery" then
      if not value then
        place = place + 1
        value = arguments[place]
      end
      reason = read_value(settings, name, value)
    else
      reason = "unknown option " .. name .. (known_hint(name) or "; try --help")
    end
    if reason then return nil, reason end
    place = place + 1
  end
  local reason = check(settings)
  if reason then return nil, reason end
  return settings
end

local function complain(sentence)
  io.stderr:write("seam-sandbox: " .. sentence .. "\n")
  return 1
end

local function sandbox_options(settings, socket)
  local options = { now = socket.gettime, freeze = settings.freeze, clock = settings.clock }
  for _, name in pairs(NUMBERS) do
    if name ~= "port" then options[name] = settings[name] end
  end
  if settings.no_rate_limits then options.rate_limits = false end
  return options
end

local function greet(server, settings)
  io.stdout:write("export SEAM_API_KEY=" .. options_of.GUIDE_KEY .. " SEAM_ENDPOINT=" .. server.url .. "\n")
  if not settings.quiet then
    if settings.login then
      io.stdout:write("jane@example.com has logged in: three locks are there.\n")
    else
      io.stdout:write("Empty until somebody logs in (or --login): jane@example.com / 1234 at the url of a Connect "
        .. "Webview; " .. server.url .. "/ lists them.\n")
    end
    if not server.sandbox.world.send_webhook then
      io.stdout:write("Webhooks are not delivered: the C module seam.core, which signs them, is not built.\n")
    end
  end
  io.stdout:flush()
end

-- Standard input as something select can watch; read when ready, it shows its end as an empty read.
local function watch_stdin(server, state)
  local stdin = { getfd = function() return 0 end, dirty = function() return false end }
  server.loop:spawn(function()
    repeat server.loop.wait("read", stdin, nil) until not io.stdin:read(1)
    state.over = true
  end)
end

local function serve(server, settings)
  local state = {}
  if settings.until_stdin_closes then watch_stdin(server, state) end
  -- SIGINT arrives as an error out of step: short steps let it through soon.
  while not state.over do
    local ok, reason = pcall(server.step, server, 0.25)
    if not ok then
      if tostring(reason):find("interrupted!", 1, true) then return 0 end
      return complain(tostring(reason))
    end
  end
  return 0
end

local function set_batteries(sandbox, batteries)
  for lock, level in pairs(batteries) do sandbox:set_battery(lock, level) end
end

--- Runs the command; returns its exit status.
---@param arguments string[]
function M.main(arguments)
  local settings, reason = M.parse(arguments)
  if not settings then return complain(reason) end
  if settings.help then
    io.stdout:write(USAGE)
    return 0
  end
  local has_socket, socket = pcall(require, "socket")
  if not has_socket then return complain("this Lua has no LuaSocket; install the Debian package lua-socket") end
  local sandbox = require("seam.sandbox").new(sandbox_options(settings, socket))
  local function report(text) io.stderr:write(text .. "\n") end
  if settings.login then sandbox:connect() end
  local ok
  ok, reason = pcall(set_batteries, sandbox, settings.batteries or {})
  if not ok then return complain((tostring(reason):gsub("^.*seam%.sandbox: ", ""))) end
  local server
  server, reason = require("seam.sandbox.server").new({
    sandbox = sandbox, port = settings.port, report = report, log = not settings.quiet and report or nil,
  })
  if not server then
    return complain("cannot listen on port " .. ("%d"):format(settings.port) .. ": " .. tostring(reason))
  end
  greet(server, settings)
  local status = serve(server, settings)
  server:close()
  return status
end

return M

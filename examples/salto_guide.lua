-- Seam's guide "Get started with Salto KS Locks", step by step. Run it with tools/quickstart.
--
-- With SEAM_API_KEY and SEAM_ENDPOINT of a local sandbox it logs in by itself; against the real
-- API (a sandbox workspace, please) it prints the address where you log in.

local seam = require "seam"
local time = require "seam.time"

local POLL_SECONDS, LOGIN_SECONDS = 1, 300

local function step(title)
  print("\n== " .. title)
end

--- The dates of the guide, moved on by whole years once they have passed.
local function guide_times()
  local year = math.max(2028, tonumber(os.date("!%Y")) + 1)
  return ("%d-08-12T19:23:42.000Z"):format(year), ("%d-08-13T19:23:42.000Z"):format(year)
end

--- The sandbox has a test login behind the webview's address; this is what a person would type.
local function log_in_to_sandbox(webview)
  local post = require("socket.http").request
  local form = "email=jane%40example.com&password=1234"
  local answer, status = post(webview.url, form)
  seam.check(answer and status < 400, "the sandbox's login page answered " .. tostring(status))
end

local function is_local(url)
  return url:find("^http://127%.0%.0%.1[:/]") ~= nil or url:find("^http://localhost[:/]") ~= nil
end

local function wait_for_login(webview)
  for _ = 1, LOGIN_SECONDS / POLL_SECONDS do
    webview = seam.connect_webviews.get(webview)
    if webview.status ~= "pending" then return webview end
    seam.sleep(POLL_SECONDS)
  end
  error("nobody logged in within " .. LOGIN_SECONDS .. " seconds", 0)
end

local function connect_account()
  step "1. Connect a Salto KS account with a Connect Webview"
  local webview = seam.connect_webviews.create { accepted_providers = { "salto_ks" } }
  print("login_successful", webview.login_successful)
  if is_local(webview.url) then
    log_in_to_sandbox(webview)
  else
    print("log in here as jane@example.com / 1234: " .. webview.url)
  end
  webview = wait_for_login(webview)
  print("login_successful", webview.login_successful)
  print("status", webview.status)
  return webview
end

local function print_lock(lock)
  print(lock)
  print("  online", lock.properties.online)
  print("  locked", lock.properties.locked)
  print("  battery_level", lock.properties.battery_level)
  print("  can_remotely_unlock", lock.can_remotely_unlock)
  print("  can_program_online_access_codes", lock.can_program_online_access_codes)
end

local function list_locks()
  step "2. List the locks"
  local locks = seam.locks.list()
  local back_door
  for _, lock in ipairs(locks) do
    print_lock(lock)
    if lock.display_name == "BACK DOOR" then back_door = lock end
  end
  return seam.check(back_door or locks[1], "this workspace has no locks")
end

local function lock_and_unlock(door)
  step "3. Lock and unlock a door"
  for _, action in ipairs { "lock_door", "unlock_door" } do
    local attempt = seam.locks[action](door)
    print(attempt.action_type, attempt.status)
    print("  locked", seam.devices.get(door).properties.locked)
  end
end

local function create_codes(door)
  step "4. Create an ongoing and a time-bound access code"
  local ongoing = seam.access_codes.create { device = door, name = "My Ongoing Access Code" }
  print(ongoing)
  local starts_at, ends_at = guide_times()
  local time_bound = seam.access_codes.create {
    device = door, name = "My Temp Access Code", starts_at = starts_at, ends_at = ends_at,
  }
  print(time_bound)
  print("  starts_at", time_bound.starts_at)
  print("  ends_at", time_bound.ends_at)
  print("  code", time_bound.code or "to be assigned by Salto")
end

local function list_codes(door)
  step "5. List the access codes, with the PIN that Salto assigned"
  for _, code in ipairs(seam.access_codes.list(door)) do
    print(code)
    print("  code", code.code or "to be assigned by Salto")
  end
end

local function show_events(began)
  step "6. The events of all that, oldest first"
  local events = seam.events.list { since = began - 1 }
  for i = #events, 1, -1 do print(events[i].event_type) end
end

local function main()
  local webview = connect_account()
  local door = list_locks()
  lock_and_unlock(door)
  create_codes(door)
  list_codes(door)
  show_events(time.parse(webview.created_at))
end

-- Lua 5.1 prints no error objects by itself.
local ok, err = pcall(main)
if not ok then
  io.stderr:write(tostring(err), "\n")
  os.exit(1)
end

-- SPDX-License-Identifier: MIT
-- The calls that the sweeps starve of memory, each a global function that returns its result in
-- words; an error object is a result when it is one of ours that may come of it.
-- luacheck: globals PORT prepare new_client read write list error_path verify close load_module hmac collect
-- luacheck: globals tls_read tls_write nobody_there random decode watched headers

local core, seam, webhook

local ENDPOINT = ("http://127.0.0.1:%d"):format(PORT)
local SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
local BODY = '{"event_id":"e1","event_type":"lock.unlocked","device_id":"d1"}'

local client, verifier, signed

local function compile(name)
  local path = name:gsub("%.", "/")
  for template in package.path:gmatch("[^;]+") do
    local chunk = loadfile((template:gsub("%?", (path:gsub("%%", "%%%%")))))
    if chunk then return chunk end
  end
  return nil
end

--- Lua's own reading of sources is not what is swept: modules come compiled from here.
local function compile_all(names)
  for _, name in ipairs(names) do package.preload[name] = compile(name) or package.preload[name] end
end

local function options()
  return { api_key = "seam_key", endpoint = ENDPOINT, retries = 0, timeout = 5 }
end

--- Where a server speaks TLS (tools/soak.d/16.sh); the only client there is for each call, so that each
--- call has a handshake.
local function over_tls(call)
  local given = options()
  given.endpoint, given.ca_file = os.getenv "STARVE_TLS_ENDPOINT", os.getenv "STARVE_TLS_CA"
  local made = seam.new(given)
  local ok, value = pcall(call, made)
  made:close()
  if not ok then error(value, 0) end
  return value
end

local function is_ours(name)
  return name:find("^seam") or name:find("^cjson")
end

local starts_from_nothing = false

local function unload()
  for name in pairs(package.loaded) do
    if is_ours(name) then package.loaded[name] = nil end
  end
end

--- What load_module needs, compiled and unloaded again.
local function prepare_loading()
  starts_from_nothing = true
  load_module()
  local loaded = {}
  for name in pairs(package.loaded) do
    if is_ours(name) then loaded[#loaded + 1] = name end
  end
  compile_all(loaded)
  unload()
end

--- No client stays: the last one to go takes the connections along, which all share.
local function prepare_tls()
  tls_read()
  tls_write()
end

--- Modules loaded, a warm connection, every row and lazily made thing in place.
function prepare(call)
  if call == "load_module" then return prepare_loading() end
  core, seam, webhook = require "seam.core", require "seam", require "seam.webhook"
  if os.getenv "STARVE_TLS_ENDPOINT" then return prepare_tls() end
  client = seam.new(options())
  verifier = webhook.new(SECRET, { now = function() return 1700000000 end })
  signed = verifier:sign(BODY, "msg_1", 1700000000)
  for _, warm in ipairs{ new_client, read, write, list, error_path, verify, hmac, close } do warm() end
end

local function field(value, name)
  return tostring(type(value) == "table" and value[name])
end

function new_client()
  local made = seam.new(options())
  local text = tostring(made)
  made:close()
  return text:gsub(":%d+", "")
end

function read()
  local device = client.devices.get("read")
  return field(device, "device_id") .. field(device.properties, "battery_level")
end

function write()
  local attempt = client.locks.unlock_door("write")
  return field(attempt, "action_attempt_id") .. field(attempt, "status")
end

function tls_read()
  return over_tls(function(made) return made.devices.get("read").device_id end)
end

function tls_write()
  return over_tls(function(made) return made.locks.unlock_door("write").status end)
end

function list()
  local devices, pagination = client.devices.list{ limit = 3 }
  return #devices .. field(devices[3], "device_id") .. field(pagination, "next_page_cursor")
end

--- The server refuses: an error object with everything it carries.
function error_path()
  local ok, err = pcall(client.devices.get, "refused")
  local messages = type(err) == "table" and err:get_validation_error_messages("device_id")
  if not messages or not messages[1] then error(err, 0) end
  return tostring(ok) .. tostring(err) .. messages[1]
end

--- With TLS, the one kind of call that holds SIGPIPE back; nobody listens there.
function nobody_there()
  local given = options()
  given.endpoint = "https://127.0.0.1:1"
  local made = seam.new(given)
  local ok, err = pcall(made.devices.get, "nobody")
  made:close()
  if type(err) ~= "table" or err.code ~= "connect" then error(err, 0) end
  return tostring(ok) .. err.code
end

function verify()
  return field(verifier:verify(BODY, signed), "event_id")
end

--- 32 bytes as OpenSSL makes them.
function hmac()
  local digest, reason = core.hmac_sha256("key", "text")
  if not digest then error(reason, 0) end
  return core.base64_encode(digest)
end

function random()
  local bytes, reason = core.random_bytes(16)
  if not bytes then error(reason, 0) end
  return #bytes
end

function decode()
  local text, reason = core.base64_decode("c2VhbQ==")
  if not text then error(reason, 0) end
  return text
end

local function go_on(value, code, message)
  if not value then error(("%s: %s"):format(code, message), 0) end
  return value
end

--- What f makes of a pool of its own, which is asked as a loop asks it and closed, whatever happened.
local function with_pool(f)
  local pool = core.pool()
  local ok, value = pcall(f, pool)
  pool:getfd()
  pool:timeout()
  pool:close()
  if not ok then error(value, 0) end
  return value
end

--- Lines that many requests share, and a request with them.
function headers()
  return with_pool(function(pool)
    local lines = go_on(core.headers { "X-One: 1", "X-Two: 2" })
    local transfer = go_on(pool:submit{
      method = "POST", url = ENDPOINT .. "/devices/get", body = '{"device_id":"shared"}', timeout = 5,
      headers = lines })
    while pool:in_flight() > 0 do pool:step(1) end
    return go_on(transfer:result())
  end)
end

--- As an event loop drives a pool: with an alarm, by its descriptor.
function watched()
  return with_pool(function(pool)
    go_on(pool:alarm(5))
    local transfer = go_on(pool:submit{
      method = "POST", url = ENDPOINT .. "/devices/get", body = '{"device_id":"watched"}', timeout = 5 })
    go_on(pool:pollfd(), "connect", "there is no descriptor")
    while pool:in_flight() > 0 and pool:timeout() do pool:step(1) end
    go_on(pool:alarm())
    pool:getfd()
    go_on(transfer:result())
    return go_on(transfer:decode()).device.device_id
  end)
end

--- A client of its own, used, closed while a call of a second pool is in flight.
function close()
  local mine = seam.new(options())
  local id = mine.devices.get("closing").device_id
  mine:close()
  local ok, err = pcall(mine.devices.get, "closed")
  if type(err) ~= "table" then error(err, 0) end
  return id .. tostring(ok) .. tostring(err.code)
end

--- Everything from nothing: the C module, the Lua tree, a client and its first call.
function load_module()
  -- Lua 5.1 refuses to load again what failed to load, until its mark is taken away: a light userdata,
  -- which LuaJIT takes for a number.
  for name, value in pairs(package.loaded) do
    if type(value) == "userdata" or type(value) == "number" then package.loaded[name] = nil end
  end
  local loaded = require "seam"
  local made = loaded.new(options())
  local id = made.devices.get("loaded").device_id
  made:close()
  return id
end

--- Between two points of a sweep.
function collect()
  if starts_from_nothing then unload() end
  collectgarbage()
  collectgarbage()
end

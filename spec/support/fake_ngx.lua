-- SPDX-License-Identifier: MIT
-- For specs of nginx handlers without nginx: the parts of `ngx` that they use, with a clock that only moves
-- when somebody sleeps.

local M = {}

local dict_methods = {}
local dict_metatable = { __index = dict_methods }

--- A shared dictionary whose entries end by the fake clock. `max_entries` makes it small, `broken` fail.
local function new_dict(fake)
  return setmetatable({ fake = fake, entries = {}, order = {} }, dict_metatable)
end

local function live(dict, key)
  local entry = dict.entries[key]
  if entry and entry.ends and entry.ends <= dict.fake.clock then
    dict.entries[key] = nil
    return nil
  end
  return entry
end

function dict_methods:get(key)
  if self.broken then return nil, self.broken end
  local entry = live(self, key)
  if entry then return entry.value end
  return nil
end

local function count(dict)
  local n = 0
  for key in pairs(dict.entries) do n = n + (live(dict, key) and 1 or 0) end
  return n
end

function dict_methods:set(key, value, seconds)
  if self.broken then return nil, self.broken end
  if self.longest and type(value) == "string" and #value > self.longest then return false, "no memory", false end
  self.entries[key] = { value = value, ends = seconds and seconds > 0 and self.fake.clock + seconds or nil }
  return true, nil, false
end

function dict_methods:add(key, value, seconds)
  if self.broken then return nil, self.broken end
  if live(self, key) then return false, "exists", false end
  return self:set(key, value, seconds)
end

function dict_methods:safe_add(key, value)
  if live(self, key) then return false, "exists" end
  if self.max_entries and count(self) >= self.max_entries then return false, "no memory" end
  return self:set(key, value)
end

function dict_methods:incr(key, amount, init)
  local entry = live(self, key)
  if not entry and init == nil then return nil, "not found" end
  if not entry then self:set(key, init) end
  entry = live(self, key)
  entry.value = entry.value + amount
  return entry.value
end

function dict_methods:delete(key) self.entries[key] = nil end

function dict_methods:get_keys()
  local keys = {}
  for key in pairs(self.entries) do
    if live(self, key) then keys[#keys + 1] = key end
  end
  return keys
end

local function add_request(ngx, fake)
  ngx.req = {
    get_method = function() return fake.request.method or "GET" end,
    get_headers = function()
      local headers = {}
      for name, value in pairs(fake.request.headers or {}) do headers[name:lower()] = value end
      return headers
    end,
    read_body = function() fake.body_was_read = true end,
    get_body_data = function() return fake.request.body end,
    get_body_file = function() return fake.request.body_file end,
  }
end

--- Puts a fake `ngx` where handlers look for it; `remove` takes it away.
---@param dicts string[] names of its shared dictionaries
---@return table fake { ngx =, clock =, log =, timers = }; fake:ask(handler, request) -> status, body, headers
function M.install(dicts)
  local fake = { clock = 1800000000, log = {}, timers = {}, request = {}, sleeps = 0 }
  local ngx = { ERR = "error", WARN = "warn", INFO = "info", shared = {}, timer = {}, header = {} }
  for _, name in ipairs(dicts or {}) do ngx.shared[name] = new_dict(fake) end
  function ngx.now() return fake.clock end
  function ngx.time() return math.floor(fake.clock) end
  function ngx.sleep(seconds)
    fake.clock, fake.sleeps = fake.clock + seconds, fake.sleeps + 1
    if fake.on_sleep then fake.on_sleep() end
  end
  function ngx.log(level, ...)
    local parts = { ... }
    for i = 1, select("#", ...) do parts[i] = tostring(parts[i]) end
    fake.log[#fake.log + 1] = level .. ": " .. table.concat(parts)
  end
  function ngx.print(text) fake.body = (fake.body or "") .. text end
  function ngx.timer.at(_, f)
    if fake.no_timers then return nil, "too many pending timers" end
    fake.timers[#fake.timers + 1] = f
    return true
  end
  add_request(ngx, fake)
  fake.ngx = ngx
  rawset(_G, "ngx", ngx)

  --- What a handler answers to { method =, headers =, body = }.
  function fake:ask(handler, request)
    self.request, self.body, ngx.header, ngx.status = request or {}, nil, {}, 200
    handler()
    return ngx.status, self.body, ngx.header
  end

  --- Runs what stands in timers.
  function fake:run_timers()
    local due = self.timers
    self.timers = {}
    for _, f in ipairs(due) do f(false) end
    return #due
  end

  --- All that was logged, for searching.
  function fake:logged() return table.concat(self.log, "\n") end

  return fake
end

function M.remove() rawset(_G, "ngx", nil) end

return M

-- SPDX-License-Identifier: MIT
-- seam.codes after a crash at every point: whatever request was the last, and whether it still took effect, the
-- next sync ends with exactly the wanted codes and has made none twice.

local codes = require "seam.codes"
local sandbox_of = require "seam.sandbox"
local time = require "seam.time"

local START = time.parse "2028-08-10T12:00:00Z"
local DAY = 86400

-- Changes reach the lock late, so that whoever comes back finds them pending.
local PROGRAM_DELAY = 45

local function stay(key, first, last, more)
  local entry = { key = key, name = "Guest " .. key, starts_at = START + first * DAY, ends_at = START + last * DAY }
  for name, value in pairs(more or {}) do entry[name] = value end
  return entry
end

local BEFORE = { stay("leaves", 1, 2), stay("stays", 2, 4), stay("moves", 5, 6), stay("marries", 7, 8) }
local AFTER = {
  stay("stays", 2, 4), stay("moves", 5, 9), stay("marries", 7, 8, { name = "Another name" }),
  stay("new one", 1, 3), stay("new two", 10, 12),
}

--- A transport that plays a trick on its n-th request.
---@param trick table takes_effect, dies (the program ends there), sent, for_good (all later requests, too)
local function tricky(sandbox, n, trick)
  local inner, count = sandbox:transport(), 0
  local transport = {}
  function transport.perform(_, request, seconds)
    count = count + 1
    if count ~= n and not (trick.for_good and count > n) then return inner:perform(request, seconds) end
    if trick.takes_effect and count == n then inner:perform(request, seconds) end
    if trick.dies then error("the program was killed", 0) end
    return nil, { code = trick.sent and "closed" or "connect", message = "lost", sent = trick.sent or false }
  end
  function transport.sleep(_, seconds) inner:sleep(seconds) end
  function transport.now() return inner:now() end
  function transport.time() return inner:time() end
  function transport.close() inner:close() end
  function transport.count() return count end
  return transport
end

local owners = {}

function owners.prefix()
  return { prefix = "guest:" }
end

--- What a caller's file or database does: it keeps copies, and a crash loses nothing that was written.
function owners.store()
  local kept = {}
  local function copy(value)
    if type(value) ~= "table" then return value end
    local fresh = {}
    for name, item in pairs(value) do fresh[name] = copy(item) end
    return fresh
  end
  return { store = {
    read = function(device_id) return copy(kept[device_id]) end,
    write = function(device_id, records) kept[device_id] = copy(records) end,
  } }
end

local function new_world(owner)
  local sandbox = sandbox_of.new { freeze = START, program_delay = PROGRAM_DELAY }
  sandbox:connect()
  local client = sandbox:client()
  local door = client.locks.get { name = "BACK DOOR" }
  -- One of somebody else's, under a name that one of ours will have.
  local foreign = client.access_codes.create { device = door, name = "Guest new one" }
  local options = owners[owner]()
  assert.is_true(codes.sync(client, door, BEFORE, options).ok)
  sandbox:advance(PROGRAM_DELAY)
  return { sandbox = sandbox, door = door, foreign = foreign, options = options }
end

local function sync_with(world, transport)
  local client = world.sandbox:client { transport = transport, retries = 0 }
  return pcall(codes.sync, client, world.door, AFTER, world.options)
end

--- Name and time frame of each code on the door once everything is in force, in alphabetical order.
local function on_the_door(world)
  local list = {}
  world.sandbox:advance(PROGRAM_DELAY)
  for _, code in ipairs(world.sandbox:access_codes(world.door)) do
    list[#list + 1] = ("%s | %s | %s"):format(code.name, code.starts_at or "-", code.ends_at or "-")
  end
  table.sort(list)
  return list
end

local function created(world)
  return #world.sandbox:events "access_code.created"
end

--- What a run without any trick leaves behind.
local function reference(owner)
  local world = new_world(owner)
  local transport = tricky(world.sandbox, 0, {})
  local before = created(world)
  local ok, report = sync_with(world, transport)
  assert.is_true(ok, tostring(report))
  assert.is_true(report.ok, tostring(report))
  return { codes = on_the_door(world), requests = transport.count(), created = created(world) - before }
end

local TRICKS = {
  ["killed before it took effect"] = { dies = true },
  ["killed after it took effect"] = { dies = true, takes_effect = true },
  ["its answer lost before it took effect"] = { sent = true },
  ["its answer lost after it took effect"] = { sent = true, takes_effect = true },
  ["never sent"] = {},
  ["cut off for good before it took effect"] = { sent = true, for_good = true },
  ["cut off for good after it took effect"] = { sent = true, for_good = true, takes_effect = true },
}

local function is_foreign_untouched(world)
  for _, code in ipairs(world.sandbox:access_codes(world.door)) do
    if code.access_code_id == world.foreign.access_code_id then return code.name == "Guest new one" end
  end
  return false
end

describe("seam.codes, interrupted", function()
  for owner in pairs(owners) do
    local clean

    setup(function() clean = reference(owner) end)

    it("has something to interrupt: owned by " .. owner, function()
      assert.is_true(clean.requests >= 8, "only " .. clean.requests .. " requests")
      assert.equal(2, clean.created)
      assert.equal(6, #clean.codes)
    end)

    for name, trick in pairs(TRICKS) do
      it(("at any request, %s: owned by %s"):format(name, owner), function()
        for n = 1, clean.requests do
          local world = new_world(owner)
          local before = created(world)
          sync_with(world, tricky(world.sandbox, n, trick))
          local where = ("request %d, %s, owned by %s"):format(n, name, owner)
          local ok, report = sync_with(world, world.sandbox:transport())
          assert.is_true(ok, where .. ": " .. tostring(report))
          assert.is_true(report.ok, where .. ":\n" .. tostring(report))
          assert.same(clean.codes, on_the_door(world), where)
          assert.equal(clean.created, created(world) - before, "codes made, " .. where)
          assert.is_true(is_foreign_untouched(world), "somebody else's code, " .. where)
        end
      end)
    end

    it("by one lost answer ends as if nothing had been: owned by " .. owner, function()
      for n = 1, clean.requests do
        for _, takes_effect in ipairs { false, true } do
          local world = new_world(owner)
          local transport = tricky(world.sandbox, n, { sent = true, takes_effect = takes_effect })
          local client = world.sandbox:client { transport = transport }
          local report = codes.sync(client, world.door, AFTER, world.options)
          assert.is_true(report.ok, ("request %d:\n%s"):format(n, tostring(report)))
          assert.same(clean.codes, on_the_door(world), "request " .. n)
        end
      end
    end)
  end
end)

describe("A code that arrives after everyone has given up on it", function()
  it("is one too many, and the next sync takes the younger one away", function()
    local world = new_world "prefix"
    local client = world.sandbox:client()
    local first = codes.sync(client, world.door, AFTER, world.options)
    world.sandbox:advance(20)
    local late = client.access_codes.create {
      device = world.door, name = "guest:new%20one Guest new one", starts_at = AFTER[4].starts_at,
      ends_at = AFTER[4].ends_at,
    }
    local report = codes.sync(client, world.door, AFTER, world.options)
    assert.is_true(report.ok, tostring(report))
    world.sandbox:advance(PROGRAM_DELAY)
    local left = {}
    for _, code in ipairs(client.access_codes.list(world.door)) do left[code.access_code_id] = true end
    assert.is_nil(left[late.access_code_id])
    for _, step in ipairs(first.steps) do
      if step.access_code then assert.is_true(left[step.access_code.access_code_id], step.key) end
    end
  end)
end)

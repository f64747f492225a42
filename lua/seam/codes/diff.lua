-- SPDX-License-Identifier: MIT
-- Compares what is on a lock with what is wanted there. Pure: lists in, steps out.

require("seam.uncompiled")()

local M = {}

-- Seam rounds times to the minute: less than one is no difference.
local ROUNDING = 60

---@class seam.codes.Step
---@field action "create"|"update"|"delete"|"nothing"|"blocked"
---@field key string
---@field why string
---@field changes table<string, boolean>|nil of an update: times, name, code
---@field entry table|nil what is wanted
---@field item table|nil what is there

local function same_moment(a, b)
  if a == nil or b == nil then return a == b end
  return math.abs(a - b) < ROUNDING
end

local function is_better(a, b)
  local a_failed, b_failed = a.state == "failed", b.state == "failed"
  if a_failed ~= b_failed then return b_failed end
  -- The guest has been told the older one.
  if a.created_at ~= b.created_at then return a.created_at < b.created_at end
  return a.id < b.id
end

--- Ours by key, the one to keep first; and how many are not ours.
local function grouped(items, owner)
  local groups, foreign = {}, 0
  for _, item in ipairs(items) do
    local key = owner.key_of(item)
    if not key then
      foreign = foreign + 1
    elseif not item.going then
      groups[key] = groups[key] or {}
      table.insert(groups[key], item)
    end
  end
  for _, group in pairs(groups) do table.sort(group, is_better) end
  return groups, foreign
end

local function changes_between(item, entry, name)
  local changes = {}
  if not same_moment(item.starts_at, entry.starts_at) or not same_moment(item.ends_at, entry.ends_at) then
    changes.times = true
  end
  if item.name ~= name then changes.name = true end
  if entry.code and item.code ~= entry.code then changes.code = true end
  return next(changes) and changes or nil
end

local function overlaps(a, b)
  return (not a.ends_at or not b.starts_at or a.ends_at > b.starts_at)
    and (not b.ends_at or not a.starts_at or b.ends_at > a.starts_at)
end

--- The wanted entry before this one that has the same PIN at the same time.
local function pin_rival(entry, place, wanted)
  if not entry.code then return nil end
  for i = 1, place - 1 do
    if wanted[i].code == entry.code and overlaps(wanted[i], entry) then return wanted[i] end
  end
end

local function blocked(step, code, why)
  step.action, step.changes, step.why = "blocked", nil, why
  step.problem = { code = code, message = why, of = "code" }
  return step
end

local function times_reason(item, entry)
  if not entry.ends_at then return "it shall have no end" end
  if not item.ends_at then return "it shall end" end
  return "its times differ"
end

local REASONS = { name = "its name differs", code = "its PIN differs" }

local function reasons_of(item, entry, changes)
  local list = {}
  if changes.times then list[1] = times_reason(item, entry) end
  for _, name in ipairs { "name", "code" } do
    if changes[name] then list[#list + 1] = REASONS[name] end
  end
  return table.concat(list, ", ")
end

local function step_for(entry, item, place, facts)
  local step = { key = entry.key, entry = entry, item = item }
  if entry.ends_at and entry.ends_at <= facts.now then
    step.action, step.why = item and "delete" or "nothing", "its time is over"
    return step
  end
  local changes = item and changes_between(item, entry, facts.owner.name_of(entry))
  if item and not changes then
    step.action, step.why = "nothing", "it is as wanted"
    return step
  end
  if facts.refusal then return blocked(step, "unsupported_device", facts.refusal) end
  local rival = (not item or changes.code) and pin_rival(entry, place, facts.wanted)
  if rival then
    return blocked(step, "duplicate_access_code", ("'%s' wants the same PIN at the same time"):format(rival.key))
  end
  if item and changes.code and not facts.changes_pin then
    return blocked(step, "pin_cannot_change", "its PIN cannot be changed: take it away first")
  end
  step.action, step.changes = item and "update" or "create", changes or nil
  step.why = item and reasons_of(item, entry, changes) or "it is not there yet"
  return step
end

local function add_deletes(steps, key, group, first, why)
  for i = first, #group do
    steps[#steps + 1] = { action = "delete", key = key, item = group[i], why = why }
  end
end

--- A feed that comes back empty by mistake must not lock everybody out.
local function hold_back(steps, limit)
  local count = 0
  for _, step in ipairs(steps) do
    if step.action == "delete" then count = count + 1 end
  end
  if count <= limit then return end
  local why = ("%d codes would go, more than max_deletes allows"):format(count)
  for _, step in ipairs(steps) do
    if step.action == "delete" then blocked(step, "too_many_deletes", why) end
  end
end

-- What is taken away makes room; then those who come soonest.
local ORDER = { delete = 1, update = 2, create = 3, blocked = 4, nothing = 5 }

local function start_of(step)
  return step.entry and step.entry.starts_at or 0
end

local function is_earlier(a, b)
  if a.action ~= b.action then return ORDER[a.action] < ORDER[b.action] end
  if start_of(a) ~= start_of(b) then return start_of(a) < start_of(b) end
  if a.key ~= b.key then return a.key < b.key end
  return (a.item and a.item.id or "") < (b.item and b.item.id or "")
end

--- The steps from what is there to what is wanted, in the order in which to take them.
---@param items table[] what is on the lock, as a backend lists it
---@param wanted table[] checked entries
---@param facts table owner, now (epoch seconds), refusal (why the lock takes no codes, or nil), changes_pin,
--- max_deletes
---@return seam.codes.Step[] steps
---@return integer foreign how many codes are not ours
function M.steps(items, wanted, facts)
  local groups, foreign = grouped(items, facts.owner)
  local steps = {}
  local about = { owner = facts.owner, now = facts.now, refusal = facts.refusal, changes_pin = facts.changes_pin,
    wanted = wanted }
  for place, entry in ipairs(wanted) do
    local group = groups[entry.key] or {}
    groups[entry.key] = nil
    steps[#steps + 1] = step_for(entry, group[1], place, about)
    add_deletes(steps, entry.key, group, 2, "there are two for one key")
  end
  for key, group in pairs(groups) do add_deletes(steps, key, group, 1, "nobody wants it any more") end
  hold_back(steps, facts.max_deletes or math.huge)
  table.sort(steps, is_earlier)
  return steps, foreign
end

return M

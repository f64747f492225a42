-- SPDX-License-Identifier: MIT
-- Which codes on a lock are ours, and for which key: by a name that begins with a prefix, or by ids that the
-- caller keeps. All others are somebody else's.

require("seam.uncompiled")()

local M = {}

local function escape(key)
  return (key:gsub("[%s%c%%]", function(byte) return ("%%%02X"):format(byte:byte()) end))
end

local function unescape(text)
  return (text:gsub("%%(%x%x)", function(digits) return string.char(tonumber(digits, 16)) end))
end

local function nothing() end

--- Ownership by name: the prefix, the key, and after a space the guest's name.
---@param prefix string
---@return seam.codes.Owner
function M.by_prefix(prefix)
  local owner = { adopt = nothing, intend = nothing, note = nothing, keep_only = nothing }

  function owner.key_of(item)
    local name = item.name
    if type(name) ~= "string" or name:sub(1, #prefix) ~= prefix then return nil end
    local key = name:match("^(%S+)", #prefix + 1)
    return key and unescape(key)
  end

  function owner.name_of(entry)
    return prefix .. escape(entry.key) .. (entry.name and " " .. entry.name or "")
  end

  return owner
end

local function has(list, wanted)
  for _, value in ipairs(list or {}) do
    if value == wanted then return true end
  end
  return false
end

--- Ownership by ids in the caller's store. What is about to be created is written down first, with the codes of
--- that name that were there before: after a crash the new one is known by that.
---@param store table read(device_id) -> records or nil, write(device_id, records)
---@param device_id string
---@return seam.codes.Owner
function M.by_store(store, device_id)
  local owner, records = {}, {}
  for key, record in pairs(store.read(device_id) or {}) do records[key] = record end

  local function save(key, record)
    records[key] = record
    store.write(device_id, records)
  end

  function owner.key_of(item)
    for key, record in pairs(records) do
      if has(record.ids, item.id) then return key end
    end
    for key, record in pairs(records) do
      local intent = record.intent
      if intent and intent.name == item.name and not has(intent.others, item.id) then return key end
    end
  end

  function owner.name_of(entry) return entry.name or entry.key end

  --- Takes the ids of what turned up although nobody told us.
  function owner.adopt(items)
    local found = {}
    for _, item in ipairs(items) do
      local key = owner.key_of(item)
      if key and records[key].intent then
        found[key] = found[key] or {}
        table.insert(found[key], item.id)
      end
    end
    for key, ids in pairs(found) do save(key, { ids = ids }) end
  end

  function owner.intend(entry, items)
    local others, name = {}, owner.name_of(entry)
    for _, item in ipairs(items) do
      if item.name == name then others[#others + 1] = item.id end
    end
    save(entry.key, { intent = { name = name, others = others } })
  end

  function owner.note(key, id) save(key, { ids = { id } }) end

  --- Forgets keys of codes that are gone and no longer wanted.
  function owner.keep_only(keys)
    local gone = {}
    for key in pairs(records) do
      if not keys[key] then gone[#gone + 1] = key end
    end
    for _, key in ipairs(gone) do save(key, nil) end
  end

  return owner
end

---@param options table checked options of seam.codes
---@param device_id string
---@return seam.codes.Owner
function M.of(options, device_id)
  if options.store then return M.by_store(options.store, device_id) end
  return M.by_prefix(options.prefix)
end

return M

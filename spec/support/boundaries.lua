-- SPDX-License-Identifier: MIT
-- Who knows whom in lua/seam and src, read from the sources, and what of it support.rooms does not allow.

local files = require "support.files"
local rooms = require "support.rooms"

local M = {}

M.OF_C = { ["seam.core"] = true, ["seam.mqtt"] = true }

local function matches(name, pattern)
  if pattern:sub(-1) ~= "*" then return name == pattern end
  return name:sub(1, #pattern - 1) == pattern:sub(1, -2)
end

local function is_among(name, patterns)
  for _, pattern in ipairs(patterns or {}) do
    if matches(name, pattern) then return true end
  end
  return false
end

local function room_of(module)
  for _, room in ipairs(rooms.rooms) do
    if is_among(module, room.modules) then return room end
  end
end

local function without_comments(text)
  return (text:gsub("%-%-%[%[.-%]%]", ""):gsub("%-%-[^\n]*", ""))
end

--- Whatever a source requires, and whatever module of ours it names in a string: modules are also
--- required by a name that is put together, or later.
local function known_to(text, sources)
  local known = {}
  for name in text:gmatch("require%s*%(?%s*[\"']([%w_.]+)[\"']") do known[name] = true end
  for name in text:gmatch("require%s*,%s*[\"']([%w_.]+)[\"']") do known[name] = true end
  for name in text:gmatch("[\"'](seam%.[%w_.]+)[\"']") do
    if sources[name] or name:sub(-1) == "." or M.OF_C[name] then known[name] = true end
  end
  return known
end

local function allows(room, from, to)
  local exceptions = rooms.exceptions[from]
  if exceptions and exceptions[to] or is_among(to, room.modules_too) then return true end
  if rooms.foreign[to] then return is_among(from, rooms.foreign[to]) end
  local target = room_of(to)
  return target ~= nil and is_among(target.name, room.rooms)
end

local OUTSIDE = { "%f[%w_.]os%.%a+", "%f[%w_.]io%.%a+", "%f[%w_.]ngx%.%a+" }

local function add_system_calls(found, module, text)
  for _, pattern in ipairs(OUTSIDE) do
    local call = text:match(pattern)
    local excused = (rooms.exceptions[module] or {})[call]
    if call and not excused then found[#found + 1] = ("%s asks the system: %s"):format(module, call) end
  end
end

--- What breaks the rules: "seam.x knows seam.y".
---@param sources table<string, string> module name -> text
---@return string[] violations sorted
function M.violations(sources)
  local found = {}
  for module, source in pairs(sources) do
    local room, text = room_of(module), without_comments(source)
    if not room then
      found[#found + 1] = module .. " has no room: give it one in spec/support/rooms.lua"
    else
      for to in pairs(known_to(text, sources)) do
        if to ~= module and not allows(room, module, to) then
          found[#found + 1] = ("%s (%s) knows %s"):format(module, room.name, to)
        end
      end
      if room.timeless then add_system_calls(found, module, text) end
    end
  end
  table.sort(found)
  return found
end

local function paths_of(pattern)
  return files.output_of("find " .. pattern .. " | LC_ALL=C sort"):gmatch("[^\n]+")
end

--- Every module below lua/.
---@return table<string, string> sources module name -> text
function M.lua_sources()
  local sources = {}
  for path in paths_of("lua -name '*.lua'") do
    local name = path:match("^lua/(.*)%.lua$"):gsub("/init$", ""):gsub("/", ".")
    sources[name] = files.read(path)
  end
  return sources
end

--- Every C file below src/.
---@return table<string, string> sources path below src -> text
function M.c_sources()
  local sources = {}
  for path in paths_of("src -name '*.[ch]'") do sources[path:match("^src/(.*)$")] = files.read(path) end
  return sources
end

--- The headers of Lua that a C file sees, through its own headers too.
local function sees_lua(name, sources, seen)
  if seen[name] or not sources[name] then return false end
  seen[name] = true
  for header in sources[name]:gmatch('#include%s*[<"]([^>"]+)[>"]') do
    if header == "lua.h" or header == "lauxlib.h" or header == "lualib.h" then return true end
    if sees_lua(header, sources, seen) then return true end
  end
  return false
end

-- compat.h evens out the versions of Lua for the faces; core.c puts the faces together.
local function may_see_lua(name)
  local base = name:match("[^/]+$")
  return base:sub(1, 1) == "l" or base == "core.c" or base == "compat.h"
end

--- Words of the API's surface: the core carries bytes and knows no endpoint.
local ENDPOINT_WORDS = { "unlock_door", "access_code", "device_id", "action_attempt", "api_key" }

---@param sources table<string, string> name below src -> text
---@return string[] violations sorted
function M.c_violations(sources)
  local found = {}
  for name, source in pairs(sources) do
    local text = source:gsub("/%*.-%*/", "")
    if not may_see_lua(name) and sees_lua(name, sources, {}) then found[#found + 1] = name .. " sees lua.h" end
    for _, word in ipairs(ENDPOINT_WORDS) do
      if text:find(word, 1, true) then found[#found + 1] = ("%s knows of %s"):format(name, word) end
    end
  end
  table.sort(found)
  return found
end

return M

-- SPDX-License-Identifier: MIT
-- For row 31, by LUA_INIT in every process: counts which lines of lua/seam run. Each is added to the file that
-- LINES_FILE names when it first does, "file:line": a server may be ended by a signal.

local seen = {}
local kept = {}

local out = assert(io.open(assert(os.getenv("LINES_FILE")), "a"))
out:setvbuf("no")

local function note(_, line)
  local source = debug.getinfo(2, "S").source
  local name = kept[source]
  if name == nil then
    name = source:match("^@.*(lua/seam/.*%.lua)$") or false
    if name and name:find("^lua/seam/api/") then name = false end
    kept[source] = name
    if name then seen[name] = seen[name] or {} end
  end
  if name and not seen[name][line] then
    seen[name][line] = true
    out:write(name, ":", line, "\n")
  end
end

-- Coroutines have hooks of their own.
local create = coroutine.create
function coroutine.create(body) -- luacheck: ignore
  local thread = create(body)
  debug.sethook(thread, note, "l")
  return thread
end
function coroutine.wrap(body) -- luacheck: ignore
  local thread = coroutine.create(body)
  return function(...)
    local results = table.pack(coroutine.resume(thread, ...)) -- luacheck: ignore
    if not results[1] then error(results[2], 0) end
    return table.unpack(results, 2, results.n) -- luacheck: ignore
  end
end

debug.sethook(note, "l")

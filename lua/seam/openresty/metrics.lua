-- SPDX-License-Identifier: MIT
-- What was counted, as Prometheus reads it (text format 0.0.4).

local counters = require "seam.openresty.counters"
local options = require "seam.openresty.options"
local reply = require "seam.openresty.reply"

local M = {}

local OPTIONS = { dict = "dict", device_cache = "table" }

local FAMILIES = {
  { "seam_calls_total", "counter", "Calls of the Seam API, each once however often it was sent." },
  { "seam_attempts_total", "counter", "Requests sent for them, by what is known of their outcome." },
  { "seam_retries_total", "counter", "Attempts that failed and were followed by another one." },
  { "seam_attempt_seconds", "histogram", "How long an attempt took." },
  { "seam_webhooks_total", "counter", "Webhook requests by what became of them." },
}
local PARTS = { "", "_bucket", "_count", "_sum" }

--- Whole numbers without an exponent, others as short as they are exact enough.
local function written(value)
  return ("%.15g"):format(value)
end

local function lines_by_name(dict)
  local lines = {}
  for _, entry in ipairs(counters.all(dict)) do
    lines[entry.name] = lines[entry.name] or {}
    table.insert(lines[entry.name], entry.key .. " " .. written(entry.value))
  end
  return lines
end

local function put_head(text, name, kind, help)
  text[#text + 1] = "# HELP " .. name .. " " .. help
  text[#text + 1] = "# TYPE " .. name .. " " .. kind
end

local function put_family(text, lines, family)
  put_head(text, family[1], family[2], family[3])
  for _, part in ipairs(PARTS) do
    for _, line in ipairs(lines[family[1] .. part] or {}) do text[#text + 1] = line end
  end
end

local function put_age(text, cache)
  local age = cache.age()
  if not age then return end
  put_head(text, "seam_device_cache_age_seconds", "gauge", "How old the list of locks is.")
  text[#text + 1] = "seam_device_cache_age_seconds " .. written(age)
end

local function rendered(state)
  local text, lines = {}, lines_by_name(state.dict)
  for _, family in ipairs(FAMILIES) do put_family(text, lines, family) end
  if state.device_cache then put_age(text, state.device_cache) end
  return table.concat(text, "\n") .. "\n"
end

--- Makes a handler for content_by_lua. Who may read it is for nginx to say: `allow 127.0.0.1; deny all;`.
--- Options:
--- dict: name of the lua_shared_dict that openresty.hooks and openresty.webhook count in; give them one of its own;
--- device_cache: of openresty.device_cache, for its age.
---@param given table
---@return function handler
function M.new(given)
  local state = options.check(given, OPTIONS, { "dict" })
  return function() reply.document("text/plain; version=0.0.4; charset=utf-8", rendered(state)) end
end

return M

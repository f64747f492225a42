-- SPDX-License-Identifier: MIT
-- The rooms of lua/seam and who may know whom: CONTRIBUTING's table, so that a machine can hold us to it.
-- A name that ends in "*" stands for all that begin so.

-- The data and the entrances that everybody may use who writes with the public client.
local PUBLIC = { "seam", "seam.safe", "seam.time", "seam.resource", "seam.json", "seam.json.utf8", "seam.webhook.safe" }

local function helper(name)
  return {
    name = name, modules = { "seam." .. name, "seam." .. name .. ".*" },
    rooms = { "words", "shared", name }, modules_too = PUBLIC,
  }
end

local M = {}

--- A room's modules, the rooms it may know and the single modules it may know besides. `timeless`: asks neither
--- clock nor system.
M.rooms = {
  { name = "api", modules = { "seam.api.*" }, rooms = {}, timeless = true },
  {
    name = "words", rooms = { "words" }, timeless = true,
    modules = { "seam.uncompiled", "seam.errors", "seam.nearest", "seam.number", "seam.byte_order", "seam.version",
      "seam.yielding", "seam.protected", "seam.receiver", "seam.lazy" },
  },
  {
    name = "pure", rooms = { "words", "pure", "api" }, timeless = true,
    modules = { "seam.rows", "seam.protocol", "seam.params", "seam.query", "seam.query.*", "seam.json", "seam.json.*",
      "seam.resource", "seam.retry_after", "seam.webhook", "seam.webhook.*", "seam.time", "seam.token",
      "seam.masking", "seam.prepared" },
  },
  { name = "loop", modules = { "seam.loop", "seam.loop.*", "seam.tasks" }, rooms = { "words", "loop" } },
  {
    name = "transport", modules = { "seam.transport.*" }, rooms = { "words", "loop", "transport" },
    modules_too = { "seam.core" },
  },
  { name = "many", modules = { "seam.gather" }, rooms = { "words", "loop", "transport" } },
  {
    name = "behaviour", rooms = { "words", "pure", "api", "loop", "behaviour" },
    modules = { "seam.call", "seam.carried", "seam.attempt_poll", "seam.sender", "seam.raw_request", "seam.retry",
      "seam.hooks", "seam.action_attempt", "seam.paginator", "seam.options", "seam.credentials", "seam.environment",
      "seam.endpoint" },
  },
  -- A call over time for hosts that carry the bytes and keep the time: like behaviour, without a loop.
  {
    name = "steps", modules = { "seam.steps", "seam.steps.*" }, rooms = { "words", "pure", "api", "steps" },
    modules_too = { "seam.retry", "seam.attempt_poll" }, timeless = true,
  },
  {
    name = "face", modules = { "seam", "seam.safe", "seam.face", "seam.client", "seam.client.*", "seam.namespace" },
    rooms = { "words", "pure", "api", "loop", "transport", "many", "behaviour", "face" },
  },
  {
    name = "shared", modules = { "seam.pause", "seam.transient", "seam.helper_options" }, rooms = { "words", "shared" },
    modules_too = { "seam.resource" },
  },
  helper "wait", helper "watch", helper "codes", helper "calendar", helper "fleet",
  {
    name = "openresty", modules = { "seam.openresty", "seam.openresty.*" }, modules_too = PUBLIC,
    rooms = { "words", "shared", "wait", "watch", "codes", "calendar", "fleet", "openresty" },
  },
  -- A host that lives here: the bridge. Its C module is one of its own.
  {
    name = "mqtt", modules = { "seam.mqtt", "seam.mqtt.*" }, modules_too = PUBLIC,
    rooms = { "words", "shared", "wait", "watch", "codes", "calendar", "fleet", "mqtt" },
  },
  {
    name = "sandbox", modules = { "seam.sandbox", "seam.sandbox.*" }, rooms = { "words", "pure", "api", "sandbox" },
    modules_too = { "seam", "seam.core" },
  },
}

--- Single steps over a wall, and questions to the system, each with its reason.
M.exceptions = {
  ["seam.json"] = { ["seam.core"] = "decodes in C where that can be loaded; data in, data out" },
  ["seam.webhook.digest"] = { ["seam.core"] = "HMAC and base64 in C where that can be loaded: data in, data out",
    ["os.time"] = "the wall clock where C cannot be loaded; callers may hand in their own" },
  ["seam.steps.step"] = { ["os.time"] = "the default for a clock that hosts hand in" },
  ["seam.mqtt.config"] = { ["seam.environment"] = "an empty variable counts as not set, as it does for clients" },
  ["seam.mqtt.daemon"] = { ["seam.core"] = "the bridge keeps its own time" },
  ["seam.mqtt.loop"] = { ["seam.loop.coroutines"] = "the bridge is a loop of its own that clients wait on" },
  ["seam.calendar.fetch"] = {
    ["seam.endpoint"] = "what may be asked without TLS is the same for feeds",
    ["seam.loop"] = "feeds are not on Seam's server: it carries bytes itself, on the client's loop",
    ["seam.transport.choose"] = "feeds are not on Seam's server: it carries bytes itself, on the client's loop",
  },
}

--- Modules of others, and who may require them.
M.foreign = {
  cjson = { "seam.json.private_cjson" },
  socket = { "seam.loop.copas", "seam.sandbox.server*" },
  luv = { "seam.loop.luv" },
  copas = { "seam.loop.copas" },
  cqueues = { "seam.loop.cqueues" },
  ["cqueues.condition"] = { "seam.loop.cqueues" },
}

return M

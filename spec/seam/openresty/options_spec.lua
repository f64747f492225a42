-- SPDX-License-Identifier: MIT
-- Options of the nginx handlers: what is misspelt or missing is named, logged and raised.

local caught = require "support.caught"
local fake_client = require "support.fake_client"
local fake_ngx = require "support.fake_ngx"
local openresty = require "seam.openresty"

describe("Options of the nginx handlers", function()
  local fake
  before_each(function() fake = fake_ngx.install { "seam_metrics" } end)
  after_each(fake_ngx.remove)

  local function nothing() end
  local client = fake_client.new {}

  local CASES = {
    { "webhook", "text", "Options must be a table, got a string" },
    { "webhook", { secrets = "x", on = {} }, "Unknown option 'secrets'; did you mean 'secret'?" },
    { "webhook", { on = {} }, "The secret option is missing" },
    { "webhook", { secret = "MfKQ" }, "The on option is missing" },
    { "webhook", { secret = "?", on = {} }, "A webhook secret must be base64 text, with or without whsec_" },
    { "webhook", { secret = "MfKQ", on = { ["lock.*"] = 1 } },
      "The handler of 'lock.*' must be a function" },
    { "webhook", { secret = "MfKQ", on = {}, max_body = 0 }, "The max_body option must be a positive number" },
    { "webhook", { secret = "MfKQ", on = {}, tolerance = "x" }, "The tolerance option must be a number of seconds" },
    { "webhook", { secret = "MfKQ", on = {}, dict = "seam_metric" },
      "The dict option names 'seam_metric', which nginx does not have: add \"lua_shared_dict seam_metric 1m;\" "
      .. "to its http block; did you mean 'seam_metrics'?" },
    { "unlock", { client = client, device = "a" }, "The authorize option is missing" },
    { "unlock", { authorize = nothing, device = "a" }, "The client option is missing" },
    { "unlock", { client = "key", authorize = nothing, device = "a" },
      "The client option must be a client of seam.new" },
    { "unlock", { client = { locks = {} }, authorize = nothing, device = "a" },
      "The client option must be a client of seam.new, got a table" },
    { "unlock", { client = client, authorise = nothing, device = "a" }, "did you mean 'authorize'?" },
    { "unlock", { client = client, authorize = nothing, device = 5 }, "The device option must be a device's id" },
    { "unlock", { client = client, authorize = nothing, device = "a", action = "open" },
      "must be \"unlock\" or \"lock\", got 'open'" },
    { "unlock", { client = client, authorize = nothing, device = "a", origins = "https://a" },
      "The origins option must be a list of texts" },
    { "device_cache", { client = client }, "The dict option is missing" },
    { "device_cache", { client = client, dict = "seam_metrics", ttl = -1 },
      "The ttl option must be a positive number" },
    { "metrics", {}, "The dict option is missing" },
    { "hooks", { dict = 5 }, "The dict option must be the name of a lua_shared_dict, got a number" },
  }

  for i, case in ipairs(CASES) do
    it(("are refused with a sentence: %s, case %d"):format(case[1], i), function()
      local err = caught("SeamInvalidOptionsError", openresty[case[1]], case[2])
      assert.truthy(err.message:find(case[3], 1, true), ("%q does not say %q"):format(err.message, case[3]))
      assert.truthy(fake:logged():find(case[3], 1, true), "the log was to say it too, but is: " .. fake:logged())
    end)
  end
end)

-- SPDX-License-Identifier: MIT
-- A sandbox for specs, driven through its HTTP core: calls in, statuses and decoded bodies out.

local cjson = require "cjson"
local json = require "seam.sandbox.json"
local sandbox = require "seam.sandbox"

local M = {}

M.START = 1767225600 -- 2026-01-01T00:00:00Z
M.BACK_DOOR = "681bf7bc-e7c6-48e6-acfe-6dbabd0615c5"
M.EXTRA_DOOR = "c9fc699a-3f87-4d23-b5c2-1f8ac85aeca1"
M.FRONT_DOOR = "da9dcedb-20ee-46df-8c08-e5268f624377"
M.ACCOUNT = "690dead6-e176-4f25-930b-9aef7c7137ad"
M.NOBODY = "00000000-0000-4000-8000-000000000000"

local World = {}
World.__index = World

--- Sends a request; answers with the status, the decoded body (text where it is not JSON), the response.
function World:request(method, path, query, body, headers)
  local all = { authorization = "Bearer seam_test1", ["content-type"] = "application/json" }
  for name, value in pairs(headers or {}) do all[name] = value or nil end
  local response = self.sandbox:handle({ method = method, path = path, query = query, headers = all, body = body })
  local ok, value = pcall(cjson.decode, response.body or "")
  return response.status, ok and value or response.body, response
end

--- POSTs parameters as JSON.
function World:try(path, params)
  return self:request("POST", path, nil, json.encode(params or {}))
end

--- The same, where nothing but success will do; answers with the body.
function World:call(path, params)
  local status, body = self:try(path, params)
  if status ~= 200 then error(path .. " answered " .. status .. ": " .. json.encode(body), 2) end
  return body
end

--- A webview, logged in.
function World:login(params, credentials)
  local webview = self:call("/connect_webviews/create", params).connect_webview
  assert(self.sandbox:login(webview, credentials))
  return webview
end

--- What happens while `act` runs: "type" or, where the clock moved, "type +seconds".
function World:happened(act)
  local before, start = #self.sandbox.world.events.list, self.sandbox:now()
  act()
  local time, list = require "seam.time", {}
  for place = before + 1, #self.sandbox.world.events.list do
    local event = self.sandbox.world.events.list[place]
    local offset = time.parse(event.created_at) - start
    list[#list + 1] = event.event_type .. (offset > 0 and (" +%.0f"):format(offset) or "")
  end
  return list
end

--- ISO text of a moment so many seconds from the sandbox's now.
function World:moment(seconds)
  return require("seam.time").format(self.sandbox:now() + seconds)
end

--- One managed code of the API.
function World:code(id)
  return self:call("/access_codes/get", { access_code_id = id }).access_code
end

--- A frozen sandbox without a login.
function M.empty(options)
  local filled = { freeze = M.START }
  for name, value in pairs(options or {}) do filled[name] = value end
  return setmetatable({ sandbox = sandbox.new(filled) }, World)
end

--- A frozen sandbox with the guide's three locks.
function M.new(options)
  local world = M.empty(options)
  world:login()
  return world
end

M.null = cjson.null

return M

-- SPDX-License-Identifier: MIT
-- Carries a request with the program curl and waits for it. What is secret goes through curl's standard input: command
-- lines can be seen by everybody on the machine.

local curl = require "seam_domoticz_curl"
local quoted = require("seam_domoticz_key").quoted

local M = {}

local CONNECT_SECONDS, SECONDS = 5, 20

--- A text for curl's configuration.
local function value(text)
  return '"' .. text:gsub('[\\"]', "\\%0"):gsub("\n", "\\n"):gsub("\r", "\\r"):gsub("\t", "\\t") .. '"'
end

local function configuration(request)
  local lines = {
    "url = " .. value(request.url), "request = " .. value(request.method), "silent", "show-error", "include",
    ("connect-timeout = %d"):format(CONNECT_SECONDS), ("max-time = %d"):format(SECONDS),
  }
  for name, text in pairs(request.headers or {}) do lines[#lines + 1] = "header = " .. value(name .. ": " .. text) end
  if request.body then lines[#lines + 1] = "data-raw = " .. value(request.body) end
  if request.user then lines[#lines + 1] = "user = " .. value(request.user) end
  return table.concat(lines, "\n") .. "\n"
end

local function take(path)
  local file = io.open(path, "rb")
  local text = file and file:read("*a") or ""
  if file then file:close() end
  os.remove(path)
  return text
end

--- Sends a request.
---@param request table { method =, url =, headers =, body =, user = "name:password" }
---@return table|nil answer { status =, headers =, body = }
---@return string|nil reason
function M.send(request)
  local out, problems = os.tmpname(), os.tmpname()
  local pipe = io.popen(("curl -q --config - >%s 2>%s"):format(quoted(out), quoted(problems)), "w")
  pipe:write(configuration(request))
  pipe:close()
  local status, headers, body = curl.parse(take(out))
  local said = take(problems)
  if status then return { status = status, headers = headers, body = body } end
  return nil, said:match("^[^\n]+") or "curl said nothing"
end

return M

-- SPDX-License-Identifier: MIT
-- Carries requests for Domoticz, and reads what came back. Two ways, neither of which blocks: openURL, and the program
-- curl by executeShellCommand. openURL neither verifies a server's certificate nor lets anyone ask for it, and follows
-- redirects: so whatever goes to another machine goes with curl, unless the settings say otherwise.

local curl = require "seam_domoticz_curl"
local key = require "seam_domoticz_key"

local M = {}

local CONNECT_SECONDS, SECONDS = 5, 15

local function by_open_url(host, request, callback)
  host.domoticz.openURL {
    url = request.url, method = request.method, headers = request.headers, postData = request.body, callback = callback,
  }
end

local function header_options(headers)
  local names, options = {}, {}
  for name in pairs(headers) do
    -- This one comes by standard input: command lines can be seen by everybody on the machine.
    if name ~= "authorization" then names[#names + 1] = name end
  end
  table.sort(names)
  for place, name in ipairs(names) do options[place] = "--header " .. key.quoted(name .. ": " .. headers[name]) end
  return table.concat(options, " ")
end

local function by_curl(host, request, callback)
  host.domoticz.executeShellCommand {
    command = ("%s | curl -q --config - --silent --show-error --include --connect-timeout %d --max-time %d"
      .. " --request %s %s %s --url %s"):format(key.header_command(host.settings), CONNECT_SECONDS, SECONDS,
      request.method, header_options(request.headers),
      request.body and "--data-raw " .. key.quoted(request.body) or "", key.quoted(request.url)),
    callback = callback, timeout = SECONDS + 5,
  }
end

--- Sends a request; the answer comes as an event.
---@param host table
---@param request seam.PreparedRequest
---@param callback string the event's name
function M.send(host, request, callback)
  local carrier = host.settings.carrier or (request.url:find("^https:") and "curl" or "openURL")
  local carry = carrier == "openURL" and by_open_url or by_curl
  carry(host, request, callback)
end

--- Reads an answer.
---@param item table the event
---@return table|nil answer { status =, headers =, body = }
---@return table|nil lost { code =, message =, sent = } where there is none
function M.read(item)
  if item.isShellCommandResponse then
    local status, headers, body = curl.parse(item.data or "")
    if item.ok and status then return { status = status, headers = headers, body = body } end
    local reason = item.errorText ~= "" and item.errorText or ("curl ended with %s"):format(tostring(item.statusCode))
    return nil, curl.lost(item.timeoutOccurred and 28 or item.statusCode, reason)
  end
  local status = tonumber(item.statusCode) or 0
  if status < 100 then return nil, curl.lost(status, item.statusText or "openURL got none") end
  return { status = status, headers = item.headers or {}, body = item.data or "" }
end

return M

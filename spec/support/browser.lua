-- SPDX-License-Identifier: MIT
--- A headless Chromium for specs, driven through chromedriver (WebDriver over HTTP on the loopback).
--
--     local browser = require "support.browser"
--     local reason = browser.missing()          -- nil where there is one, else why not, for pending()
--     local page = browser.start()
--     page:open(url)  page:text(css)  page:click(css)  page:wait_for(css, words)  page:script("return 1")
--     page:look(400, "dark")  page:screenshot("file.png")  page:stop()
--
-- On Debian: apt-get install --no-install-recommends chromium chromium-driver. It ends with the pipe that
-- this process holds.
local child = require "support.child"
local cjson = require "cjson"
local core = require "seam.core"
local files = require "support.files"
local http = require "socket.http"
local ltn12 = require "ltn12"
local socket = require "socket"

local M = {}

local PATIENCE = 20
local PACKAGES = "(Debian: apt-get install --no-install-recommends chromium chromium-driver)"

-- Alone in a process group, so that the browser ends with its driver. All their files are in one folder.
local COMMAND = "bash -c 'set -m; export TMPDIR=%s; mkdir $TMPDIR; chromedriver --port=0 & pid=$!; cat; "
  .. "kill -- -$pid; wait $pid; rm -rf $TMPDIR || { sleep 1; rm -rf $TMPDIR; }'"

local ARGUMENTS = {
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars",
  "--window-size=1000,900",
}

local methods = {}
local metatable = { __index = methods }

--- Why no browser can be started here, in words; nil where it can.
---@return string|nil
function M.missing()
  for _, program in ipairs { "chromium", "chromedriver" } do
    if files.output_of("command -v " .. program) == "" then return program .. " is not installed " .. PACKAGES end
  end
  return nil
end

local function ask(self, method, path, document)
  local parts = {}
  local body = document and cjson.encode(document)
  -- lua-cjson writes an empty table as an object, which is what WebDriver wants of "no parameters".
  local ok, status = http.request {
    url = self.driver .. path, method = method, sink = ltn12.sink.table(parts),
    source = body and ltn12.source.string(body),
    headers = body and { ["content-type"] = "application/json", ["content-length"] = #body } or nil,
  }
  local text = table.concat(parts)
  if not ok or status ~= 200 then
    error(("the browser said %s to %s %s: %s"):format(tostring(status), method, path, text:sub(1, 600)), 3)
  end
  return cjson.decode(text).value
end

--- Starts a browser with a new profile.
---@return table page
function M.start()
  local folder = os.tmpname()
  os.remove(folder)
  local process = child.start(COMMAND:format(folder), "started successfully on port (%d+)")
  local self = setmetatable({ process = process, driver = "http://127.0.0.1:" .. process.captures[1] }, metatable)
  local arguments = { "--user-data-dir=" .. folder .. "/profile" }
  for _, argument in ipairs(ARGUMENTS) do arguments[#arguments + 1] = argument end
  local session = ask(self, "POST", "/session", { capabilities = { alwaysMatch = {
    browserName = "chrome", ["goog:chromeOptions"] = { args = arguments },
    ["goog:loggingPrefs"] = { browser = "ALL" },
  } } })
  self.driver = self.driver .. "/session/" .. session.sessionId
  return self
end

function methods:open(url)
  ask(self, "POST", "/url", { url = url })
end

--- Runs a function's body in the page and returns what it returns.
---@param text string JavaScript
function methods:script(text, ...)
  local arguments = { ... }
  arguments[1] = arguments[1] or cjson.null
  return ask(self, "POST", "/execute/sync", { script = text, args = arguments })
end

local function element(self, css)
  local found = ask(self, "POST", "/element", { using = "css selector", value = css })
  return select(2, next(found))
end

--- What a person reads there.
function methods:text(css)
  return ask(self, "GET", "/element/" .. element(self, css) .. "/text")
end

--- A real click: it fails where something else lies above.
function methods:click(css)
  ask(self, "POST", "/element/" .. element(self, css) .. "/click", { now = true })
end

--- Types keys at whatever has the focus. Enter is "\238\128\135", Tab "\238\128\132".
function methods:type(keys)
  local actions = {}
  for key in keys:gmatch("[%z\1-\127\194-\244][\128-\191]*") do
    actions[#actions + 1] = { type = "keyDown", value = key }
    actions[#actions + 1] = { type = "keyUp", value = key }
  end
  ask(self, "POST", "/actions", { actions = { { type = "key", id = "keyboard", actions = actions } } })
end

--- Waits until a place says these words.
---@param css string
---@param words string plain text
---@return string text what it says in the end
function methods:wait_for(css, words)
  local text
  local deadline = socket.gettime() + PATIENCE
  repeat
    text = self:script("const e = document.querySelector(arguments[0]); return e ? e.innerText : ''", css)
    if text:find(words, 1, true) then return text end
    socket.sleep(0.05)
  until socket.gettime() > deadline
  error(("%s was to say %q within %d s, but says %q"):format(css, words, PATIENCE, text), 2)
end

local function protocol(self, command, params)
  return ask(self, "POST", "/goog/cdp/execute", { cmd = command, params = params })
end

--- As a screen of this width, by day or by night.
---@param width integer CSS pixels
---@param scheme "light"|"dark"
function methods:look(width, scheme)
  protocol(self, "Emulation.setDeviceMetricsOverride",
    { width = width, height = 900, deviceScaleFactor = 1, mobile = false })
  protocol(self, "Emulation.setEmulatedMedia", { features = { { name = "prefers-color-scheme", value = scheme } } })
end

--- The whole page as a PNG file.
function methods:screenshot(path)
  local shot = protocol(self, "Page.captureScreenshot", { format = "png", captureBeyondViewport = true })
  files.write(path, core.base64_decode(shot.data))
end

--- What the page's console said: errors of scripts, refused resources.
---@return string[]
function methods:console()
  local messages = {}
  for i, entry in ipairs(ask(self, "POST", "/se/log", { type = "browser" })) do
    messages[i] = entry.level .. ": " .. entry.message
  end
  return messages
end

--- Ends the browser. May be called twice.
function methods:stop()
  pcall(ask, self, "DELETE", "")
  self.process:stop()
end

return M

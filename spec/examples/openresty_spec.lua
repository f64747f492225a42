-- SPDX-License-Identifier: MIT
-- The page of all locks, as a person uses it: nginx, the sandbox and a browser.

local browser = require "support.browser"
local child = require "support.child"
local http = require "socket.http"
local nginx_server = require "support.nginx_server"
local seam = require "seam"
local socket = require "socket"

local BACK = "681bf7bc-e7c6-48e6-acfe-6dbabd0615c5"
local FRONT = "da9dcedb-20ee-46df-8c08-e5268f624377"
local EXTRA = "c9fc699a-3f87-4d23-b5c2-1f8ac85aeca1"

local TAB, ENTER = "\238\128\132", "\238\128\135"

--- The texts of the page that WCAG 2 (AA, 4.5 to 1) calls too faint, each with its contrast.
local FAINT = [[
const parse = (text) => text.match(/[\d.]+/g).map(Number)
const channel = (value) => { const c = value / 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4 }
const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b)
const ground = (element) => {
  for (let e = element; e; e = e.parentElement) {
    const color = parse(getComputedStyle(e).backgroundColor)
    if (color.length < 4 || color[3] > 0) return color
  }
  return [255, 255, 255]
}
const faint = []
let seen = 0
for (const element of document.querySelectorAll("body *")) {
  const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())
  if (!own || !element.checkVisibility()) continue
  seen += 1
  const a = light(parse(getComputedStyle(element).color)), b = light(ground(element))
  const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
  if (contrast < 4.5) faint.push(`${element.textContent.trim()} ${contrast.toFixed(2)}`)
}
return seen < 20 ? "only " + seen + " texts were seen" : faint.join("; ")
]]

local function reason_to_skip()
  if not rawget(_G, "jit") then return "it is tried from LuaJIT's specs alone: nginx runs LuaJIT whoever asks it" end
  return nginx_server.missing() or browser.missing()
end

local function free_port()
  local listener = assert(socket.bind("127.0.0.1", 0))
  local _, port = listener:getsockname()
  listener:close()
  return math.floor(tonumber(port))
end

describe("examples/openresty", function()
  local reason = reason_to_skip()
  if reason then
    pending("is not tried: " .. reason)
    return
  end

  local example, url, client, page, endpoint

  setup(function()
    example = child.start(("examples/openresty/run %d --until-stdin-closes"):format(free_port()),
      "Locks: http://(%S+)/.*export SEAM_API_KEY=(%S+) SEAM_ENDPOINT=(%S+)\n")
    local key
    url, key, endpoint = "http://" .. example.captures[1], example.captures[2], example.captures[3]
    client = seam.new { api_key = key, endpoint = endpoint }
    page = browser.start()
  end)

  teardown(function()
    if page then page:stop() end
    if client then client:close() end
    if example then example:stop() end
  end)

  before_each(function()
    page:open(url .. "/")
    page:wait_for("main", "FRONT_DOOR")
    page:wait_for(("[data-lock='%s'] .rows"):format(BACK), "Plumber")
  end)

  local function card(id, place) return ("[data-lock='%s'] .%s"):format(id, place) end

  it("shows every lock with what is known of it", function()
    local text = page:text("[data-lock='" .. BACK .. "']")
    for _, words in ipairs { "BACK DOOR", "Locked", "Online", "100 %", "Cleaner", "Guest Ada", "No end" } do
      assert.truthy(text:find(words, 1, true), words .. " is not in: " .. text)
    end
    assert.truthy(page:text("[data-lock='" .. EXTRA .. "']"):find("This lock cannot be moved from here.", 1, true))
    assert.equal("Live", page:wait_for("#live", "Live"))
    assert.same({}, page:console())
  end)

  it("unlocks and locks by a click, and follows what the lock did", function()
    page:click(card(BACK, "unlock"))
    page:wait_for(card(BACK, "outcome"), "The door is unlocked.")
    assert.equal("Unlocked", page:wait_for(card(BACK, "state"), "Unlocked"))
    assert.is_false(client.devices.get(BACK).properties.locked)
    assert.equal("Locked", page:text(card(FRONT, "state")))
    page:click(card(BACK, "lock"))
    page:wait_for(card(BACK, "outcome"), "The door is locked.")
    assert.equal("Locked", page:wait_for(card(BACK, "state"), "Locked"))
    assert.is_true(client.devices.get(BACK).properties.locked)
  end)

  it("asks a lock once, however often somebody clicks", function()
    local before = #client.events.list { device = BACK, event_type = "lock.unlocked", since = 0 }
    page:script([[
      const button = document.querySelector(arguments[0])
      for (let i = 0; i < 5; i += 1) button.click()
    ]], card(BACK, "unlock"))
    page:wait_for(card(BACK, "outcome"), "The door is unlocked.")
    assert.equal(before + 1, #client.events.list { device = BACK, event_type = "lock.unlocked", since = 0 })
    client.locks.lock_door(BACK)
    page:wait_for(card(BACK, "state"), "Locked")
  end)

  it("can be used with the keyboard alone", function()
    page:type(TAB .. TAB)
    assert.equal("Unlock BACK DOOR", page:script("return document.activeElement.getAttribute('aria-label')"))
    assert.equal("solid", page:script("return getComputedStyle(document.activeElement).outlineStyle"))
    page:type(ENTER)
    page:wait_for(card(BACK, "outcome"), "The door is unlocked.")
    assert.equal("Unlock BACK DOOR", page:script("return document.activeElement.getAttribute('aria-label')"))
    client.locks.lock_door(BACK)
    page:wait_for(card(BACK, "state"), "Locked")
  end)

  it("follows what happens elsewhere", function()
    client.locks.unlock_door(FRONT)
    page:wait_for(card(FRONT, "state"), "Unlocked")
    client.locks.lock_door(FRONT)
    page:wait_for(card(FRONT, "state"), "Locked")
    client.devices.simulate.disconnect(FRONT)
    page:wait_for(card(FRONT, "online"), "Offline")
    page:wait_for(card(FRONT, "fixed"), "It is offline")
    client.devices.simulate.connect(FRONT)
    page:wait_for(card(FRONT, "online"), "Online")
    local code = client.access_codes.create { device = FRONT, name = "Gardener" }
    page:wait_for(card(FRONT, "rows"), "Gardener")
    client.access_codes.delete(code)
  end)

  it("shows PINs only while somebody wants to see them", function()
    local pin
    for _, code in ipairs(client.access_codes.list(BACK)) do
      if code.name == "Cleaner" then pin = code.code end
    end
    local function shows_pin() return page:script("return document.body.innerHTML.includes(arguments[0])", pin) end
    assert.is_false(shows_pin())
    local body = http.request(url .. "/api/codes?lock=" .. BACK)
    assert.truthy(body:find("Cleaner", 1, true), body)
    assert.is_nil(body:find(pin, 1, true), "a PIN went to a page that did not ask for it")
    page:click(card(BACK, "pins"))
    page:wait_for(card(BACK, "rows"), pin)
    assert.equal("true", page:script("return document.querySelector(arguments[0]).ariaPressed", card(BACK, "pins")))
    page:click(card(BACK, "pins"))
    page:wait_for(card(BACK, "pins"), "Show PINs")
    local deadline = socket.gettime() + 10
    while shows_pin() and socket.gettime() < deadline do socket.sleep(0.05) end
    assert.is_false(shows_pin())
  end)

  it("draws a bar for each code, in the week that the axis shows", function()
    local widths = page:script([[
      return [...document.querySelectorAll(arguments[0])].map((bar) => {
        const inner = bar.getBoundingClientRect(), outer = bar.parentElement.getBoundingClientRect()
        return [(inner.left - outer.left) / outer.width, inner.width / outer.width]
      })
    ]], card(BACK, "bar"))
    assert.equal(3, #widths)
    -- Half a day of seven is past; a guest of two days from tomorrow on; a plumber of six hours.
    assert.near(0.5 / 7, widths[1][1], 0.01)
    assert.near(6.5 / 7, widths[1][2], 0.01)
    assert.near(1.5 / 7, widths[2][1], 0.02)
    assert.near(2 / 7, widths[2][2], 0.01)
    assert.near(4.5 / 7, widths[3][1], 0.02)
    assert.near(0.25 / 7, widths[3][2], 0.01)
  end)

  it("fits narrow and wide screens, and is readable by day and by night", function()
    page:click(card(BACK, "pins"))
    for _, width in ipairs { 320, 400, 900, 1400 } do
      for _, scheme in ipairs { "light", "dark" } do
        page:look(width, scheme)
        assert.equal(width, page:script("return document.documentElement.scrollWidth"))
        assert.equal("", page:script(FAINT), "too faint at " .. width .. " pixels, " .. scheme)
      end
    end
  end)

  it("loads nothing from elsewhere, and names every button", function()
    assert.same({ "icon.svg", "page.js", "style.css", "timeline.js", "card.js" }, page:script([[
      const own = performance.getEntriesByType("resource").map((entry) => entry.name)
      const rest = own.filter((name) => !name.startsWith(location.origin + "/"))
      if (rest.length) return rest
      const order = ["icon.svg", "page.js", "style.css", "timeline.js", "card.js"]
      const files = own.map((name) => name.split("/").pop()).concat("icon.svg")
      return order.filter((name) => files.includes(name))
    ]]))
    assert.same({ "Lock BACK DOOR", "Unlock BACK DOOR", "Show the PINs of BACK DOOR" }, page:script([[
      return [...document.querySelectorAll(arguments[0] + " button")].map((button) => button.ariaLabel)
    ]], "[data-lock='" .. BACK .. "']"))
  end)

  it("opens nothing for other sites, nor under another site's name", function()
    local function ask(path, headers)
      return (select(2, http.request { url = url .. path, method = "POST", headers = headers }))
    end
    local unlock = "/api/unlock?lock=" .. BACK
    assert.equal(403, ask(unlock, { ["content-length"] = 0, origin = "http://evil.example" }))
    assert.equal(403, ask(unlock, { ["content-length"] = 0 }))
    assert.equal(421, ask(unlock, {
      ["content-length"] = 0, host = "evil.example", origin = "http://evil.example", ["sec-fetch-site"] = "same-origin",
    }))
    assert.is_true(client.devices.get(BACK).properties.locked)
  end)

  it("ends with whoever started it, sandbox and all", function()
    page:stop()
    page = nil
    example:stop()
    example = nil
    local deadline = socket.gettime() + 10
    local function answers(address) return (http.request(address)) ~= nil end
    while (answers(url) or answers(endpoint)) and socket.gettime() < deadline do socket.sleep(0.05) end
    assert.is_false(answers(url), "nginx is still there")
    assert.is_false(answers(endpoint), "the sandbox is still there")
  end)
end)

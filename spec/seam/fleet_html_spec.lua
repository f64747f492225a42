-- SPDX-License-Identifier: MIT
-- The page of a report: well-formed, self-contained, escaped, readable by everybody, without PINs.

local caught = require "support.caught"
local files = require "support.files"
local fleet = require "seam.fleet"
local fleet_world = require "support.fleet_world"
local markup = require "support.markup"
local style = require "seam.fleet.html.style"

local HOSTILE = {
  "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "' onload='alert(1)", "&lt;b&gt; & <b>",
  "]]>--><!--", "a\27[31m\0b\226\128\174c",
}

local function all_of(elements, name)
  local found = {}
  for _, element in ipairs(elements) do
    if element.name == name then found[#found + 1] = element end
  end
  return found
end

local function path_for_history() return os.tmpname() end

describe("fleet.html", function()
  local sandbox, client

  before_each(function() sandbox, client = fleet_world.new() end)

  local function give_code(name, more)
    local params = { device = sandbox:device "BACK DOOR", name = name }
    for key, value in pairs(more or {}) do params[key] = value end
    return client.access_codes.create(params)
  end

  --- A page with everything on it: troubles, all states of codes, a history with a gap.
  local function full_page(options)
    local path, now = path_for_history(), sandbox:now()
    give_code "Cleaner"
    give_code("Next week", { starts_at = now + 7 * 86400, ends_at = now + 9 * 86400 })
    give_code("Next year", { starts_at = now + 300 * 86400, ends_at = now + 301 * 86400 })
    sandbox:fault { kind = "failing_programming", device = "BACK DOOR" }
    give_code "Guest"
    for day = 1, 5 do
      sandbox:set_battery("BACK DOOR", 0.5 - day * 0.09)
      local offline = day == 3 and sandbox:fault { kind = "device_offline", device = "BACK DOOR" }
      fleet.remember(path, fleet.report(client))
      if offline then offline:clear() end
      sandbox:advance(43200)
    end
    local report = fleet.report(client, { show_codes = true })
    local page = fleet.html(report, fleet.history(path), options)
    os.remove(path)
    return page, report
  end

  it("is well-formed, as XML even", function()
    markup.parse(full_page())
  end)

  it("is well-formed to xmllint, too", function()
    if files.output_of("command -v xmllint") == "" then return pending("xmllint is not installed (libxml2-utils)") end
    local path = os.tmpname()
    files.write(path, (full_page()))
    local said = files.output_of("xmllint --noout " .. path .. " 2>&1")
    os.remove(path)
    assert.equal("", said)
  end)

  it("needs nothing from outside and runs nothing", function()
    local elements = markup.parse(full_page())
    for _, element in ipairs(elements) do
      assert.is_nil(({ script = 1, link = 1, img = 1, iframe = 1, use = 1, image = 1, object = 1 })[element.name])
      for name, value in pairs(element.attributes) do
        assert.is_nil(name:match "^on", name)
        assert.is_not.equal("src", name)
        assert.is_not.equal("style", name)
        if name == "href" then assert.matches("^#%l+$", value) end
      end
    end
    assert.is_nil(style.sheet:find("url(", 1, true))
    assert.is_nil(style.sheet:find("@import", 1, true))
    local policy
    for _, meta in ipairs(all_of(elements, "meta")) do
      if meta.attributes["http-equiv"] then policy = meta.attributes.content end
    end
    assert.matches("default%-src 'none'", policy)
  end)

  it("shows names, titles and messages of others as the text they are", function()
    local tags
    for _, name in ipairs { "BACK DOOR", HOSTILE[1], HOSTILE[2], HOSTILE[3], HOSTILE[4], HOSTILE[5], HOSTILE[6] } do
      local world, caller = fleet_world.new()
      caller.devices.update { device = world:device "BACK DOOR", name = name }
      world:fault { kind = "failing_programming", device = "BACK DOOR" }
      -- A NUL is nothing the API takes in the name of a code; the lock's has one.
      caller.access_codes.create { device = world:device "BACK DOOR", name = (name:gsub("%z", "")) }
      world:advance(7200)
      local report = fleet.report(caller)
      report.locks[1].findings[1].detail = name
      report.accounts[1].errors[1] = { code = name, message = name }
      local elements = markup.parse(fleet.html(report, nil, { title = name }))
      tags = tags or #elements
      assert.equal(tags, #elements, name .. " became an element")
      local shown = name:gsub("[%z\27]", " "):gsub("\226\128\174", " ")
      assert.equal(shown, all_of(elements, "h3")[1].text)
      assert.equal(shown, all_of(elements, "title")[1].text)
    end
  end)

  it("shows PINs only where the report has them and the page is told to", function()
    local page, report = full_page()
    local pin = report.locks[1].codes.list[1].code or report.locks[1].codes.list[4].code
    assert.equal(6, #pin)
    assert.is_nil(page:find(pin, 1, true), "the PIN stands on the page")
    assert.truthy(fleet.html(report, nil, { show_codes = true }):find(pin, 1, true))
    assert.is_nil(fleet.html(fleet.report(client), nil, { show_codes = true }):find(pin, 1, true))
  end)

  it("gives every drawing a title and a description, and every id once", function()
    local elements, ids = markup.parse(full_page()), {}
    for _, element in ipairs(elements) do
      local id = element.attributes.id
      assert.is_nil(id and ids[id], "the id " .. tostring(id) .. " stands there twice")
      if id then ids[id] = element end
    end
    local drawings = 0
    for _, svg in ipairs(all_of(elements, "svg")) do
      if svg.attributes["aria-hidden"] ~= "true" then
        drawings = drawings + 1
        assert.equal("img", svg.attributes.role)
        local title, description = svg.attributes["aria-labelledby"]:match "^(%S+) (%S+)$"
        assert.equal("title", ids[title].name)
        assert.equal("desc", ids[description].name)
        assert.is_true(#ids[description].text > 5)
      end
    end
    assert.equal(4, drawings)
    for _, article in ipairs(all_of(elements, "article")) do
      assert.equal("h3", ids[article.attributes["aria-labelledby"]].name)
    end
  end)

  it("draws codes in their states, trouble first", function()
    local page = full_page()
    local description = page:match '<desc id="c1d">(.-)</desc>'
    assert.matches("^Guest: failing; Cleaner: set; Next week: from 01%-08 00:00; Next year: from 10%-28 00:00%.$",
      description)
    local bars = {}
    for class in page:gmatch 'class="(bar[%l ]*)"' do bars[#bars + 1] = class end
    assert.same({ "bar failing", "bar", "bar upcoming" }, bars)
  end)

  it("draws a battery with the gap in which nobody knew it", function()
    local page = full_page()
    local drawing = page:match 'id="b1t".-</svg>'
    local _, curves = drawing:gsub("<polyline", "")
    assert.equal(2, curves)
    assert.truthy(drawing:find("Lowest 5%, last 5%.", 1, true), drawing)
    assert.is_nil(drawing:find("nan", 1, true) or drawing:find("inf", 1, true))
  end)

  it("keeps a dip in a long history", function()
    local path, lines = os.tmpname(), {}
    for i = 1, 5000 do
      lines[i] = ('{"at":%d,"locks":{"681bf7bc-e7c6-48e6-acfe-6dbabd0615c5":[%d,1,0]},"v":1}')
        :format(fleet_world.START + i * 600, i == 2345 and 1 or 90)
    end
    files.write(path, table.concat(lines, "\n") .. "\nbroken\n")
    local page = fleet.html(fleet.report(client), fleet.history(path))
    os.remove(path)
    local points, count = page:match '<polyline class="curve" points="([^"]+)"', 0
    local deepest = 0
    for y in points:gmatch ",(%d+)" do
      count, deepest = count + 1, math.max(deepest, tonumber(y))
    end
    assert.is_true(count <= 200, "too many points: " .. count)
    assert.equal(101, deepest)
    assert.truthy(page:find("5000 reports, 1 line could not be read", 1, true))
  end)

  it("keeps its text readable in light and dark", function()
    local function part(value)
      value = value / 255
      return value <= 0.03928 and value / 12.92 or ((value + 0.055) / 1.055) ^ 2.4
    end
    local function luminance(colours, name)
      local r, g, b = colours:match("%-%-" .. name .. ":#(%x%x)(%x%x)(%x%x)")
      assert.is_not_nil(r, "no colour " .. name)
      return 0.2126 * part(tonumber(r, 16)) + 0.7152 * part(tonumber(g, 16)) + 0.0722 * part(tonumber(b, 16))
    end
    local pairs_of_colours = {
      text = { "page", "card" }, quiet = { "page", "card" },
      critical = { "card", "critical%-back" }, attention = { "card", "attention%-back" }, ok = { "card", "ok%-back" },
    }
    for scheme, colours in pairs { light = style.light, dark = style.dark } do
      for front, backs in pairs(pairs_of_colours) do
        for _, back in ipairs(backs) do
          local a, b = luminance(colours, front), luminance(colours, back)
          local contrast = (math.max(a, b) + 0.05) / (math.min(a, b) + 0.05)
          assert.is_true(contrast >= 4.5, ("%s: %s on %s is %.1f"):format(scheme, front, back, contrast))
        end
      end
    end
    assert.truthy(style.sheet:find("prefers-color-scheme:dark", 1, true))
    assert.truthy(style.sheet:find("@media print", 1, true))
  end)

  it("leads from the sums to the locks", function()
    local elements, ids = markup.parse(full_page()), {}
    for _, section in ipairs(all_of(elements, "section")) do ids[section.attributes.id] = true end
    local links = all_of(elements, "a")
    assert.is_true(#links > 0)
    for _, link in ipairs(links) do assert.is_true(ids[link.attributes.href:sub(2)]) end
  end)

  it("is a page without locks, too", function()
    local nobody = require("seam.sandbox").new({ freeze = fleet_world.START }):client()
    markup.parse(fleet.html(fleet.report(nobody)))
  end)

  it("refuses what does not fit", function()
    local report = fleet.report(client)
    caught("SeamInvalidParamsError", fleet.html, {})
    caught("SeamInvalidParamsError", fleet.html, report, { show_codes = true })
    assert.matches("did you mean 'show_codes'",
      caught("SeamInvalidOptionsError", fleet.html, report, nil, { show_code = true }).message)
  end)
end)

describe("The check for well-formed markup", function()
  it("sees what is wrong", function()
    for _, text in ipairs { "<a><b></a></b>", "<a>", "a & b", "<a b=c/>", '<a b="1" b="2"/>', "<a>x > y</a>",
      "<a>&nbsp;</a>", "</a>", '<a b="<"/>' } do
      assert.is_false((pcall(markup.parse, text)), "this was taken for well-formed: " .. text)
    end
    assert.equal("x<y", markup.parse('<a b="1 &gt; 0"><c/>x&lt;y</a>')[1].text)
  end)
end)

-- SPDX-License-Identifier: MIT
-- examples/fleet_report.lua, run as a user runs it.

local files = require "support.files"
local markup = require "support.markup"
local sandbox_server = require "support.sandbox_server"

--- The report's time is this machine's.
local function without_dates(text)
  return (text:gsub("%d%d%d%d%-%d%d%-%d%d %d%d:%d%d", "<moment>"))
end

describe("examples/fleet_report.lua", function()
  local server

  before_each(function()
    server = sandbox_server.start("--login --freeze --clock " .. sandbox_server.GUIDE_DAY)
  end)

  after_each(function() server:stop() end)

  it("prints the table", function()
    local output, status = server:run "examples/fleet_report.lua"
    assert.equal(files.read "spec/golden/fleet_report.txt", without_dates(output))
    assert.equal(0, status)
  end)

  it("writes a page and a history", function()
    local page, history = os.tmpname(), os.tmpname()
    for _ = 1, 2 do
      local output, status = server:run(("examples/fleet_report.lua %s %s"):format(page, history))
      assert.equal(0, status, output)
    end
    local html, lines = files.read(page), files.read(history)
    os.remove(page)
    os.remove(history)
    markup.parse(html)
    assert.equal(2, select(2, lines:gsub("\n", "")))
    assert.truthy(html:find("History: 2 reports.", 1, true))
  end)

  it("ends with 2 when a lock is critical, and with 1 when there is no report", function()
    server:run [[-e 'local seam = require "seam"; seam.connected_accounts.simulate.disconnect(
      seam.connected_accounts.list()[1])']]
    local output, status = server:run "examples/fleet_report.lua"
    assert.equal(2, status, output)
    local said, code = sandbox_server.run_without_key "examples/fleet_report.lua"
    assert.equal(1, code)
    assert.matches("Must specify an api_key", said)
    assert.is_nil(said:find("traceback", 1, true))
  end)
end)

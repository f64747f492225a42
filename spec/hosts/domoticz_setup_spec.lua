-- SPDX-License-Identifier: MIT
-- The command seam-domoticz: what it copies, and the devices it makes in Domoticz, once.

local child = require "support.child"
local files = require "support.files"
local sandbox_server = require "support.sandbox_server"

local COMMAND = "hosts/domoticz/bin/seam-domoticz"

local function run(arguments, variables)
  local said = files.output_of(("unset SEAM_API_KEY SEAM_PERSONAL_ACCESS_TOKEN; %s %s %s %s 2>&1; echo \"status $?\"")
    :format(variables or "", child.lua(), COMMAND, arguments))
  local output, status = said:match("^(.*)status (%d+)\n$")
  return output, tonumber(status)
end

describe("seam-domoticz setup", function()
  local sandbox, domoticz

  local function open(login, variables)
    sandbox = sandbox_server.start(login or "--login")
    domoticz = child.start(("env %s LUA_PATH='%s' LUA_CPATH='%s' %s spec/support/domoticz_api.lua %s"):format(
      variables or "A=B", package.path, package.cpath, child.lua(), ""), "listening on (%S+)")
  end

  local function setup(arguments, variables)
    return run(("setup --domoticz %s %s"):format(domoticz.captures[1], arguments or ""),
      ("SEAM_API_KEY=%s SEAM_ENDPOINT=%s %s"):format(sandbox.key, sandbox.endpoint, variables or ""))
  end

  --- The commands Domoticz got, without those that only read.
  local function changes()
    local lines = {}
    for line in files.read(domoticz.output):gmatch("[^\n]+") do
      if not line:find("^get") and not line:find("^listening") then lines[#lines + 1] = line end
    end
    return lines
  end

  after_each(function()
    sandbox:stop()
    domoticz:stop()
  end)

  it("makes the hardware and one Door Lock for each lock, and nothing more the second time", function()
    open()
    local output, status = setup()
    assert.equal(0, status, output)
    assert.is_truthy(output:find("3 locks, 3 of them new", 1, true), output)
    local first = changes()
    assert.equal(7, #first)
    assert.is_truthy(first[3]:find("seam=%x+%-%x+"), first[3])
    output, status = setup()
    assert.equal(0, status, output)
    assert.is_truthy(output:find("3 locks, 0 of them new", 1, true), output)
    assert.same(first, changes())
  end)

  it("finishes what was interrupted, without a second device", function()
    open("--login", "BREAK_AT='BACK DOOR'")
    local output, status = setup()
    assert.equal(1, status)
    assert.is_truthy(output:find("Domoticz did not do setused", 1, true), output)
    local made = #changes()
    output, status = setup()
    assert.equal(1, status, output)
    local creations = 0
    for _, line in ipairs(changes()) do
      if line:find("createvirtualsensor BACK DOOR", 1, true) then creations = creations + 1 end
    end
    assert.equal(1, creations)
    assert.is_true(#changes() > made)
  end)

  it("changes nothing where Seam lists no locks, or refuses", function()
    open("")
    local output, status = setup()
    assert.equal(1, status)
    assert.is_truthy(output:find("Seam lists no locks", 1, true), output)
    assert.same({}, changes())
    output, status = run("setup --domoticz " .. domoticz.captures[1],
      "SEAM_API_KEY=seam_live1wrongwrongwrong0 SEAM_ENDPOINT=" .. sandbox.endpoint)
    assert.equal(1, status)
    assert.is_truthy(output:find("SeamHttpUnauthorizedError", 1, true), output)
    assert.is_nil(output:find("wrongwrong", 1, true))
    assert.same({}, changes())
  end)

  it("takes the key from a file, and says what is missing", function()
    open()
    local path = os.tmpname()
    files.write(path, sandbox.key .. "\n")
    os.execute("chmod 600 " .. path)
    local output, status = run(("setup --domoticz %s --key-file %s"):format(domoticz.captures[1], path),
      "SEAM_ENDPOINT=" .. sandbox.endpoint)
    os.remove(path)
    assert.equal(0, status, output)
    output, status = run("setup", "SEAM_ENDPOINT=" .. sandbox.endpoint)
    assert.equal(1, status)
    assert.is_truthy(output:find("There is no key", 1, true), output)
    output, status = run("setup --domoticz http://127.0.0.1:1",
      ("SEAM_API_KEY=%s SEAM_ENDPOINT=%s"):format(sandbox.key, sandbox.endpoint))
    assert.equal(1, status)
    assert.is_truthy(output:find("Domoticz does not answer at http://127.0.0.1:1", 1, true), output)
  end)

  it("says what to do where Domoticz wants a login, and logs in", function()
    sandbox = sandbox_server.start("--login")
    -- "admin:se:cret" in base64
    domoticz = child.start(("env LUA_PATH='%s' LUA_CPATH='%s' %s spec/support/domoticz_api.lua YWRtaW46c2U6Y3JldA==")
      :format(package.path, package.cpath, child.lua()), "listening on (%S+)")
    local output, status = setup()
    assert.equal(1, status)
    assert.is_truthy(output:find("wants the login", 1, true), output)
    output, status = setup("--user admin", "DOMOTICZ_PASSWORD=se:cret")
    assert.equal(0, status, output)
  end)
end)

describe("seam-domoticz install", function()
  local folder

  before_each(function()
    folder = os.tmpname()
    os.remove(folder)
  end)

  after_each(function() os.execute("rm -rf " .. folder) end)

  it("copies scripts and SDK so that `?.lua` alone finds them", function()
    os.execute("mkdir -p " .. folder)
    local output, status = run("install " .. folder)
    assert.equal(0, status, output)
    assert.is_truthy(files.read(folder .. "/modules/seam.lua"))
    assert.is_truthy(files.read(folder .. "/modules/seam/loop.lua"))
    assert.is_nil(files.read(folder .. "/modules/seam/sandbox.lua"))
    assert.equal("", files.output_of("find " .. folder .. " -name init.lua"))
  end)

  it("leaves a script alone that was changed, unless told otherwise", function()
    os.execute("mkdir -p " .. folder .. "/scripts")
    files.write(folder .. "/scripts/seam_locks.lua", "return {}")
    local output = run("install " .. folder)
    assert.is_truthy(output:find("left as it is", 1, true), output)
    assert.equal("return {}", files.read(folder .. "/scripts/seam_locks.lua"))
    run("install " .. folder .. " --force")
    assert.equal(files.read("hosts/domoticz/scripts/seam_locks.lua"), files.read(folder .. "/scripts/seam_locks.lua"))
  end)

  it("refuses what it does not understand", function()
    for arguments, sentence in pairs {
      ["install"] = "needs Domoticz' folder", ["install " .. "/nowhere/at/all"] = "there is no folder /nowhere/at/all",
      [""] = "install or setup", ["setup --domotics x"] = "unknown option --domotics",
      ["setup --user"] = "needs a value",
    } do
      local output, status = run(arguments)
      assert.equal(1, status)
      assert.is_truthy(output:find(sentence, 1, true), output)
    end
    local output, status = run("--help")
    assert.equal(0, status)
    assert.is_truthy(output:find("usage: seam-domoticz", 1, true))
  end)
end)

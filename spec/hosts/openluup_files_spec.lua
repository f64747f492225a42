-- SPDX-License-Identifier: MIT
-- The files of the openLuup plugin: each can be read, and what one names is there.

local cjson = require "cjson"
local files = require "support.files"
local luup_files = require "support.luup_files"

local FOLDER = "hosts/openluup"

-- What the hosts bring themselves; openLuup does without it.
local FROM_THE_HOST = { ["S_HaDevice1.xml"] = true }

local function names_in(pattern)
  local names = {}
  for name in files.output_of("ls " .. FOLDER):gmatch("[^\n]+") do
    if name:find(pattern) then names[#names + 1] = name end
  end
  return names
end

local function is_there(name)
  return FROM_THE_HOST[name] or files.read(FOLDER .. "/" .. name) ~= nil
end

describe("The files of the openLuup plugin", function()
  it("are XML that is well-formed", function()
    local names = names_in "%.xml$"
    assert.is_true(#names >= 5, "XML files are missing")
    for _, name in ipairs(names) do
      local ok, problem = pcall(luup_files.elements, FOLDER .. "/" .. name)
      assert.is_true(ok, name .. ": " .. tostring(problem))
    end
  end)

  it("have no CDATA, which openLuup throws away", function()
    for _, name in ipairs(names_in "%.xml$") do
      assert.is_nil(files.read(FOLDER .. "/" .. name):find("CDATA", 1, true), name)
    end
  end)

  it("are JSON with the type of their device", function()
    for _, name in ipairs { "D_Seam1", "D_SeamLock1" } do
      local description = luup_files.device(FOLDER, name .. ".xml")
      local static = cjson.decode(files.read(FOLDER .. "/" .. description.json))
      assert.equal(description.device_type, static.DeviceType, name)
    end
  end)

  it("name each other rightly", function()
    for _, name in ipairs { "D_Seam1.xml", "D_SeamLock1.xml" } do
      local description = luup_files.device(FOLDER, name)
      if description.implementation then assert.is_true(is_there(description.implementation)) end
      for _, service in ipairs(description.services) do
        assert.is_true(is_there(service.SCPDURL), name .. " names " .. service.SCPDURL)
      end
    end
    for _, name in ipairs(names_in "%.lua$") do
      for required in files.read(FOLDER .. "/" .. name):gmatch('require "(L_[%w_]+)"') do
        assert.is_true(is_there(required .. ".lua"), name .. " requires " .. required)
      end
    end
  end)

  it("describe every action that is implemented, and implement every one that is described", function()
    local implemented = {}
    for _, action in ipairs((luup_files.records(luup_files.elements(FOLDER .. "/I_Seam1.xml"), "action"))) do
      implemented[action.name] = true
    end
    local described = {}
    for _, service in ipairs { "S_Seam1.xml", "S_SeamDoorLock1.xml" } do
      for _, action in ipairs((luup_files.records(luup_files.elements(FOLDER .. "/" .. service), "action"))) do
        described[action.name] = true
      end
    end
    assert.same(described, implemented)
  end)

  it("have a door lock that clients know: the type, the category and the short names", function()
    local lock = luup_files.device(FOLDER, "D_SeamLock1.xml")
    assert.equal("urn:schemas-micasaverde-com:device:DoorLock:1", lock.device_type)
    assert.equal(7, lock.category)
    local short = {}
    for _, variable in ipairs((luup_files.records(luup_files.elements(FOLDER .. "/S_SeamDoorLock1.xml"),
      "stateVariable"))) do
      if variable.shortCode then short[variable.shortCode] = variable.name end
    end
    assert.same({ locked = "Status", pincodes = "PinCodes" }, short)
  end)
end)

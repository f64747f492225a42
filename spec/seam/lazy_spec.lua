-- SPDX-License-Identifier: MIT
-- Modules that are loaded when they are used, and which ones a call loads.

local lazy = require "seam.lazy"

--- What a program on this checkout says, in a process of its own.
local function output_of(program)
  local path = os.tmpname()
  local file = assert(io.open(path, "wb"))
  file:write(program)
  file:close()
  local interpreter = assert(arg[-1] or arg[0])
  local index = -1
  while arg[index] do
    interpreter = arg[index]
    index = index - 1
  end
  local pipe = assert(io.popen(("'%s' %s 2>&1"):format(interpreter, path)))
  local text = pipe:read("*a")
  pipe:close()
  os.remove(path)
  return text
end

describe("seam.lazy", function()
  after_each(function() package.loaded["spec.lazy"], package.preload["spec.lazy"] = nil, nil end)

  it("loads a module when one of its functions is first asked for, and once", function()
    local loaded = 0
    package.preload["spec.lazy"] = function()
      loaded = loaded + 1
      return { double = function(n) return 2 * n end }
    end
    local module = lazy "spec.lazy"
    assert.equal(0, loaded)
    assert.equal(6, module.double(3))
    assert.equal(8, module.double(4))
    assert.equal(1, loaded)
  end)

  it("keeps what a call of a reading endpoint does not need from being read", function()
    local text = output_of [[
      local seam = require "seam"
      local transport = { sleep = function() end, now = function() return 0 end, perform = function()
        return { status = 200, headers = {}, body = '{"device":{"device_id":"d1"}}' }
      end }
      local client = seam.new {
        api_key = "seam_test_0123456789abcdef", endpoint = "https://x.example", transport = transport,
      }
      assert(client.devices.get("d1").device_id == "d1")
      for _, name in ipairs { "gather", "tasks", "paginator", "prepared", "raw_request", "nearest", "json.encode",
        "action_attempt", "loop", "number", "client.methods", "query.serializer", "json.utf8", "json.private_cjson" } do
        if package.loaded["seam." .. name] then print("read: " .. name) end
      end
      if package.loaded.cjson then print "loaded: cjson" end
      print "done"
    ]]
    assert.equal("done\n", text)
  end)

  it("keeps lua-cjson from being loaded for texts that it would write as they are", function()
    local text = output_of [[
      local json = require "seam.json"
      assert(json.encode { device_id = "d1", ["a b"] = { "~!#.0[]", 1, true } })
      print(package.loaded.cjson == nil)
      assert(json.encode "one/two")
      print(package.loaded.cjson == nil)
    ]]
    assert.equal("true\nfalse\n", text)
  end)

  it("leaves nothing to be read once a door was asked to move", function()
    local text = output_of [[
      local seam = require "seam"
      local transport = { sleep = function() end, now = function() return 0 end, perform = function()
        -- No file can be opened any more: the process may have no descriptor left.
        package.path, package.cpath = "", ""
        return { status = 200, headers = { ["content-type"] = "application/json" },
          body = '{"action_attempt":{"action_attempt_id":"a1","status":"success"}}' }
      end }
      local client = seam.new {
        api_key = "seam_test_0123456789abcdef", endpoint = "https://x.example", transport = transport,
      }
      require "seam.core"
      print(pcall(function() return client.locks.unlock_door("d1").status end))
      transport.perform = function()
        return { status = 429, headers = { ["retry-after"] = "1" },
          body = '{"error":{"type":"x","message":"slow down"}}' }
      end
      print((select(2, pcall(client.locks.unlock_door, "d1"))).code)
    ]]
    assert.equal("true\tsuccess\nx\n", text)
  end)
end)

-- SPDX-License-Identifier: MIT
-- Resources: plain tables that print for a person and know which resource they are.

local resource = require "seam.resource"

local function device(fields)
  local value = {
    device_id = "d1", display_name = "FRONT DOOR", device_type = "salto_ks_lock",
    properties = { locked = true, online = true, name = "other" },
  }
  for name, field in pairs(fields or {}) do value[name] = field end
  return resource.wrap("device", value)
end

describe("a resource as text", function()
  local CASES = {
    { "a locked device", device(), 'device "FRONT DOOR" d1 (salto_ks_lock, locked)' },
    { "an unlocked, offline device", device { properties = { locked = false, online = false } },
      'device "FRONT DOOR" d1 (salto_ks_lock, offline, unlocked)' },
    { "a device without properties", resource.wrap("device", { device_id = "d1" }), "device d1" },
    { "a device named in its properties", resource.wrap("device", { device_id = "d1", properties = { name = "A" } }),
      'device "A" d1' },
    { "a device with strange properties", resource.wrap("device", { device_id = "d1", properties = 5 }), "device d1" },
    { "an action attempt", resource.wrap("action_attempt",
        { action_attempt_id = "a1", action_type = "UNLOCK_DOOR", status = "pending" }),
      "action_attempt a1 (UNLOCK_DOOR, pending)" },
    { "an event", resource.wrap("event", { event_id = "e1", event_type = "lock.unlocked" }),
      "event e1 (lock.unlocked)" },
    { "a user identity", resource.wrap("user_identity", { user_identity_id = "u1", full_name = "Jane" }),
      'user_identity "Jane" u1' },
    { "an empty resource", resource.wrap("device", {}), "device" },
    { "a resource with strange fields", resource.wrap("device", { device_id = {}, name = {}, device_type = 5 }),
      "device (5)" },
  }
  for _, case in ipairs(CASES) do
    it("prints " .. case[1], function() assert.equal(case[3], tostring(case[2])) end)
  end

  it("never shows a PIN", function()
    local code = resource.wrap("access_code",
      { access_code_id = "c1", name = "Jane", code = "271828", type = "ongoing", status = "set" })
    assert.equal('access_code "Jane" c1 (ongoing, set)', tostring(code))
  end)
end)

describe("seam.resource.wrap", function()
  it("leaves the table what it is: the same one, with the same fields", function()
    local value = { device_id = "d1", unknown_field = 1 }
    assert.equal(value, resource.wrap("device", value))
    local names = {}
    for name in pairs(value) do names[#names + 1] = name end
    table.sort(names)
    assert.same({ "device_id", "unknown_field" }, names)
    assert.is_nil(value.display_name)
  end)

  it("leaves other values alone", function()
    assert.equal("x", resource.wrap("device", "x"))
    assert.is_nil(resource.wrap("device", nil))
    assert.is_nil(getmetatable(resource.wrap(nil, {})))
  end)
end)

describe("seam.resource.wrap_items", function()
  it("wraps every item, and not the list", function()
    local list = resource.wrap_items("device", { { device_id = "d1" }, { device_id = "d2" } })
    assert.equal("device", resource.kind(list[1]))
    assert.equal("device", resource.kind(list[2]))
    assert.is_nil(resource.kind(list))
  end)

  it("leaves what is not a list alone", function()
    assert.equal("x", resource.wrap_items("device", "x"))
    assert.same({ "a", 5 }, resource.wrap_items("device", { "a", 5 }))
  end)
end)

describe("seam.resource.wrap_batch", function()
  it("names the items by the singular of their list", function()
    local batch = resource.wrap_batch {
      devices = { { device_id = "d1" } }, user_identities = { { user_identity_id = "u1" } },
      access_codes = { { access_code_id = "c1" } }, spaces = {}, total = 5,
    }
    assert.equal("device", resource.kind(batch.devices[1]))
    assert.equal("user_identity", resource.kind(batch.user_identities[1]))
    assert.equal("access_code", resource.kind(batch.access_codes[1]))
    assert.equal("batch", resource.kind(batch))
  end)
end)

describe("seam.resource.kind", function()
  it("is nil for what is not a resource", function()
    for _, value in ipairs { "device", 5, {}, setmetatable({}, {}) } do assert.is_nil(resource.kind(value)) end
    assert.is_nil(resource.kind(nil))
    assert.is_nil(resource.kind(setmetatable({}, { __metatable = "locked" })))
  end)
end)

describe("seam.resource.id_for", function()
  it("is the field of the parameter's own name", function()
    assert.equal("d1", resource.id_for(device(), "device_id"))
    assert.equal("d1", resource.id_for({ device_id = "d1" }, "device_id"))
  end)

  it("is the resource's own id where the parameter's name ends in it", function()
    local user = resource.wrap("acs_user", { acs_user_id = "u1" })
    assert.equal("u1", resource.id_for(user, "from_acs_user_id"))
  end)

  it("is nil where there is none, and for an id that is not a text", function()
    assert.is_nil(resource.id_for(device(), "access_code_id"))
    assert.is_nil(resource.id_for({ device_id = 5 }, "device_id"))
    assert.is_nil(resource.id_for({}, "device_id"))
  end)
end)

-- SPDX-License-Identifier: MIT
-- What the rows say, counted against what the API's other clients were observed to do.
local namespaces = require "seam.api.index"

local row_keys = {
  path = "string", method = "string", response_key = "string", resource = "string", main_id = "string",
  reads = "boolean", moves_door = "boolean", waits = "boolean", paginated = "boolean", needs_any = "boolean",
  without_workspace = "boolean", params = "table",
}
local spec_keys = { type = "string", required = "boolean", item = "table", fields = "table" }
local spec_types = { string = true, number = true, boolean = true, time = true, list = true, object = true,
  record = true, any = true }

local rows, expected_path = {}, {}
for _, namespace in ipairs(namespaces) do
  for name, row in pairs(require("seam.api." .. namespace)) do
    rows[#rows + 1] = row
    expected_path[row] = "/" .. namespace:gsub("%.", "/") .. "/" .. name
  end
end

local function count(holds)
  local n = 0
  for _, row in ipairs(rows) do
    if holds(row) then n = n + 1 end
  end
  return n
end

local function paths_where(holds)
  local paths = {}
  for _, row in ipairs(rows) do
    if holds(row) then paths[#paths + 1] = row.path end
  end
  table.sort(paths)
  return paths
end

local function has_required(row)
  for _, spec in pairs(row.params) do
    if spec.required then return true end
  end
  return false
end

local function find(path)
  for _, row in ipairs(rows) do
    if row.path == path then return row end
  end
  error("There is no row for " .. path .. ".")
end

local function check_spec(spec, where)
  for key, value in pairs(spec) do
    assert.equal(spec_keys[key], type(value), ("%s has the odd key %s"):format(where, tostring(key)))
  end
  assert.is_true(spec_types[spec.type], ("%s has the unknown type %s"):format(where, tostring(spec.type)))
  assert.is_true(spec.required ~= false, where .. " carries a flag that is not true")
  assert.equal(spec.type == "list", spec.item ~= nil, where .. " must have an item exactly if it is a list")
  assert.equal(spec.type == "object", spec.fields ~= nil, where .. " must have fields exactly if it is an object")
  if spec.item then check_spec(spec.item, where .. "[]") end
  for name, field in pairs(spec.fields or {}) do
    assert.truthy(name:match("^[a-z_][a-z0-9_]*$"), where .. " has the odd name " .. name)
    check_spec(field, where .. "." .. name)
  end
end

describe("the rows of the API", function()
  it("cover the 202 documented endpoints", function()
    assert.equal(202, #rows)
  end)

  it("use the methods that other clients use", function()
    local methods = {}
    for _, row in ipairs(rows) do methods[row.method] = (methods[row.method] or 0) + 1 end
    assert.same({ GET = 75, DELETE = 27, PATCH = 23, PUT = 10, POST = 67 }, methods)
  end)

  it("patch where an endpoint has a deprecated PUT too", function()
    assert.equal("PATCH", find("/access_codes/update").method)
    assert.equal("PATCH", find("/noise_sensors/noise_thresholds/update").method)
  end)

  it("have the path that their namespace and name make", function()
    for _, row in ipairs(rows) do assert.equal(expected_path[row], row.path) end
  end)

  it("have known keys of the right types, and flags only where they are true", function()
    for _, row in ipairs(rows) do
      for key, value in pairs(row) do
        assert.equal(row_keys[key], type(value), ("%s has the odd key %s"):format(row.path, tostring(key)))
        assert.is_true(value ~= false, ("%s carries %s = false"):format(row.path, key))
      end
      assert.is_string(row.path)
      assert.is_string(row.method)
      check_spec({ type = "object", fields = row.params }, row.path)
    end
  end)

  it("hold words, never sentences", function()
    local function walk(value, where)
      if type(value) == "string" then
        assert.truthy(value:match("^[%w_/]+$"), ("%s holds %q"):format(where, value))
      elseif type(value) == "table" then
        for key, part in pairs(value) do walk(part, where .. "." .. key) end
      end
    end
    for _, row in ipairs(rows) do walk(row, row.path) end
  end)
end)

describe("the answers of the rows", function()
  it("are empty for 83 endpoints, by method as observed", function()
    local void = {}
    for _, row in ipairs(rows) do
      if not row.response_key then void[row.method] = (void[row.method] or 0) + 1 end
    end
    assert.same({ DELETE = 27, POST = 27, PATCH = 21, PUT = 8 }, void)
  end)

  it("have a resource exactly if they have a response key", function()
    for _, row in ipairs(rows) do
      assert.equal(row.response_key ~= nil, row.resource ~= nil, row.path)
    end
  end)

  it("name the singular of what stands under the response key", function()
    for _, row in ipairs(rows) do
      if row.response_key then
        local plural = row.resource:gsub("ty$", "tie") .. "s"
        assert.is_true(row.response_key == row.resource or row.response_key == plural,
          ("%s answers %s under %s"):format(row.path, row.resource, row.response_key))
      end
    end
  end)

  it("stand under the keys that are not the name of their namespace", function()
    local expected = {
      ["/locks/get"] = "device", ["/locks/list"] = "devices", ["/thermostats/list"] = "devices",
      ["/noise_sensors/list"] = "devices", ["/devices/unmanaged/get"] = "device",
      ["/devices/unmanaged/list"] = "devices", ["/user_identities/list_accessible_devices"] = "devices",
      ["/access_codes/generate_code"] = "generated_code", ["/access_codes/unmanaged/get"] = "access_code",
      ["/access_codes/pull_backup_access_code"] = "access_code", ["/events/get"] = "event",
      ["/customers/create_portal"] = "customer_portal", ["/access_grants/get_related"] = "batch",
      ["/access_methods/get_related"] = "batch", ["/spaces/get_related"] = "batch", ["/spaces/update"] = "space",
      ["/user_identities/generate_instant_key"] = "instant_key",
      ["/phones/simulate/create_sandbox_phone"] = "phone",
      ["/thermostats/daily_programs/update"] = "action_attempt",
    }
    for path, key in pairs(expected) do assert.equal(key, find(path).response_key, path) end
  end)

  it("are action attempts to wait for at 23 endpoints", function()
    assert.same({
      "/access_methods/assign_card", "/access_methods/encode", "/access_methods/unlock_door",
      "/acs/encoders/encode_credential", "/acs/encoders/scan_credential",
      "/acs/encoders/scan_to_assign_credential", "/acs/entrances/unlock", "/action_attempts/get",
      "/locks/configure_auto_lock", "/locks/lock_door", "/locks/simulate/keypad_code_entry",
      "/locks/simulate/manual_lock_via_keypad", "/locks/unlock_door", "/thermostats/activate_climate_preset",
      "/thermostats/cool", "/thermostats/daily_programs/update", "/thermostats/heat", "/thermostats/heat_cool",
      "/thermostats/off", "/thermostats/set_fan_mode", "/thermostats/set_hvac_mode",
      "/thermostats/update_weekly_program", "/workspaces/reset_sandbox",
    }, paths_where(function(row) return row.waits end))
  end)

  it("come in pages at 17 endpoints", function()
    assert.same({
      "/access_codes/list", "/access_codes/unmanaged/list", "/access_grants/list",
      "/access_grants/unmanaged/list", "/access_methods/list", "/acs/credentials/list", "/acs/encoders/list",
      "/acs/entrances/list", "/acs/users/list", "/action_attempts/list", "/connect_webviews/list",
      "/connected_accounts/list", "/devices/list", "/devices/unmanaged/list", "/spaces/list",
      "/user_identities/list", "/user_identities/unmanaged/list",
    }, paths_where(function(row) return row.paginated end))
  end)

  it("come in pages exactly where a cursor may be given", function()
    for _, row in ipairs(rows) do
      local takes_cursor = row.params.limit ~= nil and row.params.page_cursor ~= nil
      assert.equal(takes_cursor, row.paginated == true, row.path)
    end
  end)
end)

describe("the parameters of the rows", function()
  it("are required by name, by number or not at all as other clients have it", function()
    assert.equal(139, count(has_required), "endpoints with required names")
    assert.equal(27, count(function(row) return row.needs_any end), "endpoints that need any parameter")
    assert.equal(36, count(function(row) return not row.needs_any and not has_required(row) end), "others")
  end)

  it("are never required both by name and by number", function()
    assert.same({}, paths_where(function(row) return row.needs_any and has_required(row) end))
  end)

  it("can satisfy an endpoint that needs one, without paging", function()
    for _, row in ipairs(rows) do
      local others = 0
      for name in pairs(row.params) do
        if name ~= "limit" and name ~= "page_cursor" then others = others + 1 end
      end
      assert.is_true(not row.needs_any or others > 0, row.path)
    end
  end)

  it("come from the POST form where the other form lost them", function()
    for _, path in ipairs { "/access_grants/get", "/access_methods/delete", "/acs/credentials/list",
      "/acs/encoders/list", "/connected_accounts/get", "/spaces/get", "/user_identities/get" } do
      assert.is_table(next(find(path).params) and find(path).params, path .. " has no parameters")
    end
  end)

  it("leave out what is not documented", function()
    for _, path in ipairs { "/locks/unlock_door", "/access_codes/create", "/thermostats/off" } do
      assert.is_nil(find(path).params.sync, path)
    end
  end)

  it("are times where the API means a moment, whatever format it names", function()
    local create = find("/access_codes/create").params
    assert.equal("time", create.starts_at.type)
    assert.equal("time", create.ends_at.type)
    local events = find("/events/list").params
    assert.equal("time", events.since.type)
    assert.same({ type = "list", item = { type = "time" } }, events.between)
    assert.equal("time", find("/devices/list").params.created_before.type)
    assert.equal("time", find("/client_sessions/create").params.expires_at.type)
    assert.equal("time", find("/acs/users/create").params.access_schedule.fields.starts_at.type)
  end)

  it("are texts where the API means a time of day", function()
    assert.equal("string", find("/noise_sensors/noise_thresholds/create").params.starts_daily_at.type)
    local periods = find("/thermostats/daily_programs/create").params.periods
    assert.equal("string", periods.item.fields.starts_at_time.type)
    assert.equal("string", find("/spaces/create").params.customer_data.fields.default_checkin_time.type)
  end)

  it("are records where keys are free", function()
    assert.same({ type = "record" }, find("/devices/update").params.custom_metadata)
    assert.same({ type = "record" }, find("/devices/list").params.custom_metadata_has)
  end)

  it("include the main id, which is one text", function()
    for _, row in ipairs(rows) do
      if row.main_id then
        local spec = row.params[row.main_id]
        assert.is_table(spec, ("%s has no %s"):format(row.path, row.main_id))
        assert.equal("string", spec.type, row.path)
      end
    end
  end)

  it("have the main id a reader expects", function()
    local expected = {
      ["/locks/unlock_door"] = "device_id", ["/access_codes/list"] = "device_id",
      ["/access_codes/create"] = "device_id", ["/access_codes/update"] = "access_code_id",
      ["/access_codes/unmanaged/get"] = "access_code_id", ["/access_codes/unmanaged/list"] = "device_id",
      ["/connect_webviews/get"] = "connect_webview_id", ["/acs/encoders/simulate/next_credential_scan_will_fail"] =
        "acs_encoder_id", ["/thermostats/schedules/get"] = "thermostat_schedule_id",
      ["/thermostats/schedules/list"] = "device_id", ["/noise_sensors/noise_thresholds/get"] = "noise_threshold_id",
      ["/user_identities/get"] = "user_identity_id", ["/phones/get"] = "device_id",
    }
    for path, id in pairs(expected) do assert.equal(id, find(path).main_id, path) end
    for _, path in ipairs { "/devices/list", "/events/list", "/locks/list", "/workspaces/get" } do
      assert.is_nil(find(path).main_id, path)
    end
  end)
end)

describe("the safety of the rows", function()
  it("is known for all of them: 75 read, 127 write", function()
    assert.equal(75, count(function(row) return row.reads end))
  end)

  it("never calls reading what is made, moved, used up or started", function()
    for _, row in ipairs(rows) do
      local verb = row.path:match("[^/]+$")
      local writes = verb:match("^create") or verb:match("^update") or verb:match("^delete") or verb:match("lock")
      assert.is_false(row.reads == true and writes ~= nil, row.path .. " is said to read")
    end
    for _, path in ipairs { "/client_sessions/get_or_create", "/acs/encoders/scan_credential",
      "/access_codes/pull_backup_access_code", "/connected_accounts/sync" } do
      assert.is_nil(find(path).reads, path)
    end
  end)

  it("calls reading what only looks or proposes", function()
    for _, path in ipairs { "/access_codes/generate_code", "/connect_webviews/get", "/connect_webviews/list",
      "/action_attempts/get", "/locks/get", "/spaces/get_related" } do
      assert.is_true(find(path).reads, path)
    end
  end)

  it("marks what moves a door, and none of that reads", function()
    assert.same({ "/access_methods/unlock_door", "/acs/entrances/unlock", "/locks/lock_door", "/locks/unlock_door" },
      paths_where(function(row) return row.moves_door end))
    assert.equal(0, count(function(row) return row.moves_door and row.reads end))
  end)

  it("marks what works without a workspace", function()
    assert.same({ "/workspaces/create", "/workspaces/list" },
      paths_where(function(row) return row.without_workspace end))
  end)
end)

describe("a file of rows", function()
  it("is pure data: it loads alone, without globals", function()
    for _, namespace in ipairs(namespaces) do
      local path = "lua/seam/api/" .. namespace:gsub("%.", "/") .. ".lua"
      local chunk = assert(loadfile(path, "t", {}))
      local set_environment = rawget(_G, "setfenv")
      if set_environment then set_environment(chunk, {}) end
      assert.is_table(chunk(), path)
    end
  end)

  it("is listed in the index, in order", function()
    local sorted = {}
    for i, namespace in ipairs(namespaces) do sorted[i] = namespace end
    table.sort(sorted)
    assert.same(sorted, namespaces)
    assert.equal(41, #namespaces)
  end)
end)

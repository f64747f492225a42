-- SPDX-License-Identifier: MIT
-- seam.codes by way of Access Grants, against a transport that keeps grants as the schema has them: the sandbox
-- and Seam's own fake server know none.

local cjson = require "cjson"
local codes = require "seam.codes"
local seam = require "seam"
local time = require "seam.time"

local START = time.parse "2028-08-10T12:00:00Z"
local DAY = 86400
local LOCK = "681bf7bc-e7c6-48e6-acfe-6dbabd0615c5"

--- A workspace with one lock and grants; `trouble(request, carry_out)` may answer instead.
local function workspace()
  local self = { grants = {}, requests = {}, clock = 0, made = 0 }
  local routes = {}


  local function page(name, items)
    local text = #items > 0 and cjson.encode(items) or "[]"
    return ('{"%s":%s,"pagination":{"has_next_page":false,"next_page_cursor":null},"ok":true}'):format(name, text)
  end

  routes["/devices/get"] = function()
    return cjson.encode { device = { device_id = LOCK, display_name = "Front", properties = { online = true } } }
  end

  routes["/access_grants/list"] = function()
    local items = {}
    for _, grant in ipairs(self.grants) do items[#items + 1] = grant end
    return page("access_grants", items)
  end

  routes["/access_methods/list"] = function()
    local items = {}
    for _, grant in ipairs(self.grants) do items[#items + 1] = grant.method end
    return page("access_methods", items)
  end

  routes["/access_grants/create"] = function(body)
    self.made = self.made + 1
    local id = "grant" .. self.made
    local grant = {
      access_grant_id = id, name = body.name, starts_at = body.starts_at or "2028-08-10T12:00:00.000Z",
      ends_at = body.ends_at, created_at = ("2028-08-10T12:00:%02d.000Z"):format(self.made), display_name = body.name,
      access_method_ids = { "method" .. self.made }, requested_access_methods = body.requested_access_methods,
      method = {
        access_method_id = "method" .. self.made, mode = "code", is_issued = true,
        code = body.requested_access_methods[1].code or ("%06d"):format(self.made),
      },
    }
    table.insert(self.grants, grant)
    return cjson.encode { access_grant = grant }
  end

  local function place_of(id)
    for place, grant in ipairs(self.grants) do
      if grant.access_grant_id == id then return place end
    end
  end

  routes["/access_grants/update"] = function(body)
    local grant = self.grants[place_of(body.access_grant_id)]
    for name, value in pairs(body) do grant[name] = value ~= cjson.null and value or nil end
    return '{"ok":true}'
  end

  routes["/access_grants/delete"] = function(_, request)
    table.remove(self.grants, place_of(request.url:match("access_grant_id=([^&]+)")))
    return '{"ok":true}'
  end

  function self.perform(_, request)
    local path = request.url:match("^https://x%.example([^?]*)")
    self.requests[#self.requests + 1] = path
    local function carry_out() return routes[path](request.body and cjson.decode(request.body), request) end
    local answer, failure
    if self.trouble then answer, failure = self.trouble(path, carry_out) end
    if failure then return nil, failure end
    return { status = 200, headers = { ["content-type"] = "application/json" }, body = answer or carry_out() }
  end

  function self.sleep(_, seconds) self.clock = self.clock + seconds end
  function self.now() return self.clock end
  function self.time() return START + self.clock end
  return self
end

local function stay(key, first, last, more)
  local entry = { key = key, name = "Guest " .. key, starts_at = START + first * DAY, ends_at = START + last * DAY }
  for name, value in pairs(more or {}) do entry[name] = value end
  return entry
end

describe("seam.codes via access_grants", function()
  local site, client

  before_each(function()
    site = workspace()
    client = seam.new { api_key = "seam_test1234567890abcd", endpoint = "https://x.example", transport = site }
  end)

  local function sync(wanted, options)
    local given = { via = "access_grants" }
    for name, value in pairs(options or {}) do given[name] = value end
    return codes.sync(client, LOCK, wanted, given)
  end

  local function names()
    local list = {}
    for place, grant in ipairs(site.grants) do list[place] = grant.name end
    table.sort(list)
    return list
  end

  it("grants, changes, renames and takes away, and then has nothing to do", function()
    local report = sync { stay("a", 1, 2), stay("b", 2, 3) }
    assert.is_true(report.ok, tostring(report))
    assert.equal("issued", report.steps[1].state)
    assert.equal("000001", report.steps[1].access_code.code)
    report = sync { stay("b", 2, 4, { name = "Ada" }), stay("c", 5, 6) }
    assert.is_true(report.ok, tostring(report))
    assert.same({ "guest:b Ada", "guest:c Guest c" }, names())
    assert.equal(time.format(START + 4 * DAY), site.grants[1].ends_at)
    local before = site.made
    for _, step in ipairs(sync({ stay("b", 2, 4, { name = "Ada" }), stay("c", 5, 6) }).steps) do
      assert.equal("nothing", step.action)
    end
    assert.equal(before, site.made)
  end)

  it("asks for one method of mode code, for the guest or for an identity that is known", function()
    local bodies = {}
    local perform = site.perform
    function site.perform(self, request, ...)
      if request.url:find("/access_grants/create", 1, true) then bodies[#bodies + 1] = cjson.decode(request.body) end
      return perform(self, request, ...)
    end
    sync { stay("a", 1, 2, { code = "4711" }), stay("b", 2, 3, { user_identity_id = "person1" }) }
    assert.same({ { mode = "code", code = "4711" } }, bodies[1].requested_access_methods)
    assert.same({ LOCK }, bodies[1].device_ids)
    assert.equal("Guest a", bodies[1].user_identity.full_name)
    assert.same({ { mode = "code" } }, bodies[2].requested_access_methods)
    assert.equal("person1", bodies[2].user_identity_id)
    assert.is_nil(bodies[2].user_identity)
  end)

  it("leaves grants of others alone", function()
    client.access_grants.create {
      device_ids = { LOCK }, name = "Staff", requested_access_methods = { { mode = "code" } },
      user_identity = { full_name = "Staff" },
    }
    local report = sync {}
    assert.equal(1, report.foreign)
    assert.same({ "Staff" }, names())
  end)

  it("takes the end away, and sets it again", function()
    sync { stay("a", 1, 2) }
    sync { { key = "a", name = "Guest a" } }
    assert.is_nil(site.grants[1].ends_at)
    assert.equal("nothing", sync({ { key = "a", name = "Guest a" } }).steps[1].action)
    sync { stay("a", 1, 2) }
    assert.equal(time.format(START + 2 * DAY), site.grants[1].ends_at)
  end)

  it("cannot change a PIN, and says so", function()
    sync { stay("a", 1, 2, { code = "4711" }) }
    local report = sync { stay("a", 1, 2, { code = "4712" }) }
    assert.equal("blocked", report.steps[1].outcome)
    assert.equal("pin_cannot_change", report.steps[1].problem.code)
  end)

  it("counts a change that is pending, and a grant that is being deleted", function()
    sync { stay("a", 1, 2), stay("b", 1, 2) }
    site.grants[1].pending_mutations = { {
      mutation_code = "updating_access_times",
      to = { starts_at = time.format(START + DAY), ends_at = time.format(START + 5 * DAY) },
    } }
    site.grants[2].warnings = { { warning_code = "being_deleted", message = "Going" } }
    local plan = sync({ stay("a", 1, 5), stay("b", 1, 2) }, { dry_run = true })
    assert.same({ "create b", "nothing a" },
      { plan.steps[1].action .. " " .. plan.steps[1].key, plan.steps[2].action .. " " .. plan.steps[2].key })
  end)

  it("reports what stands in the way of one grant", function()
    sync { stay("a", 1, 2), stay("b", 1, 2), stay("c", 1, 2) }
    site.grants[1].errors = { { error_code = "cannot_create_requested_access_methods", message = "No" } }
    site.grants[2].method.errors = { { error_code = "failed_to_issue", message = "Offline" } }
    site.grants[3].method.is_issued = false
    local report = sync { stay("a", 1, 2), stay("b", 1, 2), stay("c", 1, 2) }
    assert.is_false(report.ok)
    assert.same({ "failed", "cannot_create_requested_access_methods" },
      { report.steps[1].state, report.steps[1].problem.code })
    assert.same({ "failed", "failed_to_issue" }, { report.steps[2].state, report.steps[2].problem.code })
    assert.same({ "waiting" }, { report.steps[3].state, report.steps[3].problem })
  end)

  for _, takes_effect in ipairs { true, false } do
    it(("makes none twice when an answer is lost %s it took effect"):format(takes_effect and "after" or "before"),
      function()
        local lost = false
        function site.trouble(path, carry_out)
          if path ~= "/access_grants/create" or lost then return nil end
          lost = true
          if takes_effect then carry_out() end
          return nil, { code = "closed", message = "lost", sent = true }
        end
        local report = sync { stay("a", 1, 2), stay("b", 2, 3) }
        assert.is_true(report.ok, tostring(report))
        assert.equal(2, site.made)
        assert.same({ "guest:a Guest a", "guest:b Guest b" }, names())
      end)
  end

  it("takes an answer without an id for a lost one", function()
    function site.trouble(path, carry_out)
      if path ~= "/access_grants/create" then return nil end
      carry_out()
      return '{"access_grant":{},"ok":true}'
    end
    assert.is_true(sync({ stay("a", 1, 2) }).ok)
    assert.equal(1, site.made)
  end)
end)

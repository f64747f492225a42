-- SPDX-License-Identifier: MIT
-- HTTP/2 against a real server, nginx: few connections carry many transfers, and a write still goes out once.
local calls = require "support.core_calls"
local core = require "seam.core"
local files = require "support.files"
local nginx_peer = require "support.nginx_peer"

-- How many requests are being answered at once, the most so far, and how often each path was asked.
local ANSWER = [[
  local seen = package.loaded.seen or { now = 0, most = 0, paths = {} }
  package.loaded.seen = seen
  if ngx.var.uri == "/times" then return ngx.say(seen.paths[ngx.var.arg_path] or 0) end
  seen.paths[ngx.var.uri] = (seen.paths[ngx.var.uri] or 0) + 1
  if ngx.var.uri == "/lost" then
    local file = io.open(ngx.config.prefix() .. "/lost", "a")
    file:write("x")
    file:close()
    os.execute("kill -9 " .. ngx.worker.pid()) -- and nginx starts another worker
  end
  seen.now = seen.now + 1
  seen.most = math.max(seen.most, seen.now)
  ngx.sleep(0.1)
  seen.now = seen.now - 1
  ngx.header["X-Most"] = seen.most
  ngx.say("{}")
]]

describe("HTTP/2 with nginx", function()
  local missing = nginx_peer.missing()
  if missing then
    pending("skipped: " .. missing)
    return
  end

  local peer, plain, pool

  setup(function()
    peer = nginx_peer.start { answer = ANSWER }
    plain = nginx_peer.start { answer = ANSWER, http2 = false }
  end)
  teardown(function()
    peer:stop()
    plain:stop()
  end)
  before_each(function() pool = core.pool { max_connections = 2 } end)
  after_each(function() pool:close() end)

  local function submit(server, path)
    return assert(pool:submit {
      method = "POST", url = server.url .. path, body = "{}", ca_file = server.ca_file, timeout = 10,
    })
  end

  local function headers_of(transfer)
    local status, headers, message = calls.finish(pool, transfer):result()
    assert.equal(200, status, message)
    return headers
  end

  --- How often a path was asked. A question may meet a connection that ends: asked again.
  local function times_of(server, path)
    for _ = 1, 5 do
      local times = tonumber(calls.finish(pool, submit(server, "/times?path=" .. path)):body())
      if times then return times end
    end
    error("the server does not tell")
  end

  --- Submits so many at once; returns how many connections and at most how many transfers at once there were.
  local function run(server, count)
    local transfers, connections, number, most = {}, {}, 0, 0
    for i = 1, count do transfers[i] = submit(server, "/run") end
    for _, transfer in ipairs(transfers) do
      local headers = headers_of(transfer)
      most = math.max(most, tonumber(headers["x-most"]))
      if not connections[headers["x-connection"]] then number = number + 1 end
      connections[headers["x-connection"]] = true
    end
    return number, most
  end

  it("is spoken where it is offered, and 1.1 elsewhere", function()
    assert.equal("HTTP/2.0", headers_of(submit(peer, "/x"))["x-protocol"])
    assert.equal("HTTP/1.1", headers_of(submit(plain, "/x"))["x-protocol"])
    assert.equal("HTTP/2.0", headers_of(submit(peer, "/x"))["x-protocol"])
  end)

  it("carries more transfers at once than there may be connections of 1.1", function()
    headers_of(submit(peer, "/x")) -- what a host speaks is known once it has answered
    local connections, most = run(peer, 20)
    assert.is_true(connections <= 4, connections .. " connections")
    assert.is_true(most > 8, most .. " transfers at once")
  end)

  it("takes a larger number of connections for what is wanted at once", function()
    pool:close()
    pool = core.pool { max_connections = 4096 }
    headers_of(submit(peer, "/x"))
    local connections = run(peer, 20)
    assert.is_true(connections <= 4, connections .. " connections")
  end)

  it("keeps to the number of connections over 1.1, before and after a host of HTTP/2", function()
    local connections, most = run(plain, 6)
    assert.is_true(connections <= 2 and most <= 2, ("%d connections, %d at once"):format(connections, most))
    headers_of(submit(peer, "/x"))
    connections, most = run(plain, 6)
    assert.is_true(connections <= 2 and most <= 2, ("%d connections, %d at once"):format(connections, most))
  end)

  it("has few connections until a host that may speak HTTP/2 answered, and then as many as 1.1 needs", function()
    local before = times_of(plain, "/run")
    pool:close()
    pool = core.pool { max_connections = 64 }
    local connections, most = run(plain, 40)
    assert.is_true(connections >= 30 and most >= 30, ("%d connections, %d at once"):format(connections, most))
    assert.equal(40, times_of(plain, "/run") - before, "each was to be sent once")
  end)

  it("sends a write once, though the connection is lost when it was read", function()
    headers_of(submit(peer, "/x"))
    local status, code, message, sent = calls.finish(pool, submit(peer, "/lost")):result()
    assert.is_nil(status)
    assert.equal("closed", code, message)
    assert.is_true(sent)
    assert.equal("x", files.read(peer.folder .. "/lost"), "an x for each time the server read it")
  end)

  it("sends a write once, though the server lets go of each connection after two", function()
    local hasty = nginx_peer.start { answer = ANSWER, directives = "keepalive_requests 2;" }
    headers_of(submit(hasty, "/first"))
    local transfers, answered = {}, 0
    for i = 1, 24 do transfers[i] = submit(hasty, "/write/" .. i) end
    for i, transfer in ipairs(transfers) do
      local status, code, _, sent = calls.finish(pool, transfer):result()
      local times = times_of(hasty, "/write/" .. i)
      assert.is_true(times == 1 or times == 0 and not status, ("write %d came %d times"):format(i, times))
      assert.is_true(status == 200 or code == "closed", "got " .. tostring(code))
      if status then answered = answered + 1 else assert.is_true(sent or times == 0) end
    end
    assert.is_true(answered > 0, "no write was answered: this spec proves nothing")
    hasty:stop()
  end)
end)

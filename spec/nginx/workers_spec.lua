-- SPDX-License-Identifier: MIT
-- Workers that come and go while calls are under way; who has the engine, and who may speak to it.

local files = require "support.files"
local http_peer = require "support.http_peer"
local nginx_client = require "support.nginx_client"
local nginx_server = require "support.nginx_server"
local socket = require "socket"

local missing = nginx_server.missing()

local SERVER = [[
  location = /read { content_by_lua_block { ngx.print(read()) } }
  location = /unlock { content_by_lua_block { ngx.print(unlock()) } }
  location = /who { content_by_lua_block { ngx.print(read(), " ", ngx.worker.pid()) } }
]]

describe("nginx's workers", function()
  if missing then return pending(missing) end
  local peer, nginx

  local function start(wanted)
    wanted.http = (wanted.http or "") .. nginx_client.client(peer.url)
    wanted.server = wanted.server or SERVER
    nginx = nginx_server.start(wanted)
  end

  local function threads_of(pid)
    return tonumber(files.output_of(("ls /proc/%d/task | wc -l"):format(pid)))
  end

  local function complaint(log)
    return log:match("[^\n]*%[alert%][^\n]*") or log:match("[^\n]*exited on signal[^\n]*")
  end

  --- Requests over and over, each when the one before was answered, `meanwhile` runs.
  local function load(path, count, meanwhile)
    local requests, answers = {}, {}
    local step = meanwhile()
    for round = 1, 60 do
      for i = 1, count do requests[i] = nginx_client.ask(nginx, path) end
      step(round)
      for i = 1, count do
        local status, body = requests[i]:answer()
        local answer = ("%s %s"):format(tostring(status), tostring(body))
        answers[answer] = (answers[answer] or 0) + 1
      end
    end
    return answers
  end

  setup(function() peer = http_peer.start() end)
  teardown(function() peer:stop() end)
  before_each(function() peer:script { nginx_client.rule() } end)
  after_each(function()
    if nginx then nginx:stop() end
    nginx = nil
  end)

  it("each have an engine, once they call, and the master has none", function()
    start { workers = 2 }
    for _, pid in ipairs(nginx:workers()) do assert.equal(1, threads_of(pid)) end
    local seen, count = {}, 0
    for _ = 1, 200 do
      local id, pid = (select(2, nginx:get("/who"))):match("^(%S+) (%d+)$")
      assert.equal("fine", id)
      if not seen[pid] then seen[pid], count = true, count + 1 end
      if count == 2 then break end
    end
    for pid in pairs(seen) do assert.is_true(threads_of(pid) >= 2, "no thread of its own") end
    assert.equal(1, threads_of(nginx.pid))
  end)

  it("answer every call that is under way when they are replaced", function()
    peer:script { nginx_client.rule(1) }
    start {}
    local worker, requests = nginx:workers()[1], {}
    for i = 1, 10 do requests[i] = nginx_client.ask(nginx, i % 2 == 0 and "/read" or "/unlock") end
    nginx_client.arrived(peer, 10)
    nginx:reload()
    for i = 1, 10 do
      local status, body = requests[i]:answer()
      assert.equal(i % 2 == 0 and "200 fine" or "200 success", ("%s %s"):format(tostring(status), body))
    end
    assert.is_true(nginx:wait_for_end(worker), "the old worker never left")
    assert.is_nil(complaint(nginx:error_log()))
  end)

  it("are gone at once when nginx is ended with calls under way", function()
    peer:script { { play = { { recv = "all" }, { hang = true } } } }
    start {}
    for _ = 1, 5 do nginx_client.ask(nginx, "/read") end
    for _ = 1, 5 do nginx_client.ask(nginx, "/unlock") end
    nginx_client.arrived(peer, 10)
    local started = socket.gettime()
    local log = nginx:stop()
    assert.is_true(socket.gettime() - started < 1.8, "it was waited for")
    assert.equal(0, nginx.status)
    assert.is_nil(complaint(log))
  end)

  it("lose nothing when they are replaced again and again under load", function()
    peer:script { nginx_client.rule(0.02) }
    start { workers = 2 }
    local answers = load("/unlock", 10, function()
      return function(round)
        if round % 12 == 0 then nginx:signal("HUP") end
      end
    end)
    assert.same({ ["200 success"] = 600 }, answers)
    local log = nginx:stop()
    assert.is_nil(complaint(log))
    assert.is_truthy(log:find("gracefully shutting down", 1, true), "nothing was replaced")
  end)

  it("leave no socket behind in the file system", function()
    local folder = os.tmpname()
    os.remove(folder)
    os.execute("mkdir " .. folder)
    start { main = "env TMPDIR;", environment = "TMPDIR=" .. folder }
    assert.equal("fine", (select(2, nginx:get("/read"))))
    assert.equal("", files.output_of("ls -A " .. folder))
    nginx:signal("KILL", nginx:workers()[1])
    nginx:stop()
    assert.equal("", files.output_of("ls -A " .. folder))
    os.execute("rmdir " .. folder)
  end)

  it("listen to nobody else", function()
    start {}
    assert.equal("fine", (select(2, nginx:get("/read"))))
    local worker = nginx:workers()[1]
    local place
    for line in files.output_of(("ls -l /proc/%d/fd"):format(worker)):gmatch("[^\n]+") do
      place = line:match("(%d+) %-> %S*/seam%-%w+/engine") or place
    end
    assert.is_truthy(place, "there is no engine")
    local outsider = require "socket.unix" ()
    outsider:settimeout(5)
    assert(outsider:connect(("/proc/%d/fd/%s"):format(worker, place)))
    outsider:send(("\255"):rep(8)) -- one of the family would be told "0"
    local byte, reason = outsider:receive(1)
    assert.is_nil(byte)
    assert.equal("closed", reason)
    assert.equal("fine", (select(2, nginx:get("/read"))))
  end)

  it("say what is wrong when nginx has no connection left, and go on afterwards", function()
    peer:script { nginx_client.rule(0.3) }
    start { connections = 24, server = SERVER .. [[
      location = /many { content_by_lua_block {
        local threads, answers = {}, {}
        for i = 1, 40 do threads[i] = ngx.thread.spawn(unlock) end
        for i = 1, 40 do answers[i] = select(2, ngx.thread.wait(threads[i])) end
        ngx.print(table.concat(answers, "\n"))
      } }
    ]] }
    local body = select(2, nginx:get("/many"))
    local fine, refused = select(2, body:gsub("success", "")), select(2, body:gsub("connect, outcome not_sent", ""))
    assert.equal(40, fine + refused, body)
    assert.is_true(fine > 0 and refused > 0, body)
    assert.equal(fine, peer:report().complete)
    assert.equal("success", (select(2, nginx:get("/unlock"))))
  end)
end)

describe("nginx without a cache of code", function()
  if missing then return pending(missing) end
  local peer, nginx

  setup(function()
    peer = http_peer.start()
    peer:script { nginx_client.rule() }
    nginx = nginx_server.start {
      http = "lua_code_cache off;" .. nginx_client.client(peer.url), server = SERVER,
    }
  end)
  teardown(function()
    if nginx then nginx:stop() end
    peer:stop()
  end)

  it("calls like any other, with nothing left of each request", function()
    local worker = nginx:workers()[1]
    local function count(what) return tonumber(files.output_of(("ls /proc/%d/%s | wc -l"):format(worker, what))) end
    local first
    for i = 1, 30 do
      assert.equal(i % 2 == 0 and "fine" or "success", (select(2, nginx:get(i % 2 == 0 and "/read" or "/unlock"))))
      first = first or count("fd")
    end
    -- A write keeps its request's Lua for a second: somebody must be there to log how it ended.
    local deadline = socket.gettime() + 5
    while count("task") > 1 and socket.gettime() < deadline do socket.sleep(0.05) end
    assert.equal(1, count("task"), "threads stay behind")
    assert.is_true(count("fd") <= first, ("%d descriptors, %d after the first call"):format(count("fd"), first))
  end)

  it("calls from many requests at once", function()
    peer:script { nginx_client.rule(0.1) }
    for _, answer in ipairs(nginx_client.ask_all(nginx, "/read", 20)) do assert.equal("200 fine", answer) end
  end)
end)

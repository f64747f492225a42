-- SPDX-License-Identifier: MIT
-- The engine's Lua face, with a socket of LuaSocket in nginx's place. Each program runs in a process of
-- its own: an engine lives as long as the Lua state that used it.
local calls = require "support.core_calls"
local http_peer = require "support.http_peer"

local PRELUDE = [=[
local url = %q
local core, socket, unix = require "seam.core", require "socket", require "socket.unix"

local function submit(fields)
  local request = { method = "POST", url = url .. "/locks/get?pin=1234", body = "{}", timeout = 4, reads = true }
  for name, value in pairs(fields or {}) do request[name] = value end
  return core.engine_submit(request)
end

local function connect(path)
  local connection = unix()
  connection:settimeout(8)
  assert(connection:connect(path))
  return connection
end

local function call(fields)
  local job, id, path = assert(submit(fields))
  local connection = connect(path)
  connection:send(id)
  assert(connection:receive(1) == "1", "expected 1")
  connection:close()
  return job:take(), job
end

local function wait_for(f)
  local deadline = socket.gettime() + 8
  while socket.gettime() < deadline do
    local result = f()
    if result then return result end
    socket.sleep(0.01)
  end
  return nil
end

-- Whether the server has an open connection of ours; it says so itself.
local function begun() return core.engine_writes() > 0 end
]=]

describe("the engine", function()
  local peer

  setup(function() peer = http_peer.start() end)
  teardown(function() peer:stop() end)
  before_each(function() peer:script { { reply = { json = { answer = 42 }, headers = { ["X-Name"] = "value" } } } } end)

  --- What a program prints, given that it ends well.
  local function run(program, environment)
    local output, status = calls.run_apart(PRELUDE:format(peer.url) .. program, environment)
    assert.equal(0, status, output)
    return (output:gsub("\n$", ""))
  end

  local function hanging() peer:script { { play = { { recv = "all" }, { hang = true } } } } end

  it("makes a call whose transfer is like a pool's", function()
    assert.equal("200 value 42 nil true", run [[
      local transfer, job = call()
      local status, headers = transfer:result()
      print(status, headers["x-name"], transfer:decode().answer, job:take(), transfer:done())
    ]]:gsub("%s+", " "))
    assert.equal("POST", peer:report().requests[1].method)
  end)

  it("sends nothing before the id arrives, and nothing when the job was dropped", function()
    assert.equal("false 0", run [[
      local job, id, path = submit()
      socket.sleep(0.05)
      local begun = job:drop()
      local connection = connect(path)
      connection:send(id)
      print(tostring(begun) .. " " .. connection:receive(1))
    ]])
    assert.equal(0, #peer:report().connections)
  end)

  it("answers 0 to an id that means nothing", function()
    assert.equal("0", run [[
      local _, _, path = submit()
      local connection = connect(path)
      connection:send(("x"):rep(8))
      print((connection:receive(1)))
    ]])
  end)

  it("refuses what a pool refuses", function()
    assert.equal("nil invalid_request GET takes no body\nnil invalid_request a header must read \"Name: value\"\n"
      .. "false request.url must be a string, not nil", run [[
      print(table.concat({ tostring((submit { method = "GET" })), select(2, submit { method = "GET" }) }, " "))
      print(table.concat({ tostring((submit { headers = { "x" } })), select(2, submit { headers = { "x" } }) }, " "))
      local ok, err = pcall(core.engine_submit, { method = "GET" })
      print(tostring(ok) .. " " .. err)
    ]])
  end)

  it("counts the deadline from the submit", function()
    assert.equal("timeout false", run [[
      local job, id, path = submit { timeout = 0.05 }
      socket.sleep(0.2)
      local connection = connect(path)
      connection:send(id)
      connection:receive(1)
      local _, code, _, sent = job:take():result()
      print(code .. " " .. tostring(sent))
    ]])
  end)

  it("breaks a read off when its job is collected", function()
    hanging()
    run [[
      local job, id, path = submit()
      local connection = connect(path)
      connection:send(id)
      socket.sleep(0.1)
      job = nil
      collectgarbage() collectgarbage()
      assert(connection:receive(1) == "1", "expected an end")
    ]]
    assert.is_true(select(2, peer:wait_for(function(report) return report.open == 0 end)))
  end)

  it("lets a write whose job was collected go on, and tells how it ended, once and without secrets", function()
    peer:script { { play = { { recv = "all" }, { wait = 0.1 }, { reply = { status = 403, body = "x" } } } } }
    assert.equal("POST /locks/get: nobody waited any more; the server answered with status 403 nil 0", run [[
      local job, id, path = submit { reads = false }
      local connection = connect(path)
      connection:send(id)
      assert(wait_for(begun), "expected it to begin")
      job = nil
      collectgarbage() collectgarbage()
      local line = wait_for(core.engine_outcome)
      print(table.concat({ tostring(line), tostring(core.engine_outcome()), core.engine_writes() }, " "))
    ]])
  end)

  it("tells how a write ended whose result nobody took", function()
    assert.equal("POST /locks/get: nobody waited any more; the server answered with status 200", run [[
      local job, id, path = submit { reads = false }
      local connection = connect(path)
      connection:send(id)
      connection:receive(1)
      job:drop()
      print((core.engine_outcome()))
    ]])
  end)

  it("goes on in a child as an engine of its own", function()
    assert.equal("0 200 200", run [[
      local process = require "seam_process"
      local job, id, path = submit()
      local first = connect(path)
      socket.sleep(0.1) -- the engine rests by then: sanitizers' own locks do not survive a fork in the middle
      local pid = process.fork()
      if pid == 0 then
        local begun = job:drop()
        local ok, transfer = pcall(call)
        process.exit(ok and begun and transfer:result() == 200 and 0 or 1)
      end
      local status = process.wait(pid)
      first:send(id)
      first:receive(1)
      print(status .. " " .. job:take():result() .. " " .. call():result())
    ]])
  end)

  it("hands no descriptor to programs that are started", function()
    assert.equal("0", run [[
      local function inherited()
        local pipe, count = io.popen("ls /proc/self/fd | wc -l"), nil
        count = tonumber(pipe:read("*a"))
        pipe:close()
        return count
      end
      local before = inherited()
      local job = submit()
      local more = inherited() - before
      job:drop()
      print(("%d"):format(more))
    ]])
  end)

  it("ends with its Lua state, whatever is under way", function()
    hanging()
    local started = os.time()
    run [[
      for i = 1, 3 do
        local job, id, path = submit { reads = i == 1 }
        jobs = { jobs, job, connect(path) }
        jobs[3]:send(id)
      end
      submit()
      wait_for(begun)
    ]]
    assert.is_true(os.time() - started < 3)
  end)

  it("cannot be had without a folder for its socket, and says so", function()
    assert.equal("nil no_engine no unix socket can be had: it needs a temporary folder and /proc", run([[
      local job, code, message = submit()
      print(tostring(job) .. " " .. code .. " " .. message)
    ]], "TMPDIR=/nowhere"))
    assert.equal(0, #peer:report().connections)
  end)

  it("knows where nobody can yield, as far as this Lua knows", function()
    local knows = rawget(_G, "jit") ~= nil or _VERSION ~= "Lua 5.1"
    assert.equal("true " .. tostring(not knows), run [[
      local inside
      print(tostring(coroutine.wrap(function()
        ("x"):gsub("x", function() inside = core.can_yield() end)
        return core.can_yield()
      end)()) .. " " .. tostring(inside))
    ]])
  end)
end)

-- SPDX-License-Identifier: MIT
-- A pool that was used before a fork: the child starts anew and leaves the parent's calls alone.
local calls = require "support.core_calls"
local core = require "seam.core"
local http_peer = require "support.http_peer"
local process = require "seam_process"

local CALLS = 50
local CHILDREN = 4

describe("after a fork", function()
  local peer, pool

  setup(function() peer = http_peer.start() end)
  teardown(function() peer:stop() end)
  before_each(function()
    pool = core.pool()
    peer:script{
      { match = { path = "/late" }, play = { { recv = "all" }, { wait = 0.2 }, { reply = { echo = true } } } },
      { reply = { echo = true } },
    }
  end)
  after_each(function() pool:close() end)

  local function submit(path)
    return assert(pool:submit{ method = "POST", url = peer.url .. path, body = "{}", timeout = 4 })
  end

  --- Runs `body` in a child; returns its pid. The status tells whether it raised or returned false.
  local function child(body)
    local pid = process.fork()
    if pid ~= 0 then return pid end
    local ok, result = pcall(body)
    if not ok then io.stderr:write(tostring(result), "\n") end
    process.exit((ok and result) and 0 or 1)
  end

  --- How many of our calls got an answer that was meant for somebody else.
  local function wrong_answers(name)
    local wrong = 0
    for number = 1, CALLS do
      local path = ("/%s/%d"):format(name, number)
      local transfer = calls.finish(pool, submit(path))
      if transfer:body() ~= path then wrong = wrong + 1 end
    end
    return wrong
  end

  it("no answer reaches the wrong process though the connection was warm", function()
    calls.finish(pool, submit("/warm")):result()
    local pids = {}
    for number = 1, CHILDREN do
      pids[number] = child(function() return wrong_answers("child" .. number) == 0 end)
    end
    assert.equal(0, wrong_answers("parent"))
    for _, pid in ipairs(pids) do assert.equal(0, process.wait(pid)) end
    assert.equal(1 + CALLS * (CHILDREN + 1), peer:report().complete)
  end)

  it("the child's copy of a call in flight ends as closed and maybe sent, the parent's goes on", function()
    local transfer = submit("/late")
    pool:step(0.02)
    local pid = child(function()
      if pool:timeout() ~= 0 then return false end -- there is something to be found out
      pool:step()
      local _, code, message, sent = transfer:result()
      return code == "closed" and sent and message:find("fork", 1, true)
    end)
    assert.equal(0, process.wait(pid))
    calls.finish(pool, transfer)
    assert.equal("/late", transfer:body())
    assert.equal(1, peer:report().by_path["POST /late"])
  end)

  for _, way in ipairs{ "close", "collect", "cancel" } do
    it("a child may " .. way .. " what it inherited without harm to the parent", function()
      local transfer = submit("/late")
      pool:step(0.02)
      local pid = child(function()
        if way == "close" then
          pool:close()
        elseif way == "cancel" then
          transfer:cancel()
        else
          pool, transfer = nil, nil
          collectgarbage()
          collectgarbage()
        end
        return true
      end)
      assert.equal(0, process.wait(pid))
      calls.finish(pool, transfer)
      assert.equal("/late", transfer:body())
    end)
  end

  it("a descriptor that the parent watches says nothing of the child's", function()
    local socket = require "socket"
    local transfer = submit("/late")
    if pool:getfd() < 0 then return pending("skipped: there is nothing to watch without epoll") end
    local function is_readable(seconds) return socket.select({ pool }, nil, seconds)[1] == pool end
    while is_readable(0.1) do pool:step(0) end -- sent; the server thinks
    process.wait(child(function()
      pool:step(0)
      while pool:next_done() do end
      pool:close()
      return true
    end))
    local deadline = core.now() + 3
    while not transfer:done() and core.now() < deadline do
      if is_readable(0.05) then pool:step(0) end
    end
    assert.equal(200, (transfer:result()))
  end)

  it("what waits and what has ended in a watched pool stays the parent's, too", function()
    pool:close()
    pool = core.pool{ max_connections = 2 }
    local cancelled, running = submit("/late"), submit("/late")
    if pool:getfd() < 0 then return pending("skipped: there is nothing to watch without epoll") end
    local queued = submit("/queued")
    pool:step(0)
    submit("/queued")
    cancelled:cancel()
    local status = process.wait(child(function()
      local is_due = pool:timeout() == 0 and pool:next_done() and pool:timeout() == 0
      pool:step(0)
      while pool:next_done() do end
      pool:close()
      return is_due
    end))
    assert.equal(0, status, "expected work that is due at once")
    assert.equal(200, (calls.finish(pool, running):result()))
    assert.equal("/queued", calls.finish(pool, queued):body())
  end)
end)

-- SPDX-License-Identifier: MIT
-- A client that was used before a fork goes on in the parent and in four children at once.
local c_program = require "support.c_program"
local process = require "seam_process"
local seam = require "seam"

local CALLS = 10000
local CHILDREN = 4

describe("row 24: a fork with a warm client", function()
  --- How many of our share of the calls got somebody else's answer, or none.
  local function wrong_answers(client, name)
    local wrong = 0
    for number = 1, CALLS / (CHILDREN + 1) do
      local id = ("%s.%d"):format(name, number)
      if client.devices.get(id).device_id ~= id then wrong = wrong + 1 end
    end
    return wrong
  end

  local function child(f)
    local pid = process.fork()
    if pid ~= 0 then return pid end
    local ok, result = pcall(f)
    if not ok then io.stderr:write(tostring(result), "\n") end
    process.exit(ok and result and 0 or 1)
  end

  it("no answer of 10,000 goes to the wrong process and no connection is shared", function()
    local server = c_program.serve()
    local client = seam.new{ api_key = "seam_key", endpoint = server.url, retries = 0 }
    assert.equal("warm", client.devices.get("warm").device_id)
    local pids = {}
    for number = 1, CHILDREN do
      pids[number] = child(function() return wrong_answers(client, "child" .. number) == 0 end)
    end
    local ok, wrong = pcall(wrong_answers, client, "parent")
    local statuses = {}
    for number, pid in ipairs(pids) do statuses[number] = process.wait(pid) end
    client:close()
    local counts = server:stop()
    assert.is_true(ok, tostring(wrong))
    assert.equal(0, wrong)
    assert.same({ 0, 0, 0, 0 }, statuses)
    assert.same({ requests = CALLS + 1, connections = 1 + CHILDREN, shared = 0 },
      { requests = counts.requests, connections = counts.connections, shared = counts.shared })
  end)
end)

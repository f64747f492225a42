-- SPDX-License-Identifier: MIT
-- A peer that hangs up must not end the host.
local calls = require "support.core_calls"

describe("SIGPIPE", function()
  local function run(code)
    return calls.run_apart('local process = require "seam_process"\nprocess.default_sigpipe()\n' .. code)
  end

  it("would end the host without the guard", function()
    local output, status = run("process.broken_write(false) print 'alive'")
    assert.is_nil(output:find("alive", 1, true))
    assert.equal(128 + 13, status)
  end)

  it("does not arise while the guard holds it back, nor after", function()
    local output, status = run("print(process.broken_write(true), process.sigpipe_is())")
    assert.equal("-1\tdefault\n", output)
    assert.equal(0, status)
  end)

  it("ends the host as before once the guard is gone", function()
    local _, status = run("process.broken_write(true) process.broken_write(false)")
    assert.equal(128 + 13, status)
  end)
end)

-- SPDX-License-Identifier: MIT
-- Runs every Lua block of README.md and docs/, each against a fresh sandbox with the guide's locks.

local files = require "support.files"
local sandbox_server = require "support.sandbox_server"

local PAGES = {
  "README.md", "docs/calendar.md", "docs/codes.md", "docs/domoticz.md", "docs/errors.md", "docs/fleet.md",
  "docs/loops.md", "docs/pagination.md", "docs/retries.md", "docs/sandbox.md", "docs/waiting.md", "docs/watch.md",
  "docs/webhooks.md", "docs/without-c.md",
}

--- The ```lua blocks of a page, with the line each begins at.
local function blocks_of(page)
  local blocks, current, number = {}, nil, 0
  for line in ((files.read(page) or "") .. "\n"):gmatch("(.-)\n") do
    number = number + 1
    if line == "```lua" then
      current = { line = number + 1, lines = {} }
    elseif line == "```" and current then
      blocks[#blocks + 1] = { line = current.line, text = table.concat(current.lines, "\n") }
      current = nil
    elseif current then
      current.lines[#current.lines + 1] = line
    end
  end
  return blocks
end

describe("The documentation", function()
  for _, page in ipairs(PAGES) do
    describe(page, function()
      local server

      before_each(function()
        server = sandbox_server.start "--login"
      end)

      after_each(function() server:stop() end)

      local blocks = blocks_of(page)

      it("has examples", function()
        assert.is_true(#blocks > 0, page .. " has no Lua block, or is not there")
      end)

      for _, block in ipairs(blocks) do
        it(("runs the example at line %d"):format(block.line), function()
          local path = os.tmpname()
          local file = assert(io.open(path, "wb"))
          file:write(block.text)
          file:close()
          local output, status = server:run(path)
          os.remove(path)
          assert.equal(0, status, block.text .. "\n-- said:\n" .. output)
        end)
      end
    end)
  end
end)

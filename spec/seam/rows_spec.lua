-- SPDX-License-Identifier: MIT
-- Finding the generated rows.

local rows = require "seam.rows"

describe("seam.rows.at", function()
  it("finds every documented path, with slashes and with dots", function()
    local count = 0
    for _, name in ipairs(require "seam.api.index") do
      for method, row in pairs(require("seam.api." .. name)) do
        count = count + 1
        assert.equal(row, rows.at(row.path))
        assert.equal(row, rows.at(name .. "." .. method))
      end
    end
    assert.equal(202, count)
  end)

  it("is nil for others", function()
    for _, path in ipairs { "", "/", "/locks", "/locks/", "/locks/open", "/locks/unlock_door/", "//locks/unlock_door",
      "/locks/../locks/unlock_door", "/nothing/here", "locks", "/Locks/unlock_door" } do
      assert.is_nil(rows.at(path), path)
    end
  end)
end)

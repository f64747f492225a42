-- SPDX-License-Identifier: MIT
-- Environment variables as the SDK reads them.

local environment = require "seam.environment"
local fake_environment = require "support.fake_environment"

describe("seam.environment", function()
  after_each(fake_environment.restore)

  it("returns the value of a variable that is set", function()
    fake_environment.set { SEAM_API_KEY = "seam_key" }
    assert.equal("seam_key", environment.get("SEAM_API_KEY"))
  end)

  it("takes a missing variable for not set", function()
    fake_environment.set {}
    assert.is_nil(environment.get("SEAM_API_KEY"))
  end)

  it("takes an empty variable for not set", function()
    fake_environment.set { SEAM_API_KEY = "" }
    assert.is_nil(environment.get("SEAM_API_KEY"))
  end)

  it("reads at the time of the call, not when the module is loaded", function()
    fake_environment.set { SEAM_ENDPOINT = "https://one.example" }
    assert.equal("https://one.example", environment.get("SEAM_ENDPOINT"))
    fake_environment.set { SEAM_ENDPOINT = "https://two.example" }
    assert.equal("https://two.example", environment.get("SEAM_ENDPOINT"))
  end)
end)

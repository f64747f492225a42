-- SPDX-License-Identifier: MIT
-- Where the API is, and what an endpoint may look like.

local endpoint = require "seam.endpoint"
local fake_environment = require "support.fake_environment"

local ELSEWHERE = "http://lock.example"

describe("a port", function()
  it("beyond 65535 is refused", function()
    assert.is_nil((endpoint.check "https://x.example:65536"))
    assert.equal("https://x.example:65535", (endpoint.check "https://x.example:65535"))
  end)
end)

describe("seam.endpoint.check", function()
  local GOOD = {
    { "https://connect.getseam.com", "https://connect.getseam.com", "as it is" },
    { "https://connect.getseam.com/", "https://connect.getseam.com", "without its trailing slash" },
    { "https://connect.getseam.com//", "https://connect.getseam.com", "without several slashes" },
    { "https://host.example/some/sub/path/", "https://host.example/some/sub/path", "with a path in front" },
    { "https://host.example:8443", "https://host.example:8443", "with a port" },
    { "http://localhost:4010", "http://localhost:4010", "without TLS on this machine" },
    { "http://LOCALHOST:4010", "http://LOCALHOST:4010", "whatever the case of its host" },
    { "http://127.0.0.1:4010", "http://127.0.0.1:4010", "without TLS on a loopback address" },
    { "http://127.8.9.10", "http://127.8.9.10", "without TLS anywhere in 127.0.0.0/8" },
    { "http://[::1]:4010", "http://[::1]:4010", "without TLS on the IPv6 loopback" },
  }
  for _, case in ipairs(GOOD) do
    it(("takes %s %s"):format(case[1], case[3]), function()
      assert.equal(case[2], endpoint.check(case[1]))
    end)
  end

  local BAD = {
    { "", "must start with https://" },
    { "connect.getseam.com", "must start with https://" },
    { "ftp://connect.getseam.com", "must start with https://" },
    { "file:///etc/passwd", "must start with https://" },
    { "https://", "must name a host" },
    { "https:///path", "must name a host" },
    { "https://host:port", "must name a host" },
    { "https://host:", "must name a host" },
    { "https://user:pw@host.example", "must not carry a user name or password" },
    { "https://user@host.example", "must not carry a user name or password" },
    { "https://host.example?x=1", "must not have a query or a fragment" },
    { "https://host.example/#x", "must not have a query or a fragment" },
    { "https://host.example/\r\nx: y", "must not contain blanks" },
    { "https://host.example\0", "must not contain blanks" },
    { "https://host .example", "must not contain blanks" },
    { "https://h\195\182st.example", "must not contain blanks" },
    { ELSEWHERE, "must use https" },
    { "http://127.0.0.1.evil.example", "must use https" },
    { "http://localhost.evil.example", "must use https" },
    { "http://notlocalhost", "must use https" },
  }
  for _, case in ipairs(BAD) do
    it(("refuses '%s': it %s"):format(case[1]:gsub("[%c%z]", "?"), case[2]), function()
      local base, err = endpoint.check(case[1])
      assert.is_nil(base)
      assert.is_true(err:is "SeamInvalidOptionsError", "expected a SeamInvalidOptionsError")
      assert.matches("Seam received invalid options: The endpoint " .. case[2], err.message, 1, true)
    end)
  end

  it("takes plain HTTP elsewhere when the caller insists", function()
    assert.equal(ELSEWHERE, endpoint.check(ELSEWHERE, true))
  end)
end)

describe("seam.endpoint.resolve", function()
  after_each(fake_environment.restore)

  local CASES = {
    { "the default when nothing is set", {}, {}, "https://connect.getseam.com" },
    { "SEAM_ENDPOINT over the default", {}, { SEAM_ENDPOINT = "https://e.example" }, "https://e.example" },
    { "the deprecated SEAM_API_URL over the default", {}, { SEAM_API_URL = "https://u.example" }, "https://u.example" },
    { "SEAM_ENDPOINT over SEAM_API_URL", {},
      { SEAM_ENDPOINT = "https://e.example", SEAM_API_URL = "https://u.example" }, "https://e.example" },
    { "SEAM_API_URL when SEAM_ENDPOINT is empty", {},
      { SEAM_ENDPOINT = "", SEAM_API_URL = "https://u.example" }, "https://u.example" },
    { "the option over both", { endpoint = "https://o.example/" },
      { SEAM_ENDPOINT = "https://e.example", SEAM_API_URL = "https://u.example" }, "https://o.example" },
  }
  for _, case in ipairs(CASES) do
    it("takes " .. case[1], function()
      fake_environment.set(case[3])
      assert.equal(case[4], endpoint.resolve(case[2]))
    end)
  end

  it("checks what comes from the environment as well", function()
    fake_environment.set { SEAM_ENDPOINT = ELSEWHERE }
    local base, err = endpoint.resolve {}
    assert.is_nil(base)
    assert.matches("must use https", err.message, 1, true)
  end)
end)

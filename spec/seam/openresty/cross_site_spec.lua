-- SPDX-License-Identifier: MIT
-- Who may ask for a door: pages of the same site and programs, not a form on another site.

local cross_site = require "seam.openresty.cross_site"

local OTHERS = { ["https://app.example"] = true }

local CASES = {
  { true, "a page of this site",
    { ["sec-fetch-site"] = "same-origin", origin = "https://door.example", host = "door.example" } },
  { true, "a page behind a proxy that speaks http", { origin = "https://door.example", host = "door.example" } },
  { true, "a page, whatever the case of the host",
    { origin = "http://Door.example:8080", host = "door.example:8080" } },
  { true, "a page that sends no Origin", { ["sec-fetch-site"] = "same-origin", host = "door.example" } },
  { true, "a program", { ["x-requested-with"] = "curl", host = "door.example" } },
  { true, "a page of a site that was named",
    { ["sec-fetch-site"] = "cross-site", origin = "https://app.example", host = "x" } },
  { false, "a form on another site",
    { ["sec-fetch-site"] = "cross-site", origin = "https://evil.example", host = "door.example" } },
  { false, "a form on another site, of an old browser", { origin = "https://evil.example", host = "door.example" } },
  { false, "a sister site", { ["sec-fetch-site"] = "same-site", origin = "https://b.example", host = "door.example" } },
  { false, "another port of this machine", { origin = "http://door.example:81", host = "door.example:80" } },
  { false, "a sandboxed frame", { origin = "null", host = "null" } },
  { false, "a request that does not say", { host = "door.example" } },
  { false, "a request whose header is empty", { ["x-requested-with"] = "", host = "door.example" } },
  { false, "a page that adds the header as well",
    { ["sec-fetch-site"] = "cross-site", ["x-requested-with"] = "x", host = "a" } },
  { false, "a page of another site that adds the header",
    { origin = "https://evil.example", ["x-requested-with"] = "x", host = "a" } },
  { false, "two Origins", { origin = { "https://door.example", "https://evil.example" }, host = "door.example" } },
  { false, "two Sec-Fetch-Site", { ["sec-fetch-site"] = { "same-origin", "cross-site" }, host = "door.example" } },
  { false, "an Origin without a host to compare", { origin = "https://door.example" } },
  { false, "an address somebody typed", { ["sec-fetch-site"] = "none", host = "door.example" } },
}

describe("Requests from other sites", function()
  for _, case in ipairs(CASES) do
    it(("%s: %s"):format(case[1] and "allowed" or "refused", case[2]), function()
      assert.equal(case[1], cross_site.is_allowed(case[3], OTHERS))
    end)
  end
end)

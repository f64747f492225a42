-- SPDX-License-Identifier: MIT
-- One version, wherever it is written. tools/check-install asks the package and what was installed.

local core = require "seam.core"
local files = require "support.files"
local seam = require "seam"
local version = require "seam.version"

local RELEASE = ("rockspecs/seam-%s-1.rockspec"):format(version)

--- What a rockspec says, without its comments, blanks and version.
local function content_of(path)
  local text = assert(files.read(path), "there is no " .. path)
  return (text:gsub("%-%-[^\n]*", ""):gsub('version = "[^"]*"', "", 1):gsub("%s+", " "))
end

local function version_in(path)
  return assert(files.read(path), "there is no " .. path):match('\nversion = "([^"]*)"')
end

describe("The version", function()
  it("is the same in the face, the core and the build", function()
    assert.equal(version, seam._VERSION)
    assert.equal(version, core._VERSION)
    assert.equal(version, files.read("CMakeLists.txt"):match("project%(seam VERSION ([%d.]+)"))
  end)

  it("is that of the rockspec for a release, and of no other", function()
    assert.equal(version .. "-1", version_in(RELEASE))
    assert.equal("scm-1", version_in("seam-scm-1.rockspec"))
    assert.equal(RELEASE .. "\n", files.output_of("ls rockspecs/*.rockspec"))
  end)

  it("is all that tells the rockspecs apart", function()
    assert.equal(content_of("seam-scm-1.rockspec"), content_of(RELEASE))
  end)

  it("is said to the server", function()
    local client = seam.new{ api_key = "seam_test1_1", endpoint = "http://127.0.0.1:9" }
    local headers = client.prepare("/locks/list", {}).headers
    assert.equal(version, headers["seam-sdk-version"])
    assert.equal("seam-lua/" .. version, headers["user-agent"])
  end)
end)

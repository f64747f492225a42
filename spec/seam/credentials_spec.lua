-- SPDX-License-Identifier: MIT
-- Options and environment to the headers that say who the client is.

local credentials = require "seam.credentials"
local fake_environment = require "support.fake_environment"

local KEY, ENV_KEY = "seam_test1234567890abcd", "seam_env1234567890abcd"
local PAT, ENV_PAT = "seam_at1234567890abcd", "seam_atenv4567890abcd"
local SESSION = "seam_cst1234567890abcd"

local function headers_of(found)
  local headers = {}
  found.sign(headers)
  return headers
end

local function resolved(options, variables)
  fake_environment.set(variables or {})
  local found, err = credentials.resolve(options)
  assert.is_not_nil(found, "expected credentials, got: " .. tostring(err))
  return headers_of(found), found
end

local function refused(resolve, options, variables)
  fake_environment.set(variables or {})
  local found, err = resolve(options)
  assert.is_nil(found, "expected the options to be refused")
  return err
end

describe("seam.credentials.resolve", function()
  after_each(fake_environment.restore)

  it("signs with an api_key", function()
    assert.same({ authorization = "Bearer " .. KEY }, resolved { api_key = KEY })
  end)

  it("signs with a personal access token, and names the workspace", function()
    assert.same({ authorization = "Bearer " .. PAT, ["seam-workspace"] = "ws1" },
      resolved { personal_access_token = PAT, workspace_id = "ws1" })
  end)

  it("signs with a client session token twice", function()
    assert.same({ authorization = "Bearer " .. SESSION, ["client-session-token"] = SESSION },
      resolved { client_session_token = SESSION })
  end)

  local PRECEDENCE = {
    { "SEAM_API_KEY when no option is given", {}, { SEAM_API_KEY = ENV_KEY }, ENV_KEY },
    { "the api_key option over every variable", { api_key = KEY },
      { SEAM_API_KEY = ENV_KEY, SEAM_PERSONAL_ACCESS_TOKEN = ENV_PAT, SEAM_WORKSPACE_ID = "env" }, KEY },
    { "SEAM_PERSONAL_ACCESS_TOKEN with SEAM_WORKSPACE_ID", {},
      { SEAM_PERSONAL_ACCESS_TOKEN = ENV_PAT, SEAM_WORKSPACE_ID = "env" }, ENV_PAT, "env" },
    { "the personal_access_token option over SEAM_API_KEY", { personal_access_token = PAT, workspace_id = "ws1" },
      { SEAM_API_KEY = ENV_KEY }, PAT, "ws1" },
    { "the workspace_id option over SEAM_WORKSPACE_ID", { personal_access_token = PAT, workspace_id = "ws1" },
      { SEAM_WORKSPACE_ID = "env" }, PAT, "ws1" },
    { "SEAM_WORKSPACE_ID for a personal_access_token option alone", { personal_access_token = PAT },
      { SEAM_WORKSPACE_ID = "env" }, PAT, "env" },
    { "the workspace_id option beside SEAM_PERSONAL_ACCESS_TOKEN", { workspace_id = "ws1" },
      { SEAM_PERSONAL_ACCESS_TOKEN = ENV_PAT, SEAM_WORKSPACE_ID = "env" }, ENV_PAT, "ws1" },
    { "SEAM_API_KEY while SEAM_PERSONAL_ACCESS_TOKEN is empty", {},
      { SEAM_API_KEY = ENV_KEY, SEAM_PERSONAL_ACCESS_TOKEN = "" }, ENV_KEY },
  }
  for _, case in ipairs(PRECEDENCE) do
    it("takes " .. case[1], function()
      local headers = resolved(case[2], case[3])
      assert.equal("Bearer " .. case[4], headers.authorization)
      assert.equal(case[5], headers["seam-workspace"])
    end)
  end

  local NOTHING = "Must specify an api_key or personal_access_token. Attempted reading configuration from the "
    .. "environment, but the environment variable SEAM_API_KEY is not set."
  local REFUSED = {
    { "nothing at all", {}, {}, NOTHING },
    { "empty variables", {}, { SEAM_API_KEY = "", SEAM_PERSONAL_ACCESS_TOKEN = "" }, NOTHING },
    { "both variables", {}, { SEAM_API_KEY = ENV_KEY, SEAM_PERSONAL_ACCESS_TOKEN = ENV_PAT },
      "Both SEAM_API_KEY and SEAM_PERSONAL_ACCESS_TOKEN environment variables are defined. "
      .. "Please use only one authentication method." },
    { "two options", { api_key = KEY, personal_access_token = PAT }, {},
      "The personal_access_token option cannot be used with the api_key option" },
    { "a session token beside a key", { api_key = KEY, client_session_token = SESSION }, {},
      "The client_session_token option cannot be used with the api_key option" },
    { "a personal access token without workspace", { personal_access_token = PAT }, {},
      "Must pass a workspace_id when using a personal_access_token" },
    { "the same from the environment", {}, { SEAM_PERSONAL_ACCESS_TOKEN = ENV_PAT, SEAM_WORKSPACE_ID = "" },
      "Must pass a workspace_id when using a personal_access_token" },
    { "a workspace for an api_key", { api_key = KEY, workspace_id = "ws1" }, {},
      "The workspace_id option cannot be used with the api_key option" },
    { "a workspace for SEAM_API_KEY", { workspace_id = "ws1" }, { SEAM_API_KEY = ENV_KEY },
      "The workspace_id option cannot be used with SEAM_API_KEY" },
    { "an empty workspace", { personal_access_token = PAT, workspace_id = "" }, {},
      "workspace_id must be the id of a workspace, as plain text" },
    { "a workspace that would end its header", { personal_access_token = PAT, workspace_id = "a\r\nx: y" }, {},
      "workspace_id must be the id of a workspace, as plain text" },
  }
  for _, case in ipairs(REFUSED) do
    it("refuses " .. case[1], function()
      local err = refused(credentials.resolve, case[2], case[3])
      assert.equal("SeamInvalidOptionsError", err.name)
      assert.equal("Seam received invalid options: " .. case[4], err.message)
    end)
  end

  it("checks what kind of token an option and a variable hold", function()
    assert.equal("SeamInvalidTokenError", refused(credentials.resolve, { api_key = PAT }).name)
    local by_option = refused(credentials.resolve, { api_key = "" }, { SEAM_API_KEY = ENV_KEY })
    assert.equal("SeamInvalidTokenError", by_option.name)
    assert.equal("SeamInvalidTokenError", refused(credentials.resolve, {}, { SEAM_API_KEY = "sk_1" }).name)
  end)
end)

describe("seam.credentials.resolve_without_workspace", function()
  after_each(fake_environment.restore)

  it("signs without a workspace, whatever the environment says", function()
    fake_environment.set { SEAM_WORKSPACE_ID = "env", SEAM_API_KEY = ENV_KEY }
    local found = credentials.resolve_without_workspace { personal_access_token = PAT }
    assert.same({ authorization = "Bearer " .. PAT }, headers_of(found))
  end)

  it("takes SEAM_PERSONAL_ACCESS_TOKEN when no option is given", function()
    fake_environment.set { SEAM_PERSONAL_ACCESS_TOKEN = ENV_PAT }
    assert.equal("Bearer " .. ENV_PAT, headers_of(credentials.resolve_without_workspace {}).authorization)
  end)

  it("says what is missing", function()
    local err = refused(credentials.resolve_without_workspace, {}, { SEAM_API_KEY = ENV_KEY })
    assert.equal("Seam received invalid options: Must specify a personal_access_token. Attempted reading "
      .. "configuration from the environment, but the environment variable SEAM_PERSONAL_ACCESS_TOKEN is not set.",
      err.message)
  end)

  it("refuses options that it could only ignore", function()
    for _, name in ipairs { "api_key", "client_session_token", "workspace_id" } do
      local err = refused(credentials.resolve_without_workspace, { personal_access_token = PAT, [name] = "x" })
      assert.equal("SeamInvalidOptionsError", err.name)
      assert.matches(name, err.message, 1, true)
    end
  end)
end)

describe("credentials", function()
  local function personal() return (credentials.personal_access_token(PAT, "ws1")) end

  it("move to another workspace with the same token", function()
    local headers = headers_of(personal().with_workspace("ws2"))
    assert.same({ authorization = "Bearer " .. PAT, ["seam-workspace"] = "ws2" }, headers)
  end)

  it("do not move to no workspace", function()
    for _, id in ipairs { "", false, 5 } do
      local found, err = personal().with_workspace(id)
      assert.is_nil(found, "expected a workspace to be demanded")
      assert.equal("SeamInvalidOptionsError", err.name)
    end
    assert.is_nil((personal().with_workspace(nil)))
  end)

  it("cannot move when they are not a personal access token", function()
    assert.is_nil(credentials.api_key(KEY).with_workspace)
  end)

  it("sign with a publishable key in its own header only", function()
    assert.same({ ["seam-publishable-key"] = "seam_pk1" }, headers_of(credentials.publishable_key("seam_pk1")))
  end)

  it("show four characters at most, and none of a short secret", function()
    assert.equal("...abcd", credentials.api_key(KEY).hint)
    assert.equal("...", credentials.api_key("seam_12").hint)
  end)

  it("mask the secret in a text, punctuation and all", function()
    local found = credentials.api_key("seam_a.b-c%d+e")
    assert.equal("key [secret] and [secret]", found.mask("key seam_a.b-c%d+e and seam_a.b-c%d+e"))
    assert.equal("seam_axb-c%d+e", found.mask("seam_axb-c%d+e"))
  end)

  it("hold the secret in no field", function()
    for _, found in ipairs { personal(), (credentials.api_key(KEY)), (credentials.client_session_token(SESSION)) } do
      for name, value in pairs(found) do
        assert.is_nil(tostring(value):find("1234567890", 1, true), name .. " shows the secret")
      end
    end
  end)
end)

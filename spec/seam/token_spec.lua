-- SPDX-License-Identifier: MIT
-- Which kind of credential a text is.

local token = require "seam.token"

local PREFIX = "Seam received an invalid token: "

local function refused(check, value)
  local ok, err = check(value)
  assert.is_nil(ok, "expected the token to be refused")
  assert.is_true(err:is "SeamInvalidTokenError", "expected a SeamInvalidTokenError")
  return err
end

describe("seam.token", function()
  local GOOD = {
    { "check_api_key", "seam_test1234" }, { "check_api_key", "seam_apikey1_token" }, { "check_api_key", "seam_" },
    { "check_personal_access_token", "seam_at1_token" }, { "check_personal_access_token", "seam_at" },
    { "check_client_session_token", "seam_cst1_token" },
    { "check_publishable_key", "seam_pk1_token" },
  }
  for _, case in ipairs(GOOD) do
    it(("lets '%s' pass in %s: only prefixes count"):format(case[2], case[1]), function()
      assert.is_true((token[case[1]](case[2])))
    end)
  end

  local BAD = {
    { "check_api_key", "seam_cst1", "A Client Session Token cannot be used as an api_key" },
    { "check_api_key", "ey1.abc", "A JWT cannot be used as an api_key" },
    { "check_api_key", "seam_at1", "An Access Token cannot be used as an api_key" },
    { "check_api_key", "seam_pk1", "A Publishable Key cannot be used as an api_key" },
    { "check_api_key", "sk_live", "Unknown or invalid api_key format, expected token to start with seam_" },
    { "check_api_key", "", "Unknown or invalid api_key format, expected token to start with seam_" },
    { "check_api_key", " seam_x", "Unknown or invalid api_key format, expected token to start with seam_" },
    { "check_personal_access_token", "ey1", "A JWT cannot be used as a personal_access_token" },
    { "check_personal_access_token", "seam_cst1", "A Client Session Token cannot be used as a personal_access_token" },
    { "check_personal_access_token", "seam_pk1", "A Publishable Key cannot be used as a personal_access_token" },
    { "check_personal_access_token", "seam_key",
      "Unknown or invalid personal_access_token format, expected token to start with seam_at" },
    { "check_client_session_token", "seam_at1", "An Access Token cannot be used as a client_session_token" },
    { "check_client_session_token", "seam_key",
      "Unknown or invalid client_session_token format, expected token to start with seam_cst" },
    { "check_publishable_key", "ey1", "A JWT cannot be used as a publishable_key" },
    { "check_publishable_key", "seam_key",
      "Unknown or invalid publishable_key format, expected token to start with seam_pk" },
    { "check_api_key", 5, "api_key must be a string" },
  }
  for _, case in ipairs(BAD) do
    it(("refuses '%s' in %s"):format(tostring(case[2]), case[1]), function()
      assert.equal(PREFIX .. case[3], refused(token[case[1]], case[2]).message)
    end)
  end

  it("refuses characters that could end a header, wherever they stand", function()
    for byte = 0, 255 do
      if byte <= 32 or byte >= 127 then
        for _, text in ipairs { "seam_%sabc", "seam_ab%sc", "seam_abc%s" } do
          -- Not by format: Lua 5.1's "%s" ends a text at its first NUL.
          local key = text:gsub("%%s", function() return string.char(byte) end)
          local ok = token.check_api_key(key)
          assert.is_nil(ok, ("expected byte %d to be refused in %s"):format(byte, text))
        end
      end
    end
  end)

  it("never quotes a token in the error", function()
    for _, name in ipairs { "api_key", "personal_access_token", "client_session_token", "publishable_key" } do
      for _, prefix in ipairs { "seam_cst", "seam_at", "seam_pk", "seam_", "ey", "" } do
        local ok, err = token["check_" .. name](prefix .. "CANARY\n")
        assert.is_nil(ok)
        assert.is_nil(tostring(err):find("CANARY", 1, true), "the error quotes the token: " .. tostring(err))
      end
    end
  end)
end)

-- SPDX-License-Identifier: MIT
-- The error objects and their tree.

local errors = require "seam.errors"

-- Every name with all it stands below, as the design draws the tree.
local TREE = {
  SeamError = {},
  SeamInvalidOptionsError = { "SeamError" },
  SeamInvalidTokenError = { "SeamError" },
  SeamInvalidParamsError = { "SeamError" },
  SeamHttpError = { "SeamError" },
  SeamHttpApiError = { "SeamError" },
  SeamHttpUnauthorizedError = { "SeamHttpApiError", "SeamError" },
  SeamHttpInvalidInputError = { "SeamHttpApiError", "SeamError" },
  SeamActionAttemptError = { "SeamError" },
  SeamActionAttemptFailedError = { "SeamActionAttemptError", "SeamError" },
  SeamActionAttemptTimeoutError = { "SeamActionAttemptError", "SeamError" },
  SeamWebhookVerificationError = { "SeamError" },
  SeamInvalidWebhookPayloadError = { "SeamError" },
  SeamWaitError = { "SeamError" },
  SeamWaitFailedError = { "SeamWaitError", "SeamError" },
  SeamWaitTimeoutError = { "SeamWaitError", "SeamError" },
  SeamWaitCancelledError = { "SeamWaitError", "SeamError" },
  SeamWatchError = { "SeamError" },
}

describe("an error's is()", function()
  for name, above in pairs(TREE) do
    it(("takes %s for itself, for what it stands below, and for nothing else"):format(name), function()
      local err = errors.new(name, "x")
      local expected = { [name] = true }
      for _, other in ipairs(above) do expected[other] = true end
      for other in pairs(TREE) do
        assert.equal(expected[other] or false, err:is(other), name .. " and " .. other)
      end
      assert.is_false(err:is "Error")
    end)
  end
end)

describe("seam.errors.is_error", function()
  it("knows our errors from other values", function()
    assert.is_true(errors.is_error(errors.new("SeamHttpError", "x")))
    for _, value in ipairs { "SeamHttpError", 5, true, {}, { name = "SeamHttpError" } } do
      assert.is_false(errors.is_error(value))
    end
    assert.is_false(errors.is_error(nil))
  end)

  it("asks for a name of the tree when one is given", function()
    local err = errors.new("SeamHttpUnauthorizedError", "x")
    assert.is_true(errors.is_error(err, "SeamHttpApiError"))
    assert.is_false(errors.is_error(err, "SeamHttpError"))
  end)
end)

describe("an error as text", function()
  it("is its name and message", function()
    assert.equal("SeamError: it broke", tostring(errors.new("SeamError", "it broke")))
  end)

  it("adds what is known of the request", function()
    local err = errors.new("SeamHttpApiError", "No such device", {
      code = "device_not_found", status_code = 404, request_id = "r1", method = "GET", path = "/devices/get",
      outcome = "rejected",
    })
    assert.equal("SeamHttpApiError: No such device "
      .. "(GET /devices/get, status 404, device_not_found, outcome rejected, request r1)", tostring(err))
  end)

  it("joins with texts, numbers and other errors on either side", function()
    local err = errors.new("SeamError", "a")
    assert.equal("oh: SeamError: a", "oh: " .. err)
    assert.equal("SeamError: a!", err .. "!")
    assert.equal("SeamError: a1", err .. 1)
    assert.equal("SeamError: aSeamError: a", err .. err)
  end)
end)

describe("an error's fields", function()
  it("are copied from the table they came in", function()
    local fields = { code = "x" }
    local err = errors.new("SeamError", "m", fields)
    fields.code = "y"
    assert.equal("x", err.code)
    assert.is_nil(fields.name)
  end)

  it("cannot take over the name and the message", function()
    local err = errors.new("SeamError", "m", { name = "n", message = "o" })
    assert.same({ "SeamError", "m" }, { err.name, err.message })
  end)

  it("say of invalid parameters that nothing was sent", function()
    local err = errors.invalid_params("/locks/get", "wrong", "device_id")
    assert.same({ "SeamInvalidParamsError", "/locks/get", "device_id", "not_sent", 0, "wrong" },
      { err.name, err.path, err.param, err.outcome, err.attempts, err.message })
  end)

  it("start the sentences about options and tokens alike", function()
    assert.equal("Seam received invalid options: x", errors.invalid_options("x").message)
    assert.equal("Seam received an invalid token: x", errors.invalid_token("x").message)
  end)
end)

describe("get_validation_error_messages", function()
  local err = errors.new("SeamHttpInvalidInputError", "bad", { validation_errors = {
    _errors = { "Unrecognised key" },
    device_id = { _errors = { "Required", "Not a UUID" } },
    user_identity = { _errors = {}, full_name = { _errors = { "Too long" } } },
    odd = "text",
  } })

  local CASES = {
    { "device_id", { "Required", "Not a UUID" }, "one parameter's messages" },
    { "_errors", { "Unrecognised key" }, "the root messages" },
    { "user_identity.full_name", { "Too long" }, "a nested parameter's messages" },
    { "user_identity", {}, "nothing where the list is empty" },
    { "name", {}, "nothing for a parameter without messages" },
    { "odd", {}, "nothing where the tree is not a tree" },
    { "device_id.deeper", {}, "nothing below a leaf" },
  }
  for _, case in ipairs(CASES) do
    it(("gives %s for '%s'"):format(case[3], case[1]), function()
      assert.same(case[2], err:get_validation_error_messages(case[1]))
    end)
  end

  it("gives nothing on an error without a tree", function()
    assert.same({}, errors.new("SeamHttpApiError", "x"):get_validation_error_messages("device_id"))
    assert.same({}, errors.new("SeamHttpApiError", "x", { validation_errors = "?" })
      :get_validation_error_messages("_errors"))
  end)

  it("gives a list of its own", function()
    err:get_validation_error_messages("device_id")[1] = "changed"
    assert.equal("Required", err:get_validation_error_messages("device_id")[1])
  end)
end)

-- SPDX-License-Identifier: MIT
-- Which failed questions may be asked again by those who have time.

local errors = require "seam.errors"
local transient = require "seam.transient"

local function http(code, fields)
  fields = fields or {}
  fields.code, fields.attempts = code, fields.attempts or 1
  return errors.new("SeamHttpError", "x", fields)
end

local function api(status)
  return errors.new("SeamHttpApiError", "x", { status_code = status, code = "some", attempts = 1 })
end

describe("seam.transient", function()
  it("takes lost questions and answers for passing", function()
    for _, code in ipairs { "timeout", "dns", "connect", "closed" } do
      assert.is_true(transient.is(http(code)), code)
    end
  end)

  it("takes nothing for passing that was never tried, or that trust forbids", function()
    assert.is_false(transient.is(http("closed", { attempts = 0 })))
    for _, code in ipairs { "tls", "redirect", "too_large", "invalid_request", "cancelled", "memory" } do
      assert.is_false(transient.is(http(code)), code)
    end
  end)

  it("goes by the status where there is one", function()
    for _, status in ipairs { 408, 429, 500, 502, 503, 504 } do
      assert.is_true(transient.is(api(status)), tostring(status))
    end
    for _, status in ipairs { 400, 401, 403, 404, 409, 302 } do
      assert.is_false(transient.is(api(status)), tostring(status))
    end
    assert.is_true(transient.is(http("invalid_response", { status_code = 200 })))
    assert.is_true(transient.is(http("http", { status_code = 503 })))
    assert.is_false(transient.is(http("http", { status_code = 404 })))
  end)

  it("takes other errors for final", function()
    for _, err in ipairs { errors.invalid_options "x", errors.invalid_params("/x", "x"), "text", {}, false } do
      assert.is_false(transient.is(err))
    end
  end)
end)

-- SPDX-License-Identifier: MIT
-- Faults of row 4: a sound response that is no answer.
local JSON = { ["Content-Type"] = "application/json" }

local function json(body)
  return { headers = JSON, body = body }
end

local function limited(headers)
  return { status = 429, headers = headers,
    json = { error = { type = "rate_limited", message = "Slow down", request_id = "r" } } }
end

return {
  { name = "HTML 502", code = "http",
    reply = { status = 502, headers = { ["Content-Type"] = "text/html" }, body = "<h1>Bad gateway</h1>" } },
  { name = "an empty 200", reply = json(""), code = "invalid_response" },
  { name = "an array", reply = json('[{"ok":true}]'), code = "invalid_response" },
  { name = "a number", reply = json("42"), code = "invalid_response" },
  { name = "JSON that is cut", reply = json('{"ok":true,"device":{"device_id":"fau'), code = "invalid_response" },
  { name = "JSON that says it is HTML", code = "invalid_response",
    reply = { headers = { ["Content-Type"] = "text/html" }, body = '{"ok":true}' } },
  { name = "429 with seconds", reply = limited{ ["Retry-After"] = "7" }, code = "rate_limited", outcome = "rejected",
    retry_after = 7 },
  { name = "429 with a date long ago", reply = limited{ ["Retry-After"] = "Sun, 06 Nov 1994 08:49:37 GMT" },
    code = "rate_limited", outcome = "rejected" },
  { name = "429 with nothing", reply = { status = 429, body = "" }, code = "http", outcome = "rejected" },
  { name = "500 with an error of the API", code = "internal_error",
    reply = { status = 500, json = { error = { type = "internal_error", message = "Oops", request_id = "r" } } } },
  { name = "500 without", reply = { status = 500, body = "oops" }, code = "http" },
  { name = "401", code = "unauthorized", outcome = "rejected", reply = { status = 401, body = "" } },
  { name = "307", code = "redirect", outcome = "rejected",
    reply = { status = 307, headers = { Location = "http://127.0.0.1:9/locks/get" }, body = "" } },
}

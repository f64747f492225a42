-- SPDX-License-Identifier: MIT
-- What works where no C module can load: everything but carrying bytes.

local webhook = require "seam.webhook"
local without_core = require "support.without_core"

local PROGRAM = [==[
local seam = require "seam"
local safe = require "seam.safe"
local steps = require "seam.steps"
local time = require "seam.time"
local webhook = require "seam.webhook"
local KEY = "seam_test1234567890abcd"
local client = seam.new { api_key = KEY, endpoint = "https://x.example" }

local request = client.prepare("/locks/unlock_door", "d1")
print(request.method, request.url, request.body, request.headers.authorization == "Bearer " .. KEY)
local attempt = request:interpret(200, {},
  '{"action_attempt":{"action_attempt_id":"a1","status":"pending","n":6,"none":null,"e":"\\u00e9\\ud83d\\ude00"}}')
print(attempt.status, attempt.n, attempt.none, attempt.e)
local named = client.prepare("/devices/update", { device = "d1", name = seam.null })
print(named.body)
print(select(2, pcall(request.interpret, request, 401, {}, "{}")).name)
print(safe.new { api_key = KEY }.interpret("/devices/get", 200, {}, '{"device":{"device_id":"d1"}}').device_id)

local now = 0
local step = steps.unlock(client, "d1", { now = function() return now end })
print(step:request().path, step:request())
print(step:answer(200, {}, '{"action_attempt":{"action_attempt_id":"a1","status":"pending"}}'))
print(step:request().url)
print(step:answer(200, {}, '{"action_attempt":{"action_attempt_id":"a1","status":"success"}}'))
print(time.format(time.parse "2028-08-12T21:24:00+02:00"))
local hook = webhook.new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", { tolerance = false })
local event = '{"event_id":"e1","event_type":"lock.unlocked"}'
local signed = hook:sign(event, "msg_1", 1614265330)
print(signed["svix-signature"], hook:verify(event, signed))
print(select(2, pcall(hook.verify, hook, event .. " ", signed)).code)
local _, err = pcall(client.devices.list)
print(tostring(err):find("seam.core", 1, true) ~= nil)
]==]

local EXPECTED = [==[
POST	https://x.example/locks/unlock_door	{"device_id":"d1"}	true
pending	6	nil	é😀
{"device_id":"d1","name":null}
SeamHttpUnauthorizedError
d1
/locks/unlock_door	nil
wait	0.1
https://x.example/action_attempts/get?action_attempt_id=a1&_strict=true
done	action_attempt a1 (success)
2028-08-12T19:24:00.000Z
%SIGNED%	event e1 (lock.unlocked)	msg_1
no_match
true
]==]

-- By the C core, which is here where this spec runs.
local signed = webhook.new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
  :sign('{"event_id":"e1","event_type":"lock.unlocked"}', "msg_1", 1614265330)
EXPECTED = EXPECTED:gsub("%%SIGNED%%", function() return signed["svix-signature"] end)

describe("without the C core", function()
  it("requests are built, answers read and steps walked, over lua-cjson", function()
    local output, status = without_core.run(PROGRAM, { "seam.core" })
    assert.equal(EXPECTED, output)
    assert.equal(0, status)
  end)

  it("and without lua-cjson and LuaSocket as well", function()
    local output, status = without_core.run(PROGRAM, { "seam.core", "cjson", "socket" })
    assert.equal(EXPECTED, output)
    assert.equal(0, status)
  end)

  it("and where the host hides files, the environment and debugging", function()
    local output, status = without_core.run(PROGRAM, { "seam.core", "cjson", "socket", "ffi", "bit" },
      "io, debug, os = nil, nil, { time = os.time, clock = os.clock, date = os.date }")
    assert.equal(EXPECTED, output)
    assert.equal(0, status)
  end)
end)

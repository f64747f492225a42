-- SPDX-License-Identifier: MIT
-- Row 13 of the bar: Svix's own library (npm svix 1.99.1, below it standardwebhooks) and ours sign alike,
-- and nothing that it refuses passes here.

local cjson = require "cjson"
local json_random = require "support.json_random"
local mutants = require "support.webhook_mutants"
local node_package = require "support.node_package"
local webhook = require "seam.webhook.safe"

local SECRET, NOW = mutants.SECRET, mutants.NOW

local function read_all(pipe)
  local text = pipe:read("*a")
  pipe:close()
  return text
end

--- What Svix's library says to { sign = {...}, verify = {...} }.
local function ask_svix(question)
  question.secret, question.now = SECRET, NOW
  local path = os.tmpname()
  local file = assert(io.open(path, "wb"))
  file:write(cjson.encode(question))
  file:close()
  local answer = read_all(io.popen("node spec/contract/run_svix.mjs " .. path .. " 2>&1"))
  os.remove(path)
  return assert(cjson.decode(answer))
end

local PIECES = {
  "a", "Z", "7", " ", "{", "}", '"', "\\", "/", "\n", "\0", "\195\169", "\226\130\172", "\240\159\152\128",
}

local function random_text(random, most)
  local pieces = {}
  for i = 1, random(most) do pieces[i] = PIECES[random(#PIECES)] end
  return table.concat(pieces)
end

describe("#contract row 13: Svix's own library", function()
  local available, reason = node_package.installed("spec/contract", "svix")
  if not available then
    pending("is not here: " .. reason)
    return
  end

  local hook = webhook.new(SECRET, { now = function() return NOW end })

  it("signs as we do", function()
    local random, messages = json_random.source(3), {}
    for i = 1, 300 do
      messages[i] = { id = "msg_" .. i, timestamp = random(2000000000), body = random_text(random, 200) }
    end
    local signatures = ask_svix { sign = messages }.signatures
    assert.equal(#messages, #signatures)
    for i, message in ipairs(messages) do
      assert.equal(signatures[i], hook:sign(message.body, message.id, message.timestamp)["svix-signature"])
    end
  end)

  it("says the same as we do of messages that are old, new, incomplete or unreadable", function()
    local function message(timestamp, changes, body)
      local headers = hook:sign(body or mutants.BODY, mutants.ID, timestamp)
      for name, value in pairs(changes or {}) do headers[name] = value or nil end
      return { body = body or mutants.BODY, headers = headers }
    end
    local right = mutants.SIGNATURE
    local messages = {
      message(NOW), message(NOW - 300), message(NOW - 301), message(NOW + 300), message(NOW + 301),
      message(NOW, { ["svix-id"] = false }), message(NOW, { ["svix-timestamp"] = false }),
      message(NOW, { ["svix-signature"] = false }), message(NOW, { ["svix-id"] = "" }),
      message(NOW, { ["svix-timestamp"] = "soon" }), message(NOW, { ["svix-signature"] = "v1,AAAA" }),
      message(NOW, { ["svix-signature"] = "v2" .. right:sub(3) }), message(NOW, { ["svix-signature"] = right:sub(4) }),
      message(NOW, { ["svix-signature"] = "v1,AAAA  " .. right .. " v3,x" }),
      message(NOW, { ["svix-signature"] = right:sub(1, 20) }),
      message(NOW, { ["SVIX-ID"] = mutants.ID, ["svix-id"] = false }),
      { body = mutants.BODY, headers = { ["webhook-id"] = mutants.ID, ["webhook-timestamp"] = tostring(NOW),
        ["webhook-signature"] = right } },
      message(NOW, {}, ""), message(NOW, {}, "not JSON"),
    }
    local verdicts = ask_svix { verify = messages }.verdicts
    for i, case in ipairs(messages) do
      local event, err = hook:verify(case.body, case.headers)
      local own = event and "taken" or err.name == "SeamInvalidWebhookPayloadError" and "SyntaxError" or err.message
      assert.equal(verdicts[i], own, "message " .. i)
    end
  end)

  it("refuses every changed message that we refuse, but for timestamps and signatures it reads in part", function()
    local random, messages = json_random.source(11), {}
    for i = 1, 3000 do
      local body, headers = mutants.next(random, 128)
      messages[i] = { body = body, headers = headers }
    end
    local verdicts = ask_svix { verify = messages }.verdicts
    assert.equal(#messages, #verdicts)
    for i, case in ipairs(messages) do
      assert.is_nil((hook:verify(case.body, case.headers)))
      local read_in_part = not case.headers["svix-timestamp"]:find("^[1-9]%d*$")
        or case.headers["svix-signature"]:find(",.*,")
      if not read_in_part then assert.is_not.equal("taken", verdicts[i], cjson.encode(case)) end
    end
  end)
end)

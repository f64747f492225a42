-- SPDX-License-Identifier: MIT
-- Wrong versions of the Lua runtime, each of which some spec must refuse (row 32 of the bar); see
-- core.lua beside this file.

local LAW = "spec/reliability/retry_law_spec.lua"

return {
  {
    says = "a write goes again after a 500",
    file = "lua/seam/retry.lua",
    edits = { { "return err.status_code == 429 and rate_limited_writes == true", "return err.status_code == 500" } },
    specs = LAW,
  },
  {
    says = "a write with an unknown outcome goes again",
    file = "lua/seam/retry.lua",
    edits = { { 'err.outcome == "not_sent" then', 'err.outcome ~= "rejected" then' } },
    specs = LAW,
  },
  {
    says = "a transport that does not know counts as never sent",
    file = "lua/seam/protocol.lua",
    edits = { { "failure.sent == false and", "not failure.sent and" } },
    specs = "spec/seam/protocol_spec.lua",
  },
  {
    says = "Retry-After is not waited for",
    file = "lua/seam/retry.lua",
    edits = { { "math.max(random * ceiling, retry_after or 0)", "random * ceiling, retry_after" } },
    specs = "spec/seam/retry_spec.lua",
  },
  {
    says = "the purse for retries never empties",
    file = "lua/seam/retry.lua",
    edits = { { "if self.tokens < RETRY_COST then", "if self.tokens < -math.huge then" } },
    specs = "spec/reliability/amplification_spec.lua",
  },
  {
    says = "every attempt has a deadline of its own",
    file = "lua/seam/sender.lua",
    edits = { { "local seconds = state.deadline - state.started", "local seconds = M.timeout_of(context, row, {})" } },
    specs = "spec/seam/sender_spec.lua",
  },
  {
    says = "a door may take as long as a list",
    file = "lua/seam/sender.lua",
    edits = { { "if row.moves_door then", "if row.moves_doors then" } },
    specs = "spec/seam/sender_spec.lua",
  },
  {
    says = "a server's words are not searched for the key",
    file = "lua/seam/sender.lua",
    edits = { { "    extra = masking.error(extra, context.config.credentials)\n", "" } },
    specs = "spec/seam/masking_spec.lua spec/seam/client_spec.lua spec/seam/hooks_spec.lua",
  },
  {
    says = "a status the SDK does not know counts as success",
    file = "lua/seam/attempt_poll.lua",
    edits = { {
      'if attempt.status == "success" then',
      'if attempt.status ~= "pending" and attempt.status ~= "error" then',
    } },
    specs = "spec/seam/action_attempt_spec.lua",
  },
  {
    says = "a message of just the tolerated age is too old",
    file = "lua/seam/webhook/verifier.lua",
    edits = { { "if age > self.tolerance then", "if age >= self.tolerance then" } },
    specs = "spec/seam/webhook_spec.lua",
  },
  {
    says = "a timestamp is whatever Lua reads as a number",
    file = "lua/seam/webhook/verifier.lua",
    edits = { { [[timestamp:find("^[1-9]%d*$") or timestamp == "0"]], "tonumber(timestamp)" } },
    specs = "spec/seam/webhook_spec.lua",
  },
  {
    says = "a signature of any version will do",
    file = "lua/seam/webhook/signature.lua",
    edits = { { '(same and version == "v1")', "(same and version ~= nil)" } },
    specs = "spec/seam/webhook_spec.lua",
  },
  {
    says = "a list of bare values is an answer",
    file = "lua/seam/protocol.lua",
    edits = { { "    or #value > 0 then", "    then" } },
    specs = "spec/seam/protocol_spec.lua",
  },
  {
    says = "names in a query are sorted by their bytes",
    file = "lua/seam/query/serializer.lua",
    edits = { { [[(name:gsub("[\238\239]", { ["\238"] = "\254", ["\239"] = "\255" }))]], "name" } },
    specs = "spec/seam/query_spec.lua",
  },
  {
    says = "a door-opening endpoint counts as a question",
    file = "lua/seam/api/locks.lua",
    edits = { { 'path = "/locks/unlock_door",', 'path = "/locks/unlock_door", reads = true,' } },
    specs = LAW,
  },
}

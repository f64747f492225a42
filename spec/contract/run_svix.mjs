// SPDX-License-Identifier: MIT
// Svix's own library for svix_spec.lua: reads the path of a JSON file with { secret, now, sign, verify },
// prints what it signs and which messages it takes.
import { readFileSync } from "node:fs"
import { Webhook } from "svix"

const { secret, now, sign = [], verify = [] } = JSON.parse(readFileSync(process.argv[2], "utf8"))
Date.now = () => now * 1000
const webhook = new Webhook(secret)

const verdict = ({ body, headers }) => {
  try {
    webhook.verify(body, headers)
    return "taken"
  } catch (error) {
    return error.name === "WebhookVerificationError" ? error.message : error.name
  }
}

console.log(
  JSON.stringify({
    signatures: sign.map(({ id, timestamp, body }) => webhook.sign(id, new Date(timestamp * 1000), body)),
    verdicts: verify.map(verdict),
  }),
)

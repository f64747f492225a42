-- SPDX-License-Identifier: MIT
-- Faults of row 4: nobody answers, or only to hang up. `port` is the kind of port that the client
-- calls; it is put right before the next call.
return {
  { name = "connection refused", port = "refused", code = "connect", outcome = "not_sent" },
  { name = "accepted, then FIN", at_connect = { { fin = true } }, code = "closed",
    outcome = { unknown = true, not_sent = true } },
  { name = "accepted, then RST", at_connect = { { rst = true } }, code = { closed = true, connect = true },
    outcome = { unknown = true, not_sent = true } },
  { name = "backlog full", port = "full", code = "timeout", outcome = "not_sent", slow = true },
  { name = "never accepted", port = "deaf", code = "timeout", slow = true },
}

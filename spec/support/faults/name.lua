-- SPDX-License-Identifier: MIT
-- Faults of row 4 that the resolver's preload makes: the first question for a name fails.
return {
  { name = "name not found", host = "missing-%d.fault.test", code = "dns", outcome = "not_sent" },
  { name = "resolver says try again", host = "again-%d.fault.test", code = "dns", outcome = "not_sent" },
  { name = "resolver stuck for 3 s", host = "stuck-3000-%d.fault.test", code = "timeout", outcome = "not_sent",
    slow = true },
}

-- SPDX-License-Identifier: MIT
-- The singular name of what stands under a response key. Rule: the name of the documented resource,
-- without `unmanaged_`: an unmanaged thing answers to the id and the key of the managed one.
-- Here: the response keys under which something else stands.

return {
  by_key = {
    -- Resources of several kinds, as lists by kind.
    batch = "batch",
    -- The document says access_code, the answer is a code and its device: none exists yet, so there
    -- is no id to take.
    generated_code = "generated_code",
  },
}

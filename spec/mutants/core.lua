-- SPDX-License-Identifier: MIT
-- Wrong versions of the C core, each of which some spec must refuse (row 32 of the bar). `edits` are
-- pairs of what stands in the file, exactly once, and what a careless hand might write.

local TRANSFER, RESEND = "spec/core/transfer_spec.lua", "spec/core/resend_spec.lua"

return {
  {
    says = "libcurl may send a write again on a new connection",
    file = "src/transfer.c",
    edits = {
      { "if (!again) return", "if (again || !again) return" },
      { "return CURL_SEEKFUNC_FAIL;", "return CURL_SEEKFUNC_OK;" },
    },
    specs = RESEND,
  },
  {
    says = "a write without a body uses a connection that others used before it",
    file = "src/transfer.c",
    edits = {
      { "return request->body.bytes == NULL; /* one guard is no guard */", "return 0;" },
      { "if (!again) return", "if (again || !again) return" },
    },
    specs = RESEND,
  },
  {
    says = "a failed write counts as never sent",
    file = "src/transfer.c",
    edits = {
      { "if (transfer->body_asked_for) return 1;", "if (transfer->body_asked_for) return 0;" },
      { "!= CURLE_OK || size > 0;", "!= CURLE_OK;" },
    },
    specs = TRANSFER,
  },
  {
    says = "a redirect is followed",
    file = "src/options.c",
    edits = { { "CURLOPT_FOLLOWLOCATION, 0L", "CURLOPT_FOLLOWLOCATION, 1L" } },
    specs = TRANSFER,
  },
  {
    says = "a folded first line is followed into freed memory",
    file = "src/options.c",
    edits = { { "version >= 0x075300 && version < 0x080100", "0" } },
    specs = TRANSFER,
  },
  {
    says = "a server that closes an idle connection wakes a loop for ever",
    file = "src/pool.c",
    edits = { { "seam_events_calm(&pool->events);", "" } },
    specs = "spec/core/descriptor_spec.lua",
  },
  {
    says = "a body of just the cap is refused",
    file = "src/transfer.c",
    edits = { { "if (length > transfer->max_body - ", "if (length >= transfer->max_body - " } },
    specs = TRANSFER,
  },
  {
    says = "the cap does not count what gunzip makes",
    file = "src/transfer.c",
    edits = { {
      "if (length > transfer->max_body - ",
      "if (!transfer->headers.encoded && length > transfer->max_body - ",
    } },
    specs = TRANSFER,
  },
  {
    says = "a response that ends within its headers is an answer",
    file = "src/transfer.c",
    edits = { { "if (!transfer->headers.complete) {", "if (transfer->status == 0) {" } },
    specs = TRANSFER,
  },
  {
    says = "of two lengths the last one wins",
    file = "src/headers.c",
    edits = { { "if (headers->length >= 0 && headers->length != parsed) return SEAM_HEADERS_BAD_LENGTH;", "" } },
    specs = TRANSFER,
  },
  {
    says = "the environment names a proxy",
    file = "src/transfer.c",
    edits = { { 'request->proxy.bytes == NULL ? "" : request->proxy.bytes', "request->proxy.bytes" } },
    specs = "spec/core/isolation_spec.lua",
  },
  {
    says = "a certificate for another name is accepted",
    file = "src/options.c",
    edits = { { "CURLOPT_SSL_VERIFYHOST, 2L", "CURLOPT_SSL_VERIFYHOST, 0L" } },
    specs = "spec/core/tls_spec.lua",
  },
  {
    says = "anybody's certificate is accepted",
    file = "src/options.c",
    edits = { { "CURLOPT_SSL_VERIFYPEER, 1L", "CURLOPT_SSL_VERIFYPEER, 0L" } },
    specs = "spec/core/tls_spec.lua",
  },
  {
    says = "a forked child uses its parent's connections",
    file = "src/pool.c",
    edits = { { "if (pool->owner == here) return;", "if (pool->owner != 0) return;" } },
    specs = "spec/core/fork_spec.lua",
  },
  {
    says = "a header may carry a line break",
    file = "src/request.c",
    edits = { { "if (!is_printable(line, length, 0x20)) {", "if (!is_printable(line, length, 0x0a)) {" } },
    specs = "spec/core/request_spec.lua",
  },
  {
    says = "a queued request outlives its deadline",
    file = "src/queue.c",
    edits = { { "if (transfer->deadline <= now) return", "if (transfer->deadline <= 0) return" } },
    specs = "spec/core/pool_spec.lua",
  },
  {
    says = "two texts are equal when the shorter one begins the longer",
    file = "src/digest.c",
    edits = { {
      "return a_length == b_length && CRYPTO_memcmp(a, b, a_length) == 0;",
      "return CRYPTO_memcmp(a, b, a_length < b_length ? a_length : b_length) == 0;",
    } },
    specs = "spec/core/digest_spec.lua",
  },
  {
    says = "a host has as many connections at once as there are requests",
    file = "src/queue.c",
    edits = { { "host->running < room(queue, host)", "host->running < 100000 + room(queue, host)" } },
    specs = "spec/core/pool_spec.lua",
  },
  {
    says = "results wait without a sign to whoever watches",
    file = "src/pool.c",
    edits = { { "int ring = pool->done.first != NULL || has_startable(pool);", "int ring = has_startable(pool);" } },
    specs = "spec/core/descriptor_spec.lua",
  },
  {
    says = "a forked child rings its parent's bell",
    file = "src/pool.c",
    edits = { {
      "if (pool->events.bell < 0 || pool->owner != seam_process_id()) return;", "if (pool->events.bell < 0) return;",
    }, {
      "if (pool->owner != 0) disown_all(pool);", "",
    } },
    specs = "spec/core/fork_spec.lua",
  },
  {
    says = "a child keeps its parent's id",
    file = "src/process.c",
    edits = { { "madvise(page, size, MADV_WIPEONFORK)", "madvise(page, size, MADV_NORMAL)" } },
    specs = "spec/core/fork_spec.lua",
  },
}

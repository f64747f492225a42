#!/usr/bin/env bash
# Row 16 over TLS: every allocation of libcurl, of our own C and of OpenSSL fails in a call with a
# handshake: the right result or a typed error, the next call right, no write sent twice. (Plain HTTP is
# swept by spec/reliability/allocation_spec.lua.)
# shellcheck source=tools/soak.d/lib.sh
. "$(dirname "$0")/lib.sh"
need gcc lua5.4 openssl
on_lua lua5.4 -e 'require "ssl"' 2>/dev/null || skip "lua-sec is not installed"

on_lua lua5.4 tools/soak.d/tls_sweep.lua "$seconds" | tee "$folder/sweeps.txt"
found=$(sed -n 's/^total //p' "$folder/sweeps.txt")
[ -n "$found" ] || fail "$(tail -n 1 "$folder/sweeps.txt")"
pass "$found, each the right result or a typed error, no write sent twice"

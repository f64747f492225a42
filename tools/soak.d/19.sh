#!/usr/bin/env bash
# Row 19: the specs on Lua 5.4 under valgrind's memcheck: 0 errors, 0 bytes lost in any way, no
# suppressions; a core with a leak must be seen. The core's specs come first; what does not fit in
# the time is counted and named.
# shellcheck source=tools/soak.d/lib.sh
. "$(dirname "$0")/lib.sh"
need valgrind lua5.4 busted

# Left out: what runs no code of the core; what measures instructions, memory or a sanitized
# program, which valgrind would be measured with; a million webhooks; few descriptors, of which
# valgrind needs some itself; and fork, whose children leave the parent's handles alone, not even
# freeing them.
aside='_cost_|constant_time|bombs|sanitize|alloc|planted|close_order|mutants|reliability/webhooks|fork|unload|signals|descriptors|reliability/(soak|structure|deadline)'

export SOAK_END=$(($(date +%s) + seconds - 20))
export SEAM_TEST_DOCUMENTS=200

# shellcheck disable=SC2317 # called by xargs
run_one() { # spec
  local name left
  name=${1//\//-}
  left=$((SOAK_END - $(date +%s)))
  [ "$left" -gt 5 ] || { echo "late 0 $1"; return; }
  timeout -s KILL $((left < 240 ? left : 240)) env LUA_PATH="lua/?.lua;lua/?/init.lua;spec/?.lua;;" LUA_CPATH="${BUILD:-build}/lua/5.4/?.so;;" \
    valgrind --quiet --error-exitcode=99 --leak-check=full --num-callers=30 \
    --show-leak-kinds=definite,indirect,possible --errors-for-leak-kinds=definite,indirect,possible \
    --log-file="$SOAK_FOLDER/$name.%p.memcheck" \
    lua5.4 "$(command -v busted)" --ignore-lua -o plainTerminal "$1" >"$SOAK_FOLDER/$name.busted" 2>&1 </dev/null
  echo "ran $? $1"
}
export -f run_one

plant_leak
verdict=$(BUILD=$planted SOAK_FOLDER=$planted run_one spec/core/lifetime_spec.lua)
[ "${verdict:0:6}" = "ran 99" ] || fail "the planted leak was not seen: $verdict"

{
  tools/core-specs
  find spec/reliability -name '*_spec.lua' | sort
} | awk '!seen[$0]++' | grep -vE "$aside" | xargs -P 2 -I{} bash -c 'run_one {}' >"$folder/runs.txt"

runs=$(grep -c '^ran' "$folder/runs.txt")
cut_short=$(grep -cE '^(late|ran 124|ran 137)' "$folder/runs.txt")
grep -E '^(late|ran 124|ran 137)' "$folder/runs.txt" | sed 's/^/no time: /'
errors=0
for log in "$folder"/*.memcheck; do
  [ -s "$log" ] || continue
  errors=$((errors + 1))
  echo "== $log"
  cat "$log"
done
slow=0
while read -r _ status spec; do
  case "$status" in 0 | 99 | 124 | 137) continue ;; esac
  slow=$((slow + 1))
  echo "== $spec: status $status"
  tail -n 30 "$folder/${spec//\//-}.busted"
done < <(grep '^ran' "$folder/runs.txt")

successes=$(cat "$folder"/*.busted | grep -aoE '^[0-9]+ success' | awk '{ n += $1 } END { print n + 0 }')
figure="a planted leak seen; $successes specs in $runs files, $errors reports of memcheck, $slow files failing, $cut_short without time"
[ "$runs" -gt 0 ] && [ "$errors" -eq 0 ] && [ "$slow" -eq 0 ] && pass "$figure"
fail "$figure"

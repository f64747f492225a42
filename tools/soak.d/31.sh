#!/usr/bin/env bash
# Row 31: what the specs run on Lua 5.4, allocation sweeps included: lines of C 100%, branches of C at
# least 95%, lines of Lua at least 98% (generated rows apart). The table names what never ran. For
# this the copy's sweeps go without sanitizers, whose checks would count as branches, and a forked
# child that ends at once says first what it ran. Specs that judge the built file are left out.
# shellcheck source=tools/soak.d/lib.sh
. "$(dirname "$0")/lib.sh"
need gcov lua5.4 luac5.4 busted

tree=$folder/tree
copy_tree "$tree"
sed -i -e '/^set(sanitizers/c set(sanitizers "")' -e 's/ -g -O1 / -g -O0 /' "$tree/spec/c/CMakeLists.txt"
sed -i 's/ _exit(/ exit(/' "$tree/spec/support/process.c"
export CFLAGS="--coverage -fprofile-update=atomic"
build_tree "$tree" 5.4 -DCMAKE_BUILD_TYPE=Debug || fail "the core does not build with coverage"
counter=$PWD/tools/soak.d/count_lines.lua
export LINES_FILE=$folder/lines.txt
: >"$LINES_FILE"

# Each file of specs in a process of its own, without those that run long and nothing new; what has
# no time left is named.
runs=0
late=0
for room in core seam reliability sandbox api; do
  while read -r spec; do
    if [ "$(left)" -lt 20 ]; then
      late=$((late + 1))
      echo "no time: $spec"
      continue
    fi
    (cd "$tree" && LUA_INIT="@$counter" timeout -k 5 100 tools/with-lua lua5.4 busted \
      -o plainTerminal "$spec") >"$folder/run.txt" 2>&1 ||
      { echo "== $spec failed or took over 100 s"; tail -n 5 "$folder/run.txt"; }
    runs=$((runs + 1))
  done < <(cd "$tree" && find "spec/$room" -name '*_spec.lua' | grep -vE 'amplification|mutants|sandbox/docs|structure|constant_time|unload|generated|reliability/(soak|webhooks)' | sort)
done

mkdir -p "$folder/gcov"
number=0
while read -r data; do
  number=$((number + 1))
  (cd "$(dirname "$data")" && gcov --json-format --stdout --branch-probabilities "$(basename "$data")") \
    >"$folder/gcov/$number.json" 2>/dev/null
done < <(find "$tree/build" -name '*.gcda' | grep -v planted | grep -E 'seam-plain|seam-core|starving')
find "$folder/gcov" -type f -size -3c -delete

line=$(on_lua lua5.4 tools/soak.d/coverage.lua "$tree" "$folder/gcov" "$LINES_FILE" "$folder/table.txt")
read -r _ c _ branches _ lua <<<"$line"
figure="C lines $c%, C branches $branches%, Lua lines $lua%; $runs spec files, $late without time"
awk "BEGIN { exit !(${c:-0} >= 100 && ${branches:-0} >= 95 && ${lua:-0} >= 98) }" && pass "$figure"
fail "$figure"

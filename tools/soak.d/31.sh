#!/usr/bin/env bash
# Row 31: what the specs run on Lua 5.4, sweeps of failures included: lines of C 100%, branches of C at
# least 95%, lines of Lua at least 98% (generated rows apart). What of the C never runs must have a reason
# in 31.reasons, and a reason its line of C; the table names the rest. For this the copy's sweeps go
# without sanitizers, whose checks would count as branches, and a forked child that ends at once says
# first what it ran. Specs that judge the built file are left out.
# shellcheck source=tools/soak.d/lib.sh
. "$(dirname "$0")/lib.sh"
need gcc gcov lua5.4 luac5.4 busted

tree=$folder/tree
copy_tree "$tree"
sed -i -e '/^set(sanitizers/c set(sanitizers "")' -e 's/ -g -O1 / -g -O0 /' "$tree/spec/c/CMakeLists.txt"
sed -i 's/ _exit(/ exit(/' "$tree/spec/support/process.c"
export CFLAGS="--coverage -fprofile-update=atomic"
build_tree "$tree" 5.4 -DCMAKE_BUILD_TYPE=Debug || fail "the core does not build with coverage"
mapfile -t preloads < <(cd "$tree/spec/c" && ls ./*_preload.c)
preloads=("${preloads[@]#./}")
cmake --build "$tree/build" --target "${preloads[@]%.c}" >"$folder/preloads.txt" 2>&1 ||
  fail "what is preloaded does not build"
lua_headers=$(sed -n 's/^C_INCLUDES.*-isystem //p' "$tree/build/CMakeFiles/seam-core-5.4.dir/flags.make")
gcc -std=c99 -D_GNU_SOURCE -O2 -shared -fPIC -I"$lua_headers" tools/soak.d/count_lines.c \
  -o "$folder/count_lines.so" || fail "the counter of lines does not build"
counter="package.loadlib('$folder/count_lines.so', 'luaopen_count_lines')()"
export LINES_FILE=$folder/lines.txt
: >"$LINES_FILE"

cmake --build "$tree/build" --target seam-mqtt-5.4 >"$folder/mqtt.txt" 2>&1 ||
  echo "without libmosquitto: most of lua/seam/mqtt does not run"
# Programs of spec/c are built first: two files of specs that build one at once would disturb each other.
sed -i 's/ _exit(/ exit(/' "$tree/spec/c/engine_calls.c"
(cd "$tree" && cmake -S spec/c -B build/c-programs && cmake --build build/c-programs --parallel 2 \
  --target engine_calls pieces host-5.4 starving_host-5.4 serve) >"$folder/programs.txt" 2>&1 ||
  fail "the programs of spec/c do not build"

# Files of specs, each in a process of its own; what has no time left is named.
run_specs() { # name of the lane; the input names the files
  local spec started
  while read -r spec; do
    if [ "$(left)" -lt 20 ]; then
      echo "$spec" >>"$folder/late.txt"
      continue
    fi
    started=$SECONDS
    (cd "$tree" && LUA_INIT="$counter" timeout -k 5 100 tools/with-lua lua5.4 busted \
      -o plainTerminal "$spec") >"$folder/run-$1.txt" 2>&1 </dev/null ||
      { echo "== $spec failed or took over 100 s"; tail -n 12 "$folder/run-$1.txt"; }
    echo "$((SECONDS - started)) $spec" >>"$folder/times.txt"
  done
}

# Two at a time, quick ones first, without those that run long and nothing new.
: >"$folder/late.txt"
: >"$folder/times.txt"
aside='spec/(docs|examples|nginx)|amplification|mutants|sandbox/docs|structure|core/mqtt|constant_time|unload|generated'
aside+='|reliability/(soak|webhooks)'
specs_of() { # folders
  (cd "$tree" && for under in "$@"; do find "$under" -name '*_spec.lua' | sort; done | grep -vE "$aside")
}
{
  timeout -k 5 60 "$tree/build/c-programs/engine_calls" 4 200 >"$folder/engine.txt" 2>&1 ||
    { echo "== engine_calls failed"; tail -n 5 "$folder/engine.txt"; }
  specs_of spec/core spec/reliability | run_specs core
} >"$folder/lane-core.txt" &
specs_of spec/seam spec/hosts spec/api spec/sandbox spec/loop spec/contract | run_specs seam >"$folder/lane-seam.txt" &
wait
cat "$folder"/lane-*.txt
sed 's/^/no time: /' "$folder/late.txt"
echo "not counted: lua/seam/transport/nginx/*, which nginx alone runs, and src/mqtt/*.c"
runs=$(wc -l <"$folder/times.txt")
late=$(wc -l <"$folder/late.txt")

mkdir -p "$folder/gcov"
number=0
while read -r data; do
  number=$((number + 1))
  (cd "$(dirname "$data")" && gcov --json-format --stdout --branch-probabilities "$(basename "$data")") \
    >"$folder/gcov/$number.json" 2>/dev/null
done < <(find "$tree/build" -name '*.gcda' | grep -v planted | grep -E 'seam-plain|seam-core|seam-process|starving|pieces|engine_calls')
find "$folder/gcov" -type f -size -3c -delete

line=$(on_lua lua5.4 tools/soak.d/coverage.lua "$tree" "$folder/gcov" "$LINES_FILE" "$folder/table.txt" \
  tools/soak.d/31.reasons)
echo "$line"
read -r _ c _ c_all c_why _ _ ways _ ways_all ways_why _ _ lua _ lua_all _ open _ stale <<<"${line//[,;]/}"
percent() { awk "BEGIN { printf \"%.2f\", int($1 * 10000 / ${2:-1}) / 100 }"; }
figure="C lines $(percent "$c" "$c_all")% ($c of $c_all, $c_why more with a reason), C branches $(percent "$ways" "$ways_all")%"
figure+=" ($ways of $ways_all, $ways_why more with a reason), $open places without a reason, $stale reasons without a place,"
figure+=" Lua lines $(percent "$lua" "$lua_all")%; $runs spec files, $late without time"
[ -n "$line" ] && [ $((c + c_why)) -eq "$c_all" ] && [ $((ways * 100)) -ge $((ways_all * 95)) ] &&
  [ "$open" -eq 0 ] && [ "$stale" -eq 0 ] && [ $((lua * 100)) -ge $((lua_all * 98)) ] && pass "$figure"
fail "$figure"

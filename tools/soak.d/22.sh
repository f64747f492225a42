#!/usr/bin/env bash
# Row 22: five fuzzers with ASan and UBSan, two at a time in an equal share of the time (webhook
# headers, response bytes, JSON to objects, params to JSON, URL and query): 0 findings. The goal of
# 10^7 runs each (response bytes 10^6) is told beside what was reached. A planted bug must be found.
# shellcheck source=tools/soak.d/lib.sh
. "$(dirname "$0")/lib.sh"
need clang cmake

targets=(response webhook json params query)
export LUA_PATH="lua/?.lua;lua/?/init.lua;spec/?.lua;;"
# libFuzzer would look for leaks after each run, as a Lua state grows; ASan does so at the end.
options=(-detect_leaks=0 -max_len=2048 -timeout=10 -rss_limit_mb=2500 -print_final_stats=1 -verbosity=1)

build_fuzzers() { # tree, build folder, targets
  local tree=$1 build=$2
  shift 2
  { cmake -S "$tree/spec/c" -B "$build" -DCMAKE_C_COMPILER=clang &&
    cmake --build "$build" --parallel 2 --target "$@"; } >"$folder/build.txt" 2>&1 ||
    { cat "$folder/build.txt"; fail "the fuzzers do not build"; }
}

fuzz() { # build folder, target, seconds
  local found=$folder/found/$2
  mkdir -p "$found"
  timeout -k 5 $(($3 + 40)) "$1/fuzz_$2" "${options[@]}" -max_total_time="$3" \
    -artifact_prefix="$folder/$2-" "$found" "spec/c/corpus/$2" >"$folder/$2.txt" 2>&1
  echo $? >"$folder/$2.status"
}

build_fuzzers "$PWD" "$folder/build" "${targets[@]/#/fuzz_}"

# The plant: a depth of nesting that is counted one short. Found at once by the JSON target's oracle.
copy_tree "$folder/tree"
on_lua lua5.4 tools/soak.d/plant.lua "$folder/tree/src/ljson.c" 'if (d->depth == 0) return' 'if (d->depth == 1) return' ||
  fail "the place for the plant is gone"
build_fuzzers "$folder/tree" "$folder/planted" fuzz_json
fuzz "$folder/planted" json 20
planted=$(cat "$folder/json.status")
rm -rf "$folder/found" "$folder"/json*

share=$((($(left) - 20) * 2 / ${#targets[@]}))
[ "$share" -gt 5 ] || fail "no time left after building"
running=0
for target in "${targets[@]}"; do
  fuzz "$folder/build" "$target" "$share" &
  running=$((running + 1))
  if [ "$running" -ge 2 ]; then
    wait -n
    running=$((running - 1))
  fi
done
wait

figures=()
findings=0
for target in "${targets[@]}"; do
  runs=$(awk '/stat::number_of_executed_units/ { print $2 }' "$folder/$target.txt")
  goal=10000000
  [ "$target" = response ] && goal=1000000
  figures+=("$target ${runs:-0} of $goal,")
  if [ "$(cat "$folder/$target.status")" -ne 0 ]; then
    findings=$((findings + 1))
    echo "== $target"
    grep -aE 'broken|ERROR|SUMMARY' "$folder/$target.txt"
    ls "$folder/$target"-* 2>/dev/null
  fi
done
figure="$findings findings; runs: ${figures[*]} $share s each; planted bug found: $([ "$planted" -ne 0 ] && echo yes || echo no)"
[ "$findings" -eq 0 ] && [ "$planted" -ne 0 ] && pass "$figure"
fail "$figure"

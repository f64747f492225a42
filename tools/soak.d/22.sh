#!/usr/bin/env bash
# Row 22: five fuzzers with ASan and UBSan, two at a time (webhook headers, response bytes, JSON to
# objects, params to JSON, URL and query): 0 findings. Each runs until it has reached its goal of 10^7
# runs (response bytes 10^6) or used up its part of the time; what was reached is told beside the goal.
# SOAK_MINUTES=180 tools/soak 22 gives it half an hour. A planted bug must be found.
# shellcheck source=tools/soak.d/lib.sh
. "$(dirname "$0")/lib.sh"
need clang cmake

targets=(params query webhook json response)
# Each core has a lane: the targets of a lane share its time by what a run of theirs costs. Long inputs
# show nothing that short ones do not, but for JSON's nesting and an answer's headers.
lanes=("params json" "query webhook response")
declare -A goal=([params]=10000000 [query]=10000000 [webhook]=10000000 [json]=10000000 [response]=1000000)
declare -A weight=([params]=45 [json]=15 [query]=45 [webhook]=30 [response]=13)
declare -A longest=([params]=96 [query]=96 [webhook]=256 [json]=1024 [response]=2048)
export LUA_PATH="lua/?.lua;lua/?/init.lua;spec/?.lua;;"
# libFuzzer would look for leaks after each run, as a Lua state grows; ASan does so at the end.
options=(-detect_leaks=0 -timeout=10 -rss_limit_mb=2500 -print_final_stats=1 -verbosity=1)

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
  timeout -k 5 $(($3 + 40)) "$1/fuzz_$2" "${options[@]}" -max_len="${longest[$2]}" -runs="${goal[$2]}" \
    -max_total_time="$3" -artifact_prefix="$folder/$2-" "$found" "spec/c/corpus/$2" >"$folder/$2.txt" 2>&1
  echo $? >"$folder/$2.status"
}

run_lane() { # targets
  local target sum=0
  for target in "$@"; do sum=$((sum + weight[$target])); done
  for target in "$@"; do
    fuzz "$folder/build" "$target" $((($(left) - 20) * weight[$target] / sum))
    sum=$((sum - weight[$target]))
  done
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

[ "$(left)" -gt 40 ] || fail "no time left after building"
started=$SECONDS
for lane in "${lanes[@]}"; do
  read -ra members <<<"$lane"
  run_lane "${members[@]}" &
done
wait

figures=()
findings=0
for target in "${targets[@]}"; do
  runs=$(awk '/stat::number_of_executed_units/ { print $2 }' "$folder/$target.txt")
  spent=$(sed -n 's/^Done [0-9]* runs in \([0-9]*\) second.*/\1/p' "$folder/$target.txt")
  figures+=("$target ${runs:-0} of ${goal[$target]} in ${spent:-?} s,")
  if [ "$(cat "$folder/$target.status")" -ne 0 ]; then
    findings=$((findings + 1))
    echo "== $target"
    grep -aE 'broken|ERROR|SUMMARY' "$folder/$target.txt"
    ls "$folder/$target"-* 2>/dev/null
  fi
done
figure="$findings findings; runs: ${figures[*]} two at a time in $((SECONDS - started)) s; planted bug found: $([ "$planted" -ne 0 ] && echo yes || echo no)"
[ "$findings" -eq 0 ] && [ "$planted" -ne 0 ] && pass "$figure"
fail "$figure"

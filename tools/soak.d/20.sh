#!/usr/bin/env bash
# Row 20: the specs on a Lua 5.4 built from Debian's source with every API call checked and the stack
# moved at each chance, then single calls with a full collection at each chance as well: 0 assertions.
# A core that asks for no stack must be seen.
# shellcheck source=tools/soak.d/lib.sh
. "$(dirname "$0")/lib.sh"
need gcc lua5.4 busted dpkg-source apt-get

# deb-src is in nobody's lists by default: a list, and lists of packages, of this row alone.
get_source() {
  local keyring=/usr/share/keyrings/debian-archive-keyring.gpg code_name archive
  code_name=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
  mkdir -p "$folder/apt/lists/partial" "$folder/apt/cache/archives/partial" "$folder/source"
  # The archive this machine takes its packages from has the sources too.
  # shellcheck disable=SC2016
  archive=$(apt-get indextargets --format '$(SITE)' "Codename: $code_name" 'Created-By: Packages' | head -n 1)
  [ -n "$archive" ] || return 1
  echo "deb-src [signed-by=$keyring] $archive $code_name main" >"$folder/apt/sources.list"
  local options=(-q -o "Dir::Etc::sourcelist=$folder/apt/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o "Dir::State::lists=$folder/apt/lists" -o "Dir::Cache=$folder/apt/cache")
  timeout 90 apt-get "${options[@]}" update &&
    (cd "$folder/source" && timeout 60 apt-get "${options[@]}" source lua5.4)
}

get_source >"$folder/source.txt" 2>&1 || { tail -n 5 "$folder/source.txt"; skip "Debian's source of lua5.4 is not to be had"; }
source=$(find "$folder/source" -name lapi.c -printf '%h\n' | head -n 1)

build_lua() { # folder, options
  local to=$1
  shift
  mkdir -p "$to"
  mapfile -t files < <(find "$source" -maxdepth 1 -name '*.c' ! -name luac.c)
  gcc -std=gnu99 -O1 -g -DLUA_USE_POSIX -DLUA_USE_DLOPEN -DLUA_USE_APICHECK -DLUAI_ASSERT -DHARDSTACKTESTS "$@" \
    -I"$source" -o "$to/lua5.4" "${files[@]}" -Wl,-E -ldl -lm >"$folder/build.txt" 2>&1 ||
    { cat "$folder/build.txt"; fail "Lua does not build"; }
}
build_lua "$folder/checked"
build_lua "$folder/collecting" -DHARDMEMTESTS

assertions=0
late=0
failing=0
export LUA_PATH="lua/?.lua;lua/?/init.lua;spec/?.lua;;"

run_spec() { # spec, seconds, core's build folder
  PATH="$folder/checked:$PATH" LUA_CPATH="$3/lua/5.4/?.so;;" timeout -k 5 "$2" \
    lua5.4 "$(command -v busted)" --ignore-lua -o plainTerminal "$1" >"$folder/run.txt" 2>&1 </dev/null
}

plant src/ljson.c '  ljson_reserve_stack(d->L, chunk + 16);' '  (void)chunk;' 5.4
run_spec spec/core/json_spec.lua 60 "$planted"
planted_status=$?

collected=0
collect() { # what, command
  local what=$1
  shift
  PATH="$folder/collecting:$PATH" LUA_CPATH="build/lua/5.4/?.so;;" timeout -k 5 60 "$@" >"$folder/run.txt" 2>&1 </dev/null
  local status=$?
  collected=$((collected + 1))
  [ "$status" -eq 0 ] && return
  echo "== $what with a collection at each chance: status $status"
  tail -n 5 "$folder/run.txt"
  [ "$status" -eq 134 ] && assertions=$((assertions + 1)) || failing=$((failing + 1))
}
start_server
for kind in get list unlock create delete pages; do
  collect "$kind" lua5.4 tools/soak.d/one_call.lua "$port" "$kind"
done
stop_server

# Left out: what measures time, memory or instructions, or builds programs that have a Lua of their own.
aside='constant_time|bombs|alloc|unload|close_order|signals|mutants|reliability/(webhooks|soak|deadline|descriptors|structure)|docs|amplification'
specs=0
while read -r spec; do
  if [ "$(left)" -lt 10 ]; then
    late=$((late + 1))
    echo "no time: $spec"
    continue
  fi
  run_spec "$spec" 100 "$PWD/build"
  status=$?
  specs=$((specs + 1))
  count=$(grep -aoE '^[0-9]+ success' "$folder/run.txt" | head -n 1)
  successes=$((${successes:-0} + ${count%% *}))
  if grep -aqE 'Assertion .* failed' "$folder/run.txt" || [ "$status" -eq 134 ]; then
    assertions=$((assertions + 1))
  elif [ "$status" -ne 0 ]; then
    failing=$((failing + 1))
  else
    continue
  fi
  echo "== $spec: status $status"
  tail -n 15 "$folder/run.txt"
done < <({ tools/core-specs; find spec/reliability -name '*_spec.lua' | sort; } | awk '!seen[$0]++' | grep -vE "$aside")

figure="$successes specs in $specs files and $collected calls that collect at each chance: $assertions assertions, $failing files failing, $late without time; planted: status $planted_status"
[ "$specs" -gt 0 ] && [ "$assertions" -eq 0 ] && [ "$failing" -eq 0 ] && [ "$planted_status" -eq 134 ] && pass "$figure"
fail "$figure"

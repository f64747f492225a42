# shellcheck shell=bash
# What the rows of tools/soak share. A row's last line is its verdict; each may use SOAK_SECONDS and
# the empty folder SOAK_FOLDER.
# shellcheck disable=SC2034 # what is set here is for the rows
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 2
folder=${SOAK_FOLDER:?run this by tools/soak}
seconds=${SOAK_SECONDS:?run this by tools/soak}

pass() {
  echo "PASS $*"
  exit 0
}

fail() {
  echo "FAIL $*"
  exit 1
}

skip() {
  echo "SKIPPED ($*)"
  exit 0
}

need() { # programs
  local program
  for program in "$@"; do
    command -v "$program" >/dev/null || skip "$program is not installed"
  done
}

# Seconds that are left of the row's time.
left() {
  echo $((seconds - SECONDS))
}

# A copy of what is built and tested, without what was built.
copy_tree() { # to
  mkdir -p "$1"
  tar -cf - --exclude=node_modules CMakeLists.txt seam-scm-1.rockspec API_VERSION cmake src lua spec tools bin bench examples docs hosts types \
    README.md |
    tar -xf - -C "$1"
}

# Builds in $1 for one Lua ("5.4") with cmake's $3...; quiet unless it fails.
build_tree() { # tree, api, cmake options
  local tree=$1 api=$2
  shift 2
  if ! { { [ -f "$tree/build/Makefile" ] || cmake -S "$tree" -B "$tree/build" "$@"; } &&
    cmake --build "$tree/build" --parallel 2 --target "seam-core-$api" "seam-process-$api"; } \
    >"$tree/build.txt" 2>&1; then
    tail -n 30 "$tree/build.txt"
    return 1
  fi
}

# "N successes / ..." of a run of busted that reached its end.
busted_summary() { # file
  grep -aE '^[0-9]+ success(es)? / [0-9]+ failures? / [0-9]+ errors? / [0-9]+ pending' "$1" | tail -n 1
}

# Starts the local server of spec/c, quick enough for any client: sets port; it ends with this shell.
start_server() {
  if ! { cmake -S spec/c -B "$folder/programs" && cmake --build "$folder/programs" --target serve; } \
    >"$folder/serve.txt" 2>&1; then
    cat "$folder/serve.txt"
    fail "the local server does not build"
  fi
  coproc serving { exec "$folder/programs/serve"; }
  read -r _ port <&"${serving[0]}"
}

# Ends it; sets served to what it saw, "requests N connections N open N shared N". Not for a
# subshell: there the server's input would stay open here.
stop_server() {
  local input=${serving[1]}
  exec {input}>&-
  read -r -t 10 served <&"${serving[0]}"
  echo "$served"
}

# A copy of the checkout with one bug: sets planted to its build folder.
plant() { # file, from, to, Lua's API
  copy_tree "$folder/planted"
  on_lua lua5.4 tools/soak.d/plant.lua "$folder/planted/$1" "$2" "$3" || fail "the place for the plant is gone"
  build_tree "$folder/planted" "$4" || fail "the planted core does not build"
  planted=$folder/planted/build
}

# The answer's bytes are never given back.
plant_leak() {
  plant src/transfer.c '  seam_buffer_cleanse(&transfer->body);
  free(transfer);' '  free(transfer);' 5.4
}

# Runs a program with the paths of the checkout, for lua5.4 or luajit; BUILD is where the core is.
on_lua() { # lua, program, arguments
  local lua=$1 api=5.4
  shift
  [ "$lua" = luajit ] && api=5.1
  LUA_PATH="lua/?.lua;lua/?/init.lua;spec/?.lua;;" LUA_CPATH="${BUILD:-build}/lua/$api/?.so;;" \
    "$lua" "$@"
}

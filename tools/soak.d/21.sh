#!/usr/bin/env bash
# Row 21: 8 threads, each with a Lua state and 10,000 calls of its own, under ThreadSanitizer: 0
# races; and nginx's engine with 8 callers that leave at every moment. A core that starts libcurl
# without its lock must be seen, and an engine whose thread reads its mail without.
# shellcheck source=tools/soak.d/lib.sh
. "$(dirname "$0")/lib.sh"
need lua5.4
start_server

build_threads() { # tree
  { cmake -S "$1/spec/c" -B "$1/build-threads" && cmake --build "$1/build-threads" --target threads engine_races; } \
    >"$folder/build.txt" 2>&1 || { cat "$folder/build.txt"; fail "the threads do not build"; }
}

run_threads() { # tree, calls
  LUA_PATH="lua/?.lua;lua/?/init.lua;;" TSAN_OPTIONS="exitcode=66 halt_on_error=0" \
    timeout -k 5 "$(left)" setarch -R "$1/build-threads/threads" "$port" 8 "$2"
}

run_engine() { # tree, calls
  TSAN_OPTIONS="exitcode=66 halt_on_error=0" timeout -k 5 60 setarch -R "$1/build-threads/engine_races" 8 "$2"
}

copy_tree "$folder/tree"
build_threads "$folder/tree"
run_threads "$folder/tree" 10000 >"$folder/run.txt" 2>&1
status=$?
tail -n 100 "$folder/run.txt"
run_engine "$folder/tree" 2000 >"$folder/engine.txt" 2>&1
engine_status=$?
tail -n 50 "$folder/engine.txt"
races=$(grep -c 'WARNING: ThreadSanitizer: data race' "$folder/run.txt")
reports=$(cat "$folder/run.txt" "$folder/engine.txt" | grep -c 'WARNING: ThreadSanitizer')

on_lua lua5.4 tools/soak.d/plant.lua "$folder/tree/src/options.c" 'pthread_once(&once, start);' \
  'if (started != CURLE_OK) start(); (void)once;' || fail "the place for the plant is gone"
on_lua lua5.4 tools/soak.d/plant.lua "$folder/tree/src/engine_jobs.c" 'pthread_mutex_lock(&engine->lock);
  first = engine->mailed;' 'pthread_mutex_trylock(&engine->lock);
  first = engine->mailed;' || fail "the place for the plant in the engine is gone"
build_threads "$folder/tree"
run_engine "$folder/tree" 200 >"$folder/planted-engine.txt" 2>&1
engine_seen=$(grep -c 'WARNING: ThreadSanitizer' "$folder/planted-engine.txt")
run_threads "$folder/tree" 20 >"$folder/planted.txt" 2>&1
seen=$(grep -c 'WARNING: ThreadSanitizer: data race' "$folder/planted.txt")
stop_server

figure="8 threads x 10,000 calls: $races races, $reports reports, exit status $status, server: $served; engine: $(grep -m 1 told "$folder/engine.txt"), exit status $engine_status; planted races reported $seen and $engine_seen times"
[ "$status" -eq 0 ] && [ "$engine_status" -eq 0 ] && [ "$engine_seen" -gt 0 ] && [ "$reports" -eq 0 ] && [ "$seen" -gt 0 ] && pass "$figure"
fail "$figure"

#!/usr/bin/env bash
# Row 23: 1,000,000 calls, then 100,000 of which half meet a fault, against the local server: what a
# client holds must not grow (256 KiB, 0 descriptors, 16 KiB of Lua heap; with faults 512 KiB). On
# Lua 5.4, then with what is left of the time on LuaJIT. A core with a leak must be seen.
# shellcheck source=tools/soak.d/lib.sh
. "$(dirname "$0")/lib.sh"
need lua5.4 luajit
start_server

figures=()
bad=0

soak() { # lua, calls, seconds, mode, most KiB of RSS
  local line count rss fds heap wrong
  line=$(on_lua "$1" tools/soak.d/soak.lua "$port" "$2" "$3" "$4" | tee "$folder/$1-$4.txt" | tail -n 1)
  cat "$folder/$1-$4.txt"
  read -r _ count _ rss _ _ fds _ heap _ _ wrong <<<"$line"
  figures+=("$1 $4: $count calls, RSS $rss KiB, descriptors $fds, heap $heap KiB, $wrong wrong;")
  [ -n "$wrong" ] && [ "$wrong" -eq 0 ] && [ "$rss" -le "$5" ] && [ "$fds" -le 0 ] &&
    [ "${heap%.*}" -le 16 ] || bad=1
}

soak lua5.4 1000000 $((seconds * 50 / 100)) clean 256
soak lua5.4 100000 $((seconds * 12 / 100)) faults 512
soak luajit 1000000 $(($(left) - seconds * 20 / 100)) clean 256
soak luajit 100000 $((seconds * 8 / 100)) faults 512

plant_leak
leaked=$(BUILD=$planted on_lua lua5.4 tools/soak.d/soak.lua "$port" 20000 20 clean | tail -n 1 | cut -d ' ' -f 4)
figures+=("planted leak: $leaked KiB")
[ -n "$leaked" ] && [ "$leaked" -gt 256 ] || bad=1
stop_server
[ "$bad" -eq 0 ] && pass "${figures[*]}"
fail "${figures[*]}"

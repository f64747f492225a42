#!/usr/bin/env bash
# Row 25: nginx with two workers whose requests call the SDK with clients made before the workers, half
# of them blocking, half waiting as nginx does: 20 reloads and 5 killed workers under load. No worker may leave by another signal than ours, and no
# request may fail but those that a killed worker had: at most one for each connection of the load. A
# core that forgets to look at its process id must be seen.
# shellcheck source=tools/soak.d/lib.sh
. "$(dirname "$0")/lib.sh"
need nginx lua5.4 curl

connections=4
modules=/usr/lib/nginx/modules
for module in ndk_http_module ngx_http_lua_module; do
  [ -f "$modules/$module.so" ] || skip "libnginx-mod-http-lua is not installed"
done
start_server
upstream=$port

# Fills spec/nginx/nginx.conf in and starts nginx: sets nginx_pid and served_port.
start_nginx() { # folder, core's build folder
  mkdir -p "$1"
  served_port=$(lua5.4 -e 'print((select(2, require("socket").bind("127.0.0.1", 0):getsockname())))')
  {
    echo "load_module $modules/ndk_http_module.so;"
    echo "load_module $modules/ngx_http_lua_module.so;"
    [ "$(id -u)" -ne 0 ] || echo "user root;"
    sed "s|FOLDER|$1|g; s|ROOT|$PWD|g; s|BUILD|$2|g; s|UPSTREAM|$upstream|g; s|PORT|$served_port|g" \
      spec/nginx/nginx.conf
  } >"$1/nginx.conf"
  nginx -c "$1/nginx.conf" -p "$1" >"$1/start.txt" 2>&1 &
  nginx_pid=$!
  for _ in {1..50}; do
    curl -s -o /dev/null -m 2 "http://127.0.0.1:$served_port/alive" && return
    sleep 0.1
  done
  cat "$1/start.txt" "$1/error.log"
  fail "nginx did not start"
}

stop_nginx() {
  kill -QUIT "$nginx_pid"
  wait "$nginx_pid"
}
trap 'kill -TERM "${nginx_pid:-}" 2>/dev/null' EXIT

# Runs the load; sets requests, ok, lost, wrong.
start_load() { # seconds, paths
  local i path
  loads=()
  for i in $(seq "$connections"); do
    path=$2
    [ $((i % 2)) -eq 0 ] || path=$3
    timeout -k 5 $(($1 + 30)) lua5.4 spec/nginx/load.lua "$served_port" "$1" "$path" >"$folder/load$i.txt" 2>&1 &
    loads+=($!)
  done
}

end_load() {
  wait "${loads[@]}"
  cat "$folder"/load?.txt
  read -r requests ok lost wrong < <(cat "$folder"/load?.txt |
    awk '/^requests/ { n += $2; ok += $4; lost += $6; wrong += $8 } END { print n + 0, ok + 0, lost + 0, wrong + 0 }')
}

plant src/pool.c 'if (pool->owner == here) return;' 'if (pool->owner != 0) return;' 5.1
# The workers meet on the connection once, before it breaks: should they miss each other, again.
for _ in {1..3}; do
  start_nginx "$folder/planted-nginx" "$planted"
  start_load 4 /blocking /blocking
  end_load
  stop_nginx
  planted_wrong=$wrong
  [ "$planted_wrong" -eq 0 ] || break
done

start_nginx "$folder/nginx" "$PWD/build"
period=$((seconds / 3 < 30 ? seconds / 3 : 30))
start_load "$period" /blocking /waiting
pause=$(awk "BEGIN { print ($period - 2) / 25 }")
reloads=0
kills=0
for i in {1..25}; do
  sleep "$pause"
  if [ $((i % 5)) -ne 0 ]; then
    kill -HUP "$nginx_pid" && reloads=$((reloads + 1))
    continue
  fi
  victim=$(pgrep -P "$nginx_pid" | tail -n 1)
  kill -KILL "$victim" && kills=$((kills + 1))
done
end_load
stop_nginx
status=$?
by_signal=$(grep -c 'exited on signal' "$folder/nginx/error.log")
other=$(grep 'exited on signal' "$folder/nginx/error.log" | grep -vc 'signal 9')
left_well=$(grep -c 'exited with code 0' "$folder/nginx/error.log")
grep -E '\[(alert|error|crit)\]' "$folder/nginx/error.log" | head -n 20
stop_server

figure="$requests requests, $ok ok, $lost lost, $wrong wrong; $reloads reloads, $kills kills; $left_well workers left with code 0, $by_signal by a signal, $other of them not by ours; planted shared connection: $planted_wrong wrong"
[ "$wrong" -eq 0 ] && [ "$other" -eq 0 ] && [ "$reloads" -eq 20 ] && [ "$kills" -eq 5 ] &&
  [ "$lost" -le $((connections * kills)) ] && [ "$ok" -ge 15000 ] && [ "$status" -eq 0 ] &&
  [ "$planted_wrong" -gt 0 ] && pass "$figure"
fail "$figure"

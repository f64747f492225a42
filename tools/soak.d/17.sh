#!/usr/bin/env bash
# Row 17: 14 system calls x 8 errors x the first 4 times = 448 runs for each kind of call, one failure
# each, by strace: 0 crashes, 0 hangs, a value or a typed error, a client that works afterwards, and
# no write sent twice. SOAK_KINDS="unlock" is the quick form. A core that lets libcurl repeat writes
# must be seen.
# shellcheck source=tools/soak.d/lib.sh
. "$(dirname "$0")/lib.sh"
need strace lua5.4
strace -qq -o /dev/null true || skip "strace may not trace here"

read -ra kinds <<<"${SOAK_KINDS:-unlock get create delete list pages}"
calls=(socket connect sendto recvfrom epoll_create1 epoll_ctl epoll_wait fcntl setsockopt getsockopt getsockname getpeername socketpair close)
errors=(EINTR EAGAIN ENOMEM EMFILE ECONNRESET ETIMEDOUT EPIPE EINVAL)
start_server

# The loader closes files of its own before any of our code runs: how many.
LUA_CPATH="build/lua/5.4/?.so;;" LUA_PATH="lua/?.lua;lua/?/init.lua;;" strace -qq -o "$folder/start.txt" \
  -e trace=close,socket,socketpair lua5.4 tools/soak.d/one_call.lua "$port" get || fail "the call fails by itself"
closed=$(sed '/^socket/,$d' "$folder/start.txt" | grep -c '^close')

SOAK_END=$(($(date +%s) + seconds - 15))
export port SOAK_END
export LUA_PATH="lua/?.lua;lua/?/init.lua;;"

# Prints a line: what, exit status, whether the failure happened, how often a write went out.
# shellcheck disable=SC2317 # called by xargs
run_one() { # core's build folder, kind, call, error, position
  local trace status hit writes
  [ "$(date +%s)" -lt "$SOAK_END" ] || { echo "$2 $3 $4 $5 late 0 0"; return; }
  trace=$SOAK_FOLDER/trace.$BASHPID
  LUA_CPATH="$1/lua/5.4/?.so;;" timeout -s KILL 8 strace -f -qq -s 48 -o "$trace" -e "trace=sendto,$3" \
    -e "inject=$3:error=$4:when=$5" lua5.4 tools/soak.d/one_call.lua "$port" "$2" >"$trace.out" 2>&1 </dev/null
  status=$?
  hit=$(grep -c INJECTED "$trace")
  writes=$(grep -cE 'sendto\(.*"(POST /locks|POST /access|DELETE).*= [0-9]+$' "$trace")
  echo "$2 $3 $4 $5 $status $hit $writes"
  [ "$status" -eq 0 ] || sed 's/^/# /' "$trace.out"
  rm -f "$trace" "$trace.out"
}
export -f run_one

plant src/transfer.c 'if (!again) return' 'if (again || !again) return' 5.4
if ! { on_lua lua5.4 tools/soak.d/plant.lua "$folder/planted/src/transfer.c" 'return CURL_SEEKFUNC_FAIL;' \
  '((seam_transfer *)self)->body_sent = (size_t)offset; return CURL_SEEKFUNC_OK;' &&
  build_tree "$folder/planted" 5.4; }; then
  fail "the planted core does not build"
fi
for position in 1 2 3 4; do
  echo "$planted unlock recvfrom ECONNRESET $position"
done | xargs -P 2 -L 1 bash -c 'run_one "$@"' run_one >"$folder/planted.txt"
doubled=$(awk '!/^#/ && $7 > 1' "$folder/planted.txt" | wc -l)

for kind in "${kinds[@]}"; do
  for call in "${calls[@]}"; do
    for error in "${errors[@]}"; do
      for position in 1 2 3 4; do
        [ "$call" = close ] && position=$((position + closed))
        echo "$PWD/build $kind $call $error $position"
      done
    done
  done
done | xargs -P 2 -L 1 bash -c 'run_one "$@"' run_one >"$folder/runs.txt"
stop_server

read -r runs hit late hangs crashes broken doubles < <(awk '!/^#/ {
  if ($5 == "late") { late++; next }
  runs++
  if ($6 > 0) hit++
  if ($5 == 137) hangs++; else if ($5 > 128) crashes++; else if ($5 != 0) broken++
  if ($7 > 1) doubles++
} END { print runs + 0, hit + 0, late + 0, hangs + 0, crashes + 0, broken + 0, doubles + 0 }' "$folder/runs.txt")
awk '/^#/ || ($5 != "late" && ($5 != 0 || $7 > 1))' "$folder/runs.txt" | head -n 40

figure="$runs runs of ${#kinds[@]} kinds, $hit hit, $late without time: $crashes crashes, $hangs hangs, $broken broken, $doubles writes sent twice; planted: $doubled doubled"
[ "$runs" -gt 0 ] && [ "$crashes" -eq 0 ] && [ "$hangs" -eq 0 ] && [ "$broken" -eq 0 ] && [ "$doubles" -eq 0 ] &&
  [ "$doubled" -gt 0 ] && pass "$figure"
fail "$figure"

#!/usr/bin/env bash
# Row 32: every wrong version of spec/mutants is refused by the specs named beside it. A wrong
# version that does not build or whose place is gone is no proof, and neither are specs that fail
# on the right version.
# shellcheck source=tools/soak.d/lib.sh
. "$(dirname "$0")/lib.sh"
need lua5.4 busted

tree=$folder/tree
copy_tree "$tree"
build_tree "$tree" 5.4 || fail "the copy of the checkout does not build"

# 0 when the specs pass on the copy as it is now. Mutants may run wild: memory and time are bounded.
run_specs() { # specs
  local specs
  read -ra specs <<<"$1"
  (
    ulimit -v 6000000
    cd "$tree" && timeout -k 5 60 tools/with-lua lua5.4 busted -o plainTerminal "${specs[@]}"
  ) >"$folder/run.txt" 2>&1
}

on_lua lua5.4 tools/soak.d/mutant.lua list >"$folder/list.txt"
total=$(wc -l <"$folder/list.txt")
all_specs=$(cut -f 2 "$folder/list.txt" | tr ' ' '\n' | sort -u | tr '\n' ' ')
run_specs "$all_specs" || { cat "$folder/run.txt"; fail "the specs fail without any mutant"; }

killed=0
tried=0
while IFS=$'\t' read -r number specs says; do
  [ "$(left)" -gt 0 ] || break
  tried=$((tried + 1))
  if ! on_lua lua5.4 tools/soak.d/mutant.lua apply "$number" "$tree"; then
    echo "$number: STALE: $says"
  elif ! build_tree "$tree" 5.4; then
    echo "$number: DOES NOT BUILD: $says"
  elif run_specs "$specs"; then
    echo "$number: SURVIVED $specs: $says"
  else
    killed=$((killed + 1))
    echo "$number: killed: $says"
  fi
  on_lua lua5.4 tools/soak.d/mutant.lua undo "$number" "$tree"
done <"$folder/list.txt"

if [ "$killed" -eq "$total" ]; then pass "$killed of $total killed"; fi
[ "$tried" -eq "$total" ] || fail "$killed of $tried killed in the time given, $total there are"
fail "$killed of $total killed"

#!/usr/bin/env bash
# smoke-start.sh FOLDER USER: `npm start` in a checkout of its own, in a home that only USER may enter, until the demo
# pool is imported; then Ctrl-C. Needs root. Root gets this checkout's modules, anybody else installs them by npm 12.
# Fails where the import takes over 60 s (15 are the aim, on a machine with nothing else to do), the end over 5, or a
# process is left.
set -Eeuo pipefail
cd "$(dirname "$0")/../.."
home=$1 user=$2
import_limit_ms=60000 stop_limit_ms=5000
log="$home.log"
: >"$log"
mark="POOLKEEPER_SMOKE_RUN=$$-$RANDOM"

now_ms() { date +%s%3N; }

fail() {
  echo "$1" >&2
  tail -30 "$log" >&2
  exit 1
}

as_user=(env HOME="$home" setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups --)

# Every process of the run carries its mark in its environment, however far it has gone from its parent.
survivors() {
  grep -lszxF "$mark" /proc/[0-9]*/environ | cut -d/ -f3 || true
}

cleanup() {
  for pid in $(survivors); do kill -KILL "$pid" || true; done
  # Root's Postgres can't live in a closed home.
  rm -rf "$(realpath "$home/app/.poolkeeper/postgres")"
}
trap cleanup EXIT

make_checkout() {
  mkdir -p "$home/app"
  cp -r bin dashboard src package.json package-lock.json tsconfig.json "$home/app"
  if [ "$user" = root ]; then
    # Hard links take no time, where both lie on one disk.
    cp -al node_modules "$home/app" 2>/dev/null || cp -a node_modules "$home/app"
  else
    chown -R "$user" "$home"
    (cd "$home/app" && "${as_user[@]}" npx --yes npm@12 ci --no-audit --no-fund) >"$log" 2>&1 || fail 'npm ci failed.'
  fi
  chmod 700 "$home"
}

start() {
  cd "$home/app"
  started_ms=$(now_ms)
  # In a group of its own, as in a terminal; a shell without one has its background processes ignore SIGINT.
  setsid "${as_user[@]}" env --default-signal=INT "$mark" PORT=0 npm start >"$log" 2>&1 &
  started=$!
}

await_import() {
  until grep -q 'run 1: succeeded' "$log"; do
    kill -0 "$started" 2>/dev/null || fail 'npm start has ended.'
    [ $(($(now_ms) - started_ms)) -lt "$import_limit_ms" ] || fail "Not imported within $import_limit_ms ms."
    sleep 0.1
  done
  echo "Imported $(($(now_ms) - started_ms)) ms after npm start, with $(survivors | wc -l) processes"
  until grep -q 'Ctrl-C stops everything' "$log"; do sleep 0.1; done
}

press_ctrl_c() {
  local from
  from=$(now_ms)
  kill -INT -- "-$started"
  while [ -n "$(survivors)" ]; do
    [ $(($(now_ms) - from)) -lt "$stop_limit_ms" ] || fail "Still running after $stop_limit_ms ms: $(survivors | xargs ps -o pid,args -p)"
    sleep 0.1
  done
  echo "All gone $(($(now_ms) - from)) ms after Ctrl-C"
}

make_checkout
start
await_import
press_ctrl_c

#!/usr/bin/env bash
# with-real-servers.sh COMMAND…: runs a command with DATABASE_URL and REDIS_URL of a Postgres and a Redis from Debian's
# packages, both new, on free ports of this machine, and gone afterwards.
set -Eeuo pipefail

data=$(mktemp -d)
chmod 755 "$data"
servers=()

stop() {
  for server in "${servers[@]}"; do
    kill -INT "$server" || continue
    wait "$server" || true
  done
  rm -rf "$data"
}
trap stop EXIT

free_port() {
  node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })'
}

# await SECONDS LOG COMMAND…: until it succeeds; shows the log of a server that does not come up.
await() {
  local deadline=$((SECONDS + $1)) log=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    if [ $SECONDS -ge $deadline ]; then
      tail -20 "$log" >&2
      return 1
    fi
    sleep 0.1
  done
}

# Postgres refuses to run as root.
as_postgres() {
  if [ "$(id -u)" -ne 0 ]; then exec "$@"; fi
  exec setpriv --reuid=postgres --regid=postgres --clear-groups -- "$@"
}

postgres_bin=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -1)
postgres_port=$(free_port)
password=$(node -p 'crypto.randomBytes(16).toString("hex")')
mkdir "$data/postgres"
echo "$password" >"$data/password"
if [ "$(id -u)" -eq 0 ]; then chown -R postgres "$data/postgres" "$data/password"; fi
(as_postgres "$postgres_bin/initdb" --pgdata="$data/postgres" --username=poolkeeper --pwfile="$data/password" \
  --auth=scram-sha-256 --encoding=UTF8 --locale=C >"$data/initdb.log")
as_postgres "$postgres_bin/postgres" -D "$data/postgres" -p "$postgres_port" -k '' \
  -c listen_addresses=127.0.0.1 -c max_connections=300 >"$data/postgres.log" 2>&1 &
servers+=($!)

redis_port=$(free_port)
mkdir "$data/redis"
redis-server --port "$redis_port" --bind 127.0.0.1 --dir "$data/redis" \
  --appendonly yes --maxmemory-policy noeviction --requirepass "$password" >"$data/redis.log" 2>&1 &
servers+=($!)

await 30 "$data/postgres.log" "$postgres_bin/pg_isready" --host=127.0.0.1 --port="$postgres_port"
await 30 "$data/redis.log" env REDISCLI_AUTH="$password" redis-cli -p "$redis_port" ping

export DATABASE_URL="postgres://poolkeeper:$password@127.0.0.1:$postgres_port/postgres"
export REDIS_URL="redis://:$password@127.0.0.1:$redis_port"
"$@"

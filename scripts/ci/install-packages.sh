#!/usr/bin/env bash
# Installs the real servers, the browser and the wrong clocks that tests use, as far as they are absent. The servers' own
# services are not started.
set -Eeuo pipefail

missing=()
command -v redis-server >/dev/null || missing+=(redis-server)
compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || missing+=(postgresql)
command -v chromium >/dev/null || missing+=(chromium)
command -v faketime >/dev/null || missing+=(faketime)
if [ ${#missing[@]} -eq 0 ]; then
  echo 'All are installed.'
  exit
fi

echo "Installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null

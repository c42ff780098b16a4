#!/usr/bin/env bash
# build-image-folder.sh FOLDER: makes what the Dockerfile puts into the image at /app, by the same commands.
set -Eeuo pipefail
cd "$(dirname "$0")/../.."
folder=$1

rm -rf dist
npm run build
mkdir -p "$folder"
cp -r package.json package-lock.json bin dist "$folder"
cd "$folder"
npm ci --ignore-scripts --omit=dev --omit=optional --no-audit --no-fund
node bin/poolkeeper.js --help >/dev/null
du -sh "$folder"

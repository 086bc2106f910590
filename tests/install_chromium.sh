#!/bin/sh
# Installs Chromium from the system's packages when it is missing; the browser tests need it.
set -eu
for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done
if ! command -v apt-get >/dev/null 2>&1; then
  echo "make test needs Chromium. Install it with your system's package manager and run again." >&2
  exit 1
fi
run=""
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null 2>&1; then
    echo "make test needs Chromium, and installing it needs root: apt-get install chromium" >&2
    exit 1
  fi
  run="sudo"
fi
$run apt-get update -qq
$run env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium

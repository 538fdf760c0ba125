#!/bin/bash
# Install Debian's chromium for the browser journeys where apt and root or sudo are there;
# elsewhere say what is missing, and those tests are skipped.
set -u
command -v chromium >/dev/null && exit 0
as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo -n"
if command -v apt-get >/dev/null && $as_root true 2>/dev/null; then
  echo "Setting up: chromium for the browser journeys"
  $as_root apt-get update -qq >/dev/null 2>&1
  DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends \
    chromium fonts-noto-cjk >/dev/null 2>&1
fi
command -v chromium >/dev/null ||
  echo "The browser journeys will be skipped: install chromium (Debian: apt install chromium)."
exit 0

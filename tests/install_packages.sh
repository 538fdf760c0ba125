#!/bin/bash
# Install Debian packages that some tests look through: chromium for the browser journeys, nginx for
# those through blocks that stand apart, Go for an outsider's look at the journal. Only where apt and root or sudo are there; elsewhere say what is
# missing, and those tests are skipped.
set -u
missing=()
command -v chromium >/dev/null || missing+=(chromium fonts-noto-cjk)
command -v go >/dev/null || missing+=(golang-go)
[ -d /usr/share/gocode/src/golang.org/x/mod/sumdb ] || missing+=(golang-golang-x-mod-dev)
command -v nginx >/dev/null || missing+=(nginx-light)
[ ${#missing[@]} = 0 ] && exit 0
as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo -n"
if command -v apt-get >/dev/null && $as_root true 2>/dev/null; then
  echo "Setting up: ${missing[*]}"
  $as_root apt-get update -qq >/dev/null 2>&1
  DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends \
    "${missing[@]}" >/dev/null 2>&1
fi
command -v chromium >/dev/null ||
  echo "The browser journeys will be skipped: install chromium (Debian: apt install chromium)."
command -v nginx >/dev/null ||
  echo "No browser will see blocks that stand apart: install nginx (Debian: apt install nginx-light)."
command -v go >/dev/null ||
  echo "Go will not look at the journal: apt install golang-go golang-golang-x-mod-dev (Debian)."
exit 0

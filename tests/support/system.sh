#!/usr/bin/env bash
# The pieces of the test suite that pip cannot bring: a browser, a PostgreSQL server, fonts for the screenshots.
# Names behind it are commands, and packages, that only this run needs.
# Installs what is missing from Debian when allowed to; otherwise names the packages and stops.
set -euo pipefail

missing=()
command -v chromium >/dev/null || missing+=(chromium)
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
[ -d /usr/share/fonts/truetype/noto ] || missing+=(fonts-noto-core)
[ -d /usr/share/fonts/truetype/abyssinica ] || compgen -G '/usr/share/fonts/truetype/*byssinica*' >/dev/null || missing+=(fonts-sil-abyssinica)
for more in "$@"; do command -v "$more" >/dev/null || missing+=("$more"); done
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
if ! command -v apt-get >/dev/null || ! "${as_root[@]}" true 2>/dev/null; then
  echo "The tests need these Debian packages: ${missing[*]}" >&2
  echo "Install them (apt-get install --no-install-recommends ${missing[*]}) and run again." >&2
  exit 1
fi
echo "Installing for the tests: ${missing[*]}"
"${as_root[@]}" apt-get update -qq </dev/null
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >/dev/null

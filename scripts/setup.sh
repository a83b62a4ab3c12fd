#!/usr/bin/env bash
# Installs the Debian packages that repscope stands on, where they are missing. Needs root or sudo only then.
# With --static also what a statically linked tool needs.
set -euo pipefail

packages=(make libopenblas-dev libcairo2-dev libpng-dev libjpeg62-turbo-dev
  fonts-dejavu-core zlib1g-dev pkg-config)
# OpenBLAS's LAPACK is Fortran; the other archives come with the packages above.
case ${1:-} in
"") ;;
--static) packages+=(libgfortran-12-dev) ;;
*)
  echo "unknown option $1; known is --static" >&2
  exit 64
  ;;
esac
missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || {
    echo "These packages are missing: ${missing[*]}. Install them as root, or install sudo." >&2
    exit 1
  }
  as_root=(sudo)
fi
echo "Installing ${missing[*]}"
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null

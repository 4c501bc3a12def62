#!/usr/bin/env bash
# Prints the lines of action/checksums.txt for the archives in a folder: packaging/checksums.sh FOLDER
set -euo pipefail
shopt -s inherit_errexit

folder=$(realpath "$1")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
found=''
for archive in "$folder/milegate-v$version-"*.tar.gz; do
  [ -s "$archive" ] || continue
  found=yes
  target=${archive##*/milegate-v"$version"-}
  digest=$(if command -v sha256sum >/dev/null; then sha256sum <"$archive"; else shasum -a 256 <"$archive"; fi)
  printf '%s %s %s\n' "$version" "${target%.tar.gz}" "${digest%% *}"
done
[ -n "$found" ] || { echo "error: no archive of version $version in $folder" >&2; exit 1; }

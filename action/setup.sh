#!/usr/bin/env bash
# Puts the folder of the program on the PATH of the steps that follow.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
binary=$("$here/binary.sh")
"$binary" --version
case $binary in
  */milegate) ;;
  *)
    # A program of another name still has to answer to `milegate`.
    folder=$(mktemp -d "${RUNNER_TEMP:-/tmp}/milegate-XXXXXX")
    ln -s "$binary" "$folder/milegate"
    binary=$folder/milegate
    ;;
esac
[ -z "${GITHUB_PATH:-}" ] || printf '%s\n' "$(dirname "$binary")" >>"$GITHUB_PATH"
[ -z "${GITHUB_OUTPUT:-}" ] || printf 'path=%s\n' "$binary" >>"$GITHUB_OUTPUT"

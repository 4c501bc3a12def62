#!/usr/bin/env bash
# Prints the path of the program: the one that was named, else one built from this source, else the
# released one, which has to have the digest that stands in checksums.txt beside this script.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source=$(dirname "$here")
temporary=${RUNNER_TEMP:-/tmp}

refuse() {
  printf 'error: %s\n' "$1" >&2
  printf 'next: %s\n' "${2:-set \`build: \"true\"\` to build it with cargo from the source of this action, or name a program with \`binary-path\`}" >&2
  exit 5
}

named() {
  case $MILEGATE_BINARY in
    /*) printf '%s\n' "$MILEGATE_BINARY" ;;
    *) printf '%s\n' "$PWD/$MILEGATE_BINARY" ;;
  esac
}

built() {
  command -v cargo >/dev/null || refuse "there is no cargo to build milegate with" "install Rust in a step before this one"
  local folder=$temporary/milegate-build
  cargo build --locked --release --manifest-path "$source/Cargo.toml" --target-dir "$folder" >&2
  printf '%s\n' "$folder/release/milegate"
}

target() {
  case ${RUNNER_OS:-$(uname -s)}/${RUNNER_ARCH:-$(uname -m)} in
    Linux/X64 | Linux/x86_64) echo x86_64-unknown-linux-musl ;;
    Linux/ARM64 | Linux/aarch64 | Linux/arm64) echo aarch64-unknown-linux-musl ;;
    macOS/X64 | Darwin/x86_64) echo x86_64-apple-darwin ;;
    macOS/ARM64 | Darwin/arm64) echo aarch64-apple-darwin ;;
    *) refuse "no program is released for ${RUNNER_OS:-$(uname -s)} on ${RUNNER_ARCH:-$(uname -m)}" ;;
  esac
}

digest() {
  if command -v sha256sum >/dev/null; then
    sha256sum <"$1"
  elif command -v shasum >/dev/null; then
    shasum -a 256 <"$1"
  else
    refuse "there is neither sha256sum nor shasum: the download cannot be checked"
  fi | cut -d ' ' -f 1
}

# The folder of the version's archives. Its protocols: a mirror is named on purpose, and is not trusted.
fetch() {
  local archive=$1 version=$2 url=${MILEGATE_DOWNLOAD_URL:-} protocols='=https'
  if [ -n "$url" ]; then
    protocols='=https,http,file'
  else
    local repository=${MILEGATE_REPOSITORY:-${GITHUB_ACTION_REPOSITORY:-}}
    [ -n "$repository" ] || refuse "the action runs from a folder, so no release belongs to it"
    url=${GITHUB_SERVER_URL:-https://github.com}/$repository/releases/download/v$version
  fi
  curl --proto "$protocols" --proto-redir '=https' --tlsv1.2 --fail --location --silent --show-error \
    --retry 3 --max-time 300 --output "$3" "${url%/}/$archive" ||
    refuse "cannot download ${url%/}/$archive"
}

released() {
  local version target wanted found name folder
  version=$(sed -n 's/^version = "\([0-9A-Za-z.+-]*\)"$/\1/p' "$source/Cargo.toml" | head -n 1)
  target=$(target)
  wanted=$(awk -v v="$version" -v t="$target" '$1 == v && $2 == t { print $3 }' "$here/checksums.txt")
  case $wanted in
    "") refuse "action/checksums.txt has no digest for version ${version:-?} on $target: this commit of the action is no release" ;;
    *[!0-9a-f]*) refuse "action/checksums.txt has more than one digest, or a damaged one, for version $version on $target" ;;
  esac
  [ ${#wanted} -eq 64 ] || refuse "action/checksums.txt has a damaged digest for version $version on $target"
  name=milegate-v$version-$target
  folder=$(mktemp -d "$temporary/milegate-XXXXXX")
  fetch "$name.tar.gz" "$version" "$folder/archive"
  found=$(digest "$folder/archive")
  if [ "$found" != "$wanted" ]; then
    rm -rf "$folder"
    refuse "$name.tar.gz has the digest $found, and not the one of the release, $wanted: it was not unpacked"
  fi
  tar -xzf "$folder/archive" -C "$folder" "$name/milegate"
  rm -f "$folder/archive"
  printf '%s\n' "$folder/$name/milegate"
}

if [ -n "${MILEGATE_BINARY:-}" ]; then
  named
elif [ "${MILEGATE_BUILD:-false}" = true ]; then
  built
elif [ "${MILEGATE_BUILD:-false}" = false ]; then
  released
else
  refuse "the input \`build\` is neither true nor false" "write \`build: \"true\"\` or leave it out"
fi

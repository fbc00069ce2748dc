#!/usr/bin/env bash
# Sets everything up on a Debian machine and passes all tests; needs this clone and nothing else.
#
#     bash tests/run.sh                  every Coq of the matrix (matrix.sh prepares them)
#     bash tests/run.sh --only 8.16      with that Coq only (may be repeated)
#     bash tests/run.sh --full           the tests marked `full` too, which take minutes
#     bash tests/run.sh -- -k name -x    what follows -- goes to pytest
#
# Exit codes: 0 all passed, 3 the machine could not be set up, else that of the tool that failed.

set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
cd "$REPO"

only=()
selected=()
extra=()
while [ $# -gt 0 ]; do
    case $1 in
    --only)
        [ $# -ge 2 ] || { echo "run.sh: error: --only takes the name of a Coq, such as 8.16" >&2; exit 2; }
        only+=(--only "$2")
        selected+=(--toolchain "$2")
        shift 2
        ;;
    --full)
        extra+=(--full)
        shift
        ;;
    --)
        shift
        extra+=("$@")
        break
        ;;
    *)
        echo "run.sh: error: unknown option $1; see the comment at its top" >&2
        exit 2
        ;;
    esac
done

setup_python
setup_coq
setup_coq_makefile
export PATH="$VENV/bin:$PATH"
say "Coqs to test with"
bash tests/matrix.sh "${only[@]}"

say "ruff check";  ruff check
say "ruff format --check"; ruff format --check
say "mypy --strict"; mypy --strict
say "pytest"
exec pytest -q --dist worksteal -n "$(nproc)" "${selected[@]}" "${extra[@]}"

# Set-up shared by tests/run.sh, tests/matrix.sh and example_project/run.sh. To be sourced by bash:
#
#     . "$(dirname "${BASH_SOURCE[0]}")/../tests/setup.sh"   # or tests/setup.sh, from the root
#     setup_python          # $VENV (the clone's .venv) has this package, editable, with its tests
#     setup_python ""       # the same without what the tests need
#     setup_coq             # coqc (or rocq), make and gcc are on PATH; Debian's, where there was none
#     export PATH="$VENV/bin:$PATH"
#
# It needs a Debian machine and, where a package is missing, root's rights (or sudo). What cannot be
# set up ends the script with one line and exit code 3. Nothing is done twice.

REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
VENV=$REPO/.venv
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/proof-makefile

say() { printf '== %s\n' "$*" >&2; }

die() {
    printf '%s: error: %s\n' "$(basename "$0")" "$*" >&2
    exit 3
}

# Runs a command with root's rights.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "needs root's rights for: $*; run it as root or install sudo"
    fi
}

# Fetches the list of packages where this machine has none, as in a fresh container.
apt_lists() {
    [ -n "$(apt-get indextargets --format '$(FILENAME)' 'Created-By: Packages' |
        while read -r list; do [ ! -e "$list" ] || echo found; done)" ] ||
        as_root apt-get -q update >&2 </dev/null || die "apt-get update failed"
}

# apt_install PACKAGE...: the packages are installed; those that are there stay as they are.
apt_install() {
    command -v apt-get >/dev/null || die "this machine has no apt-get; install $* yourself"
    apt_lists
    say "apt-get install $*"
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -q install -y --no-upgrade --no-install-recommends "$@" >&2 </dev/null ||
        die "apt-get install $* failed"
}

# Prints a Python that is new enough and can make virtual environments.
find_python() {
    local python
    for python in python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3; do
        if "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$python"
            return
        fi
    done
    return 1
}

setup_python() {
    local extras=${1-test} python stamp=$VENV/installed-${1-test}
    local sources=("$REPO"/{pyproject.toml,setup.py,checker/shim/shim.c}) # what pip builds from
    if ! "$VENV/bin/python" -m pip --version >/dev/null 2>&1; then
        find_python >/dev/null || apt_install python3 python3-venv
        python=$(find_python) || die "no Python 3.11 or newer here; install one with its venv module"
        say "$python -m venv .venv"
        "$python" -m venv --clear "$VENV" || die "cannot make $VENV"
    fi
    if ! cat "${sources[@]}" | cmp -s - "$stamp"; then
        say "pip install -e .${extras:+[$extras]}"
        "$VENV/bin/python" -m pip install -q -e "$REPO${extras:+[$extras]}" >&2 ||
            die "pip install -e .${extras:+[$extras]} failed"
        cat "${sources[@]}" >"$stamp"
    fi
}

setup_coq() {
    command -v make >/dev/null || apt_install make
    command -v gcc >/dev/null || apt_install gcc libc6-dev
    command -v coqc >/dev/null || command -v rocq >/dev/null || apt_install coq libcoq-stdlib
}

# What the tests against coq_makefile need beside Coq: its OCaml interfaces, and GNU time.
setup_coq_makefile() {
    local core
    core=$(coqc -config | sed -n 's/^COQCORELIB=//p')
    [ -e "$core/lib/feedback.cmi" ] || apt_install libcoq-core-ocaml-dev ocaml-findlib
    [ -n "$(type -P time)" ] || apt_install time
}

#!/usr/bin/env bash
# Prepares the Coqs that the tests run on, each once, in XDG_CACHE_HOME/proof-makefile.
#
#     bash tests/matrix.sh                    prepare every one, then print them
#     bash tests/matrix.sh --only 8.20        that one only (may be repeated)
#     bash tests/matrix.sh --print            print those that are ready; prepare nothing
#     bash tests/matrix.sh --library 8.20 stdpp
#                                             print the folder with the .v files of Debian's
#                                             libcoq-stdpp for that Coq, fetched the first time
#     bash tests/matrix.sh --needs 8.20 stdpp print the folders of the unpacked packages that
#                                             libcoq-stdpp for that Coq needs, its own first
#     bash tests/matrix.sh --sources 8.20 stdpp
#                                             print the folder of the sources that it was built from
#
# Prints a line `NAME VERSION BINDIR` for each: put BINDIR in COQBIN, or first on PATH. A Coq that this
# machine has installed is used as it is; the others are root folders of other Debian releases, whose
# tools run on this machine's own files (same_path.c). Exit code 3: one could not be prepared.

set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

NAMES=(8.16 8.20 9.2)
declare -A SUITE=([8.16]=bookworm [8.20]=trixie [9.2]=sid) # the Debian release that has it
TOOLCHAINS=$CACHE/toolchains
HERE=$REPO/tests
# What each Debian gets: Coq, its standard library, and what it takes to build plugins.
PACKAGES=(coq libcoq-stdlib libcoq-core-ocaml-dev ocaml-findlib)

# The version of this machine's own coqc, or nothing.
own_version() { coqc --print-version 2>/dev/null | cut -d' ' -f1; }

is_own() { [[ $(own_version) = "$1" || $(own_version) = "$1".* ]]; }

# The folder of a prepared toolchain: root/ (a Debian), bin/ (its tools), version.
folder_of() { echo "$TOOLCHAINS/${SUITE[$1]}"; }

is_ready() { [ -e "$(folder_of "$1")/bin/coqc" ]; }

print_one() {
    if is_own "$1"; then
        echo "$1 $(own_version) $(dirname "$(command -v coqc)")"
    elif is_ready "$1"; then
        echo "$1 $(cat "$(folder_of "$1")/version") $(folder_of "$1")/bin"
    fi
}

# The Debian mirror that this machine's apt uses.
mirror() {
    apt-get indextargets --format '$(ORIGIN) $(LABEL) $(REPO_URI)' 'Created-By: Packages' |
        awk '$1 == "Debian" && $2 == "Debian" { print $3; exit }'
}

# install_debian SUITE MIRROR ROOT: a minimal Debian.
install_debian() {
    local suite=$1 mirror=$2 root=$3 script
    script=$(ls "/usr/share/debootstrap/scripts/$suite" /usr/share/debootstrap/scripts/sid 2>/dev/null | head -n 1)
    rm -rf "$root"
    mkdir -p "$root"
    # coq itself is apt's part: debootstrap cannot resolve virtual packages.
    debootstrap --variant=minbase --include=make,ca-certificates "$suite" "$root" "$mirror" "$script"
}

# install_packages ROOT PACKAGE...: the packages into that Debian. Both this and install_debian are meant for
# a mount namespace of its own, so that the mounts of an interrupted run are gone with it.
install_packages() {
    local root=$1
    shift
    mountpoint -q "$root/proc" || mount --bind /proc "$root/proc"
    apt-config dump | grep -E '^Acquire::(https?::)?(Proxy|Check|Retries)' >"$root/etc/apt/apt.conf.d/99machine" || true
    cp /etc/resolv.conf "$root/etc/resolv.conf"
    chroot "$root" apt-get -q update
    DEBIAN_FRONTEND=noninteractive chroot "$root" \
        apt-get install -q -y --no-install-recommends "$@"
    chroot "$root" apt-get clean
}

# install_tools FOLDER: bin/ with a same_path for each tool, compiled by that Debian's own gcc.
install_tools() {
    local folder=$1 tool
    cp "$HERE/same_path.c" "$folder/root/tmp/same_path.c"
    chroot "$folder/root" gcc -static -O2 -Wall -o /tmp/same_path /tmp/same_path.c
    rm -rf "$folder/bin.partial"
    mkdir "$folder/bin.partial"
    mv "$folder/root/tmp/same_path" "$folder/bin.partial/same_path"
    for tool in "$folder"/root/usr/bin/{coq,rocq,ocaml}*; do
        [ ! -e "$tool" ] || ln -s same_path "$folder/bin.partial/$(basename "$tool")"
    done
    cp "$HERE/same_path.c" "$folder/bin.partial/same_path.c"
    rm -rf "$folder/bin"
    mv "$folder/bin.partial" "$folder/bin"
    "$folder/bin/coqc" --print-version | cut -d' ' -f1 >"$folder/version"
}

# in_root FUNCTION...: runs a function of this script with root's rights and mounts of its own.
in_root() {
    as_root env HERE="$HERE" unshare --mount bash -euc "$(declare -f "$1")"'; "$0" "$@"' "$@" </dev/null
}

# prepare NAME MIRROR: makes it ready unless it is; a half-made one never counts. What an older
# matrix.sh prepared gets the packages that it lacks.
prepare() {
    local folder partial
    folder=$(folder_of "$1")
    partial=$folder.partial
    exec 9>"$folder.lock"
    flock 9
    if [ ! -d "$folder" ]; then
        say "Coq $1: installing Debian ${SUITE[$1]} in $folder (about two minutes)"
        as_root rm -rf "$partial"
        mkdir "$partial"
        {
            in_root install_debian "${SUITE[$1]}" "$2" "$partial/root" &&
                in_root install_packages "$partial/root" "${PACKAGES[@]}"
        } >"$folder.log" 2>&1 || return 1
        echo "${PACKAGES[*]}" >"$partial/packages"
        mv "$partial" "$folder"
    elif [ "$(cat "$folder/packages" 2>/dev/null)" != "${PACKAGES[*]}" ]; then
        say "Coq $1: bringing its Debian ${SUITE[$1]} up to date"
        in_root install_packages "$folder/root" "${PACKAGES[@]}" >>"$folder.log" 2>&1 || return 1
        rm -rf "$folder/bin/same_path.c" # its tools may have changed
        echo "${PACKAGES[*]}" >"$folder/packages"
    fi
    if ! cmp -s "$HERE/same_path.c" "$folder/bin/same_path.c"; then
        in_root install_tools "$folder" >>"$folder.log" 2>&1 || return 1
    fi
}

prepare_all() {
    local name mirror missing=() failed=()
    declare -A job
    mkdir -p "$TOOLCHAINS"
    for name in "$@"; do is_own "$name" || missing+=("$name"); done
    if [ ${#missing[@]} = 0 ]; then return; fi
    if [ ! -e /usr/sbin/debootstrap ] || [ ! -e /usr/share/keyrings/debian-archive-trixie-stable.gpg ]; then
        apt_install debootstrap debian-archive-keyring
    fi
    apt_lists
    mirror=$(mirror)
    [ -n "$mirror" ] || die "apt's sources on this machine name no Debian mirror"
    for name in "${missing[@]}"; do
        prepare "$name" "$mirror" &
        job[$name]=$!
    done
    for name in "${missing[@]}"; do
        wait "${job[$name]}" || failed+=("$name")
    done
    for name in "${failed[@]}"; do
        tail -n 20 "$(folder_of "$name").log" >&2
        echo "matrix.sh: error: Coq $name could not be prepared; see $(folder_of "$name").log" >&2
    done
    [ ${#failed[@]} = 0 ] || exit 3
}

# fetch NAME DEB: unpacks a package of that Coq's Debian, the first time; prints its folder.
fetch() {
    local folder=$CACHE/packages/$1/$2 partial
    is_own "$1" || is_ready "$1" || die "Coq $1 is not prepared; run bash tests/matrix.sh --only $1"
    partial=$folder.partial
    mkdir -p "$(dirname "$folder")"
    exec 9>"$folder.lock"
    flock 9
    if [ ! -d "$folder" ]; then
        rm -rf "$partial"
        mkdir "$partial"
        if is_own "$1"; then
            apt_lists
            (cd "$partial" && apt-get -q download "$2") >&2 </dev/null || die "cannot download $2"
        else
            of_debian "$1" sh -c "cd /tmp && apt-get -q download $2" >&2 </dev/null || die "cannot download $2"
            as_root mv "$(folder_of "$1")"/root/tmp/"$2"_*.deb "$partial"
        fi
        dpkg -x "$partial"/"$2"_*.deb "$partial"
        rm "$partial"/*.deb
        mv "$partial" "$folder"
    fi
    echo "$folder"
}

# library NAME PACKAGE: prints the folder of the package's .v files, its logical root's parent.
library() {
    local folder
    folder=$(fetch "$1" "libcoq-$2")
    find "$folder" -type d -name user-contrib
}

# of_debian NAME COMMAND...: runs a command there.
of_debian() {
    local name=$1
    shift
    if is_own "$name"; then "$@"; else as_root chroot "$(folder_of "$name")/root" "$@"; fi
}

# needed_by NAME DEB: the packages that a Debian would install for it, itself left out. While Debian builds
# a library's users anew, apt can install none of them: then what they name, whatever build of it there is.
needed_by() {
    local wanted name
    if wanted=$(of_debian "$1" apt-get -s --no-install-recommends install "$2" </dev/null 2>/dev/null); then
        awk '$1 == "Inst" { print $2 }' <<<"$wanted" | { grep -vxE "$2|libcoq-core-ocaml(-dev)?" || true; }
        return
    fi
    wanted=$(of_debian "$1" apt-cache --no-all-versions show "$2" | grep '^Depends:') || die "there is no $2 for Coq $1"
    for name in $(grep -oE 'libcoq-[a-z-]+( \(=|-[a-z0-9]{5}\b)' <<<"$wanted" | sed 's/ (=$//; t; s/-[a-z0-9]*$//' |
        grep -vxE 'libcoq-(core|stdlib)'); do
        echo "$name"
        needed_by "$1" "$name"
    done
}

# needs NAME PACKAGE: prints the folders of libcoq-PACKAGE and of what it needs and that Debian does not have.
needs() {
    local listed deb
    is_own "$1" || is_ready "$1" || die "Coq $1 is not prepared; run bash tests/matrix.sh --only $1"
    if is_own "$1"; then apt_lists; fi
    listed=$CACHE/packages/$1/$2.needs
    if [ ! -e "$listed" ]; then
        mkdir -p "$(dirname "$listed")"
        needed_by "$1" "libcoq-$2" >"$listed.$$"
        mv "$listed.$$" "$listed"
    fi
    for deb in "libcoq-$2" $(sort -u "$listed"); do fetch "$1" "$deb"; done
}

# sources NAME PACKAGE: unpacks what libcoq-PACKAGE was built from, the first time; prints its folder.
sources() {
    local folder=$CACHE/packages/$1/$2.sources partial url version
    partial=$folder.partial
    exec 9>"$folder.lock"
    flock 9
    if [ ! -d "$folder" ]; then
        url=$(of_debian "$1" apt-get download --print-uris "libcoq-$2" | cut -d"'" -f2)
        version=${url##*/libcoq-"$2"_}
        url=${url%/*}
        rm -rf "$partial"
        mkdir "$partial"
        for kind in gz xz; do
            /usr/lib/apt/apt-helper download-file "$url/${url##*/}_${version%-*}.orig.tar.$kind" "$partial.tar" >&2 && break
        done
        tar -xf "$partial.tar" -C "$partial" --strip-components=1 || die "cannot download the sources of libcoq-$2"
        rm "$partial.tar"
        mv "$partial" "$folder"
    fi
    echo "$folder"
}

only=()
action=prepare
while [ $# -gt 0 ]; do
    case $1 in
    --only)
        [ -n "${SUITE[${2-}]-}" ] || { echo "matrix.sh: error: --only ${2-}: not one of ${NAMES[*]}" >&2; exit 2; }
        only+=("$2")
        shift 2
        ;;
    --print)
        action=print
        shift
        ;;
    --library)
        [ $# = 3 ] && [ -n "${SUITE[$2]-}" ] || { echo "matrix.sh: error: --library NAME PACKAGE; names: ${NAMES[*]}" >&2; exit 2; }
        library "$2" "$3"
        exit
        ;;
    --needs)
        [ $# = 3 ] && [ -n "${SUITE[$2]-}" ] || { echo "matrix.sh: error: --needs NAME PACKAGE; names: ${NAMES[*]}" >&2; exit 2; }
        needs "$2" "$3"
        exit
        ;;
    --sources)
        [ $# = 3 ] && [ -n "${SUITE[$2]-}" ] || { echo "matrix.sh: error: --sources NAME PACKAGE; names: ${NAMES[*]}" >&2; exit 2; }
        sources "$2" "$3"
        exit
        ;;
    *)
        echo "matrix.sh: error: unknown option $1; see the comment at its top" >&2
        exit 2
        ;;
    esac
done
[ ${#only[@]} -gt 0 ] || only=("${NAMES[@]}")
[ "$action" = print ] || prepare_all "${only[@]}"
for name in "${only[@]}"; do print_one "$name"; done

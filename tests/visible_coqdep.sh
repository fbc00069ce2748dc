# coqdep without the dependencies on the system's own files.
#
#     COQDEP="sh tests/visible_coqdep.sh"
#
# Those of a Coq of the matrix are inside its root folder: make does not see them and would stop.

found=$(coqdep "$@") || exit
printf '%s\n' "$found" | sed 's| /usr/[^ ]*||g'

"""How OCaml's garbage collector is set in a coqc, where the user has not set it.

coqc's own minor heap, 256 MB, fits in no cache of a processor, and a copied process copies each
page of it that either side writes to; so it does with what a major collection marks. A small minor
heap and few major collections take 5 to 25 % less CPU time, and more memory: figures are in
docs/snapshot-engine.md.
"""

from collections.abc import Mapping

_VARIABLE = "OCAMLRUNPARAM"
_OLD_VARIABLE = "CAMLRUNPARAM"  # read where the first is not set
SMALL_AND_SELDOM = "s=512k,o=1000"


def with_collector(environ: Mapping[str, str], setting: str) -> Mapping[str, str]:
    """The environment of a coqc."""
    if _VARIABLE in environ or _OLD_VARIABLE in environ:
        return environ
    return {**environ, _VARIABLE: setting}

"""How OCaml's garbage collector is set in a coqc."""

from makegen.coq.collector import with_collector


def test_a_coqc_gets_a_small_minor_heap() -> None:
    assert with_collector({"HOME": "/home/me"})["OCAMLRUNPARAM"].startswith("s=512k,")


def test_what_the_user_has_set_stays() -> None:
    for variable in ("OCAMLRUNPARAM", "CAMLRUNPARAM"):
        assert with_collector({variable: "l=1G"}) == {variable: "l=1G"}

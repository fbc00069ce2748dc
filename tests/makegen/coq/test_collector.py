"""How OCaml's garbage collector is set in a coqc."""

from makegen.coq.collector import SMALL_AND_SELDOM, with_collector


def test_a_coqc_gets_a_small_minor_heap() -> None:
    assert with_collector({"HOME": "/home/me"}, SMALL_AND_SELDOM)["OCAMLRUNPARAM"].startswith(
        "s=512k,"
    )


def test_what_the_user_has_set_stays() -> None:
    for variable in ("OCAMLRUNPARAM", "CAMLRUNPARAM"):
        assert with_collector({variable: "l=1G"}, SMALL_AND_SELDOM) == {variable: "l=1G"}

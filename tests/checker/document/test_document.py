"""The document: what stands where, and which proofs can be checked elsewhere."""

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given

from checker.document.document import Proof, ProofEnd, Scope, Settings
from checker.document.reader import read_document
from checker.document.scopes import ScopeKind
from tests.checker.document.test_sentences import any_text
from tests.helpers import Coq
from tests.oracle import compiles, library

CORPUS = Path(__file__).parents[2] / "corpus" / "proofs.v"


def proofs_below(scope: Scope) -> Iterator[Proof]:
    """All proofs below a scope, in the order in which they end."""
    waiting: list[Scope | Proof] = [scope]
    while waiting:
        child = waiting.pop()
        if isinstance(child, Proof):
            yield child
        else:
            waiting += reversed(child.children)


def proofs(text: str, *flags: str) -> dict[str, Proof]:
    document = read_document(text.encode(), Settings(frozenset(flags)))
    return {proof.name: proof for proof in document.proofs}


def delegable(text: str, *flags: str) -> list[str]:
    return [name for name, proof in proofs(text, *flags).items() if proof.is_delegable]


def with_delegable_proofs_admitted(text: bytes) -> bytes:
    """The text with `Admitted.` for each proof that can be delegated without knowing variables."""
    kept, position = [], 0
    for proof in read_document(text).proofs:
        if proof.is_delegable and not proof.needs_variables and proof.end:
            kept += [text[position : (proof.start or proof.statement).end], b" Admitted."]
            position = proof.end.end
    return b"".join([*kept, text[position:]])


# Against Coq. -----------------------------------------------------------------------------------


def test_the_corpus_is_what_coq_accepts(coq: Coq, tmp_path: Path) -> None:
    assert compiles(coq, CORPUS.read_bytes(), tmp_path / "proofs.v") == ""


def test_names_are_coqs(coq: Coq, tmp_path: Path) -> None:
    document = read_document(CORPUS.read_bytes())
    opaque = [proof for proof in document.proofs if proof.kind is ProofEnd.QED]
    elsewhere = re.compile(r"obligation|C_instance|stay_let|(M\.N|U)\.")
    full = [name for proof in opaque for name in proof.full_names]
    named = [name for name in full if not elsewhere.match(name)]
    assert {"M.go_in_module", "go_in_section", "Unnamed_thm", "Unnamed_thm0"} < set(named)
    assert named[named.index("go_with") + 1] == "go_other"
    source = tmp_path / "proofs.v"
    locate = "".join(f"Locate {name}.\n" for name in named)
    source.write_bytes(CORPUS.read_bytes() + locate.encode())
    output = coq.run("coqc", "-q", "-w", "none", source, cwd=tmp_path).stdout
    assert re.findall(r"^Constant \w+\.([\w.]+)$", output, re.MULTILINE) == named


def test_what_follows_a_delegable_proof_holds_without_it(coq: Coq, tmp_path: Path) -> None:
    admitted = with_delegable_proofs_admitted(CORPUS.read_bytes())
    assert admitted.count(b"Admitted.") > 20
    assert compiles(coq, admitted, tmp_path / "proofs.v") == ""


@pytest.mark.parametrize("name", ["ext-lib", "stdpp"])
def test_the_same_holds_in_files_of_a_library(coq: Coq, name: str, tmp_path: Path) -> None:
    found = library(coq, name)
    short = [file for file in found.files if 2_000 < file.stat().st_size < 12_000]
    for file in random.Random(5).sample(short, 4):
        admitted = with_delegable_proofs_admitted(file.read_bytes())
        assert compiles(coq, admitted, tmp_path / file.name, found.flags(file)) == ""


# What is read. ----------------------------------------------------------------------------------


def test_names_of_the_corpus_say_whether_a_proof_is_delegable() -> None:
    found = read_document(CORPUS.read_bytes()).proofs
    named = [proof for proof in found if proof.name.startswith(("go_", "stay_"))]
    assert len(named) > 45
    assert [p.name for p in named if p.is_delegable != p.name.startswith("go_")] == []


def test_every_proof_that_stays_in_place_says_why() -> None:
    assert all(
        p.why_in_place for p in read_document(CORPUS.read_bytes()).proofs if not p.is_delegable
    )


def test_the_sentences_of_a_proof_have_their_places() -> None:
    text = b"Lemma a : True. Proof with auto. - idtac. { auto. } Qed."
    document = read_document(text)
    proof = document.proofs[0]
    assert proof.start
    assert proof.end
    assert document.source(proof.statement) == b"Lemma a : True."
    assert document.source(proof.start) == b"Proof with auto."
    body = [document.source(sentence) for sentence in proof.body]
    assert body == [b"-", b"idtac.", b"{", b"auto.", b"}"]
    assert document.source(proof.end) == b"Qed."


def test_the_tree_holds_modules_sections_and_their_variables() -> None:
    text = (
        "Module Type T. End T. Module F (X : T) <: T. Section S. Variable n : nat. "
        "Lemma a : True. Qed. End S. End F. Module G := F. "
        "Module Import (hints) H : T with Definition t := nat. Lemma b : True. Qed. End H."
    )
    root = read_document(text.encode()).root
    scopes = [child for child in root.children if isinstance(child, Scope)]
    assert [(s.name, s.kind, s.is_functor) for s in scopes] == [
        ("T", ScopeKind.MODULE_TYPE, False),
        ("F", ScopeKind.MODULE, True),
        ("H", ScopeKind.MODULE, False),
    ]
    section = scopes[1].children[0]
    assert isinstance(section, Scope)
    assert section.variables == ("n",)
    assert text[section.start : section.end].endswith("End S.")
    assert [proof.name for proof in proofs_below(root)] == ["a", "b"]


def test_what_is_not_closed_at_the_end_is_known_innermost_first() -> None:
    text = "Section Z. End Z. Module M. Module Type T. End T. Section S. Lemma a : True. Qed. "
    assert [s.name for s in read_document(text.encode()).left_open()] == ["S", "M"]
    assert [s.name for s in read_document((text + "Section V.").encode()).left_open()] == [
        "V",
        "S",
        "M",
    ]
    assert not read_document((text + "End S. End M.").encode()).left_open()


def test_section_variables_are_those_declared_by_name_before_the_statement() -> None:
    found = proofs(
        "Section S. Context {A} `{B A} `{D : B A} (x := 3). Section T. Variables (y z : A)(u : A). "
        "Let v := 3. Lemma a : True. Qed. End T. Hypothesis w : A. Lemma b : True. Qed. End S."
    )
    assert found["a"].section_variables == ("A", "D", "x", "y", "z", "u", "v")
    assert found["b"].section_variables == ("A", "D", "x", "w")
    assert found["a"].scopes == ("S", "T")


@pytest.mark.parametrize(
    ("proof", "using"),
    [
        ("Proof.", None),
        ("Proof using.", ""),
        ("Proof using x y.", "x y"),
        ("Proof using (All - x) with auto using y.", "(All - x)"),
        ("Proof with auto.", None),
        ("Proof using Type with (simpl; auto).", "Type"),
    ],
)
def test_the_clause_of_proof_using_is_read(proof: str, using: str | None) -> None:
    assert proofs(f"Section S. Lemma a : True. {proof} Qed. End S.")["a"].using == using


def test_where_a_tactic_may_take_the_using_the_proof_stays_in_place() -> None:
    found = proofs("Section S. Lemma a : True. Proof with auto using x. Qed. End S.")
    assert found["a"].using is None
    assert not found["a"].is_delegable


def test_only_a_proof_in_a_section_without_clause_needs_its_variables() -> None:
    found = proofs("Lemma a : T. Qed. Section S. Lemma b : T. Qed. Lemma c : T. Proof using. Qed.")
    assert [proof.needs_variables for proof in found.values()] == [False, True, False]


def test_builders_of_hierarchy_builder_are_a_section() -> None:
    found = proofs("HB.builders Context T of F T. Lemma a : T. Qed. HB.end. Lemma b : T. Qed.")
    assert [proof.needs_variables for proof in found.values()] == [True, False]


def test_flags_set_from_outside_keep_proofs_in_place() -> None:
    text = "Lemma a : True. Qed. Unset Universe Polymorphism. Lemma b : True. Qed."
    assert delegable(text, "Universe Polymorphism") == ["b"]


def test_arguments_of_coqc_set_flags() -> None:
    words = ["-set", "Universe  Polymorphism=true", "-mangle-names", "m", "-unset", "Program Mode"]
    flags = Settings.of_arguments(words).flags
    assert flags == {"Universe Polymorphism", "Mangle Names"}


def test_a_flag_that_a_module_exports_may_be_on_after_an_import() -> None:
    text = (
        "Module M. #[export] Set Program Mode. End M. Lemma a : T. Qed. Import M. Lemma b : T. Qed."
    )
    assert delegable(text) == ["a"]
    assert read_document(text.encode()).exported_flags == {"Program Mode"}


def test_a_polymorphic_section_sets_the_flag_inside() -> None:
    text = "#[universes(polymorphic)] Section S. Lemma a : T. Qed. End S. Lemma b : T. Qed."
    assert delegable(text) == ["b"]
    assert delegable(text.replace("#[universes(polymorphic)]", "Polymorphic")) == ["b"]


@pytest.mark.parametrize(
    "command",
    [
        "Transparent x M.a.",
        "Fail Strategy 3 [x a].",
        "Time #[local] Transparent a (* . *).",
        "Functional Scheme s := Induction for a Sort Prop.",
        "Notation c := (@M.a). Transparent c.",
        'Infix "+" := a. Strategy 3 ["_ + _"].',
        "Opaque b.",
    ],
)
def test_a_proof_that_is_asked_whether_it_is_opaque_stays_in_place(command: str) -> None:
    expected = ["b"] if "a" in re.findall(r"\b\w\b", command) else ["a", "b"]
    assert delegable(f"Lemma a : T. Qed. {command} Lemma b : T. Qed.") == expected


def test_a_file_that_extracts_code_keeps_its_proofs() -> None:
    text = "Require Import Extraction ExtrOcamlBasic. Extraction Language OCaml. Lemma a : T. Qed."
    assert delegable(text) == ["a"]
    more = " From L Require Import Extraction A. Set Extraction Optimize. (* Extraction a. *)"
    assert delegable(text + more) == ["a"]
    assert delegable(text + " Recursive Extraction a. ") == []
    assert delegable(text + " Extraction(* *)a. ") == []
    assert delegable(text + ' Extraction "a.ml" a. ') == []


def test_nothing_is_delegated_after_what_may_have_changed_anything() -> None:
    assert delegable("Lemma a : T. Qed. Load b. Lemma b : T. Qed.") == ["a"]


def test_a_proof_that_an_unknown_command_opens_stays_in_place() -> None:
    found = proofs("Lemma a : T. Qed. Conquer the world. Proof. auto. Qed. Lemma b : T. Qed.")
    assert [proof.is_delegable for proof in found.values()] == [True, False, True]
    assert found["unnamed"].statement.start == len("Lemma a : T. Qed. ")


def test_a_definition_with_a_body_opens_no_proof() -> None:
    text = "Definition a (x := 3) := 4. Definition b : let x := 3 in x = 3. Proof. auto. Qed."
    assert list(proofs(text)) == ["b"]


def test_a_statement_where_none_can_be_ends_the_proof_before() -> None:
    found = proofs("Lemma a : T. auto. Lemma b : T. auto. Qed.")
    assert [(name, proof.kind) for name, proof in found.items()] == [
        ("a", ProofEnd.NONE),
        ("b", ProofEnd.QED),
    ]
    assert [proof.is_delegable for proof in found.values()] == [False, False]


def test_an_unterminated_proof_stays_in_place() -> None:
    assert delegable("Lemma a : T. auto. Qed") == []
    assert delegable("Lemma a : T. (* Qed.") == []


def test_a_long_document_is_read_in_linear_time() -> None:
    for text in ("Transparent ", "Lemma a : T. Qed. ", "Section S. ", "Lemma a. - { ", "Set X. "):
        document = read_document((text * 20_000).encode())  # minutes, if the time were quadratic
        assert len(list(proofs_below(document.root))) == len(document.proofs)


@given(any_text)
def test_any_text_is_a_document(text: bytes) -> None:
    document = read_document(text)
    starts = [proof.statement.start for proof in document.proofs]
    assert starts == sorted(set(starts))
    for proof in document.proofs:
        assert proof.statement.start < proof.last.end <= len(text)
    assert set(proofs_below(document.root)) == set(document.proofs)

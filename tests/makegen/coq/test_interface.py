"""What a compiled file tells those that load it, on files that each Coq makes."""

import functools
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from makegen.coq import cutoff, interface
from tests.helpers import Coq, write_files

BASE = """\
Lemma zero : 0 = 0. Proof. {proof} Qed.
{comment}
Ltac close x := match goal with |- ?a = ?b => idtac x | _ => fail 1 "no" end.
Tactic Notation "finish" constr(x) := first [close x | idtac].
Notation "'twice' x" := (x + x) (at level 10).
Axiom doubled : forall x, twice x = x + x.
#[export] Hint Extern 0 (_ = _) => close 3 : core.
Definition two := 2.
Inductive tree := leaf | node (l r : tree).
Section S.
  Variable n : nat.
  Lemma same : n = n. Proof using n. {proof} Qed.
End S.
Lemma last (a b : nat) : a = b -> b = a. Proof. intro e. {proof} Qed.
"""
SHORT, LONG = "now auto.", "\n\n  idtac. idtac.\n  auto."
TEXT = BASE.format(proof=SHORT, comment="")
LEAF = "From Top Require Import Base.\nLemma is_two : two = 2. Proof. reflexivity. Qed.\n"
TOP = "From Top Require Import Leaf Base.\nLemma top : two = 2. Proof. exact is_two. Qed.\n"

Digest = Callable[[str], str]


@pytest.fixture(params=["vos", "vio"], scope="module")
def kind(request: pytest.FixtureRequest, coq: Coq) -> str:
    """What is compiled: a .vos or a .vio."""
    if request.param == "vio" and not coq.toolchain.has_vio:
        pytest.skip(f"Coq {coq.version} has no .vio")
    return str(request.param)


@pytest.fixture(scope="module")
def told_by(kind: str, coq: Coq, tmp_path_factory: pytest.TempPathFactory) -> Digest:
    """The digest of the Base.vos, or Base.vio, of a text; each is compiled once, in one folder."""
    root = tmp_path_factory.mktemp(kind)

    @functools.cache
    def digest(text: str) -> str:
        write_files(root, {"Base.v": text})
        coqc(coq, root, "Base", kind)
        return interface.digest(root / f"Base.{kind}")

    return digest


def coqc(coq: Coq, root: Path, name: str, kind: str) -> None:
    done = coq.run("coqc", "-q", "-Q", ".", "Top", f"-{kind}", f"{name}.v", cwd=root)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("proof", "comment"),
    [(LONG, ""), (SHORT, "(* A comment,\n  long enough to matter *)"), (LONG, "(* both *)\n\n")],
)
def test_proofs_and_comments_are_not_told(proof: str, comment: str, told_by: Digest) -> None:
    assert told_by(BASE.format(proof=proof, comment=comment)) == told_by(TEXT)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("two := 2", "two := 3"),
        ("0 = 0", "1 = 1"),
        ("zero", "none"),
        ("a = b -> b = a", "b = a -> a = b"),
        ("(a b : nat)", "{a b : nat}"),
        ("x + x)", "x + 0 + x)"),
        ("at level 10", "at level 9"),
        ("idtac x", "idtac a"),
        ('fail 1 "no"', 'fail 2 "no"'),
        ("close 3", "close 4"),
        ("0 (_ = _)", "1 (_ = _)"),
        ("export", "global"),
        ("(l r : tree)", "(l : tree)"),
        ("Axiom doubled", "Axiom bothered"),
        ("[close x | idtac]", "[idtac | close x]"),
        ("Variable n", "Variable m : nat. Variable n"),
        ("Lemma last", "Definition three := 3.\nLemma last"),
    ],
)
def test_all_else_is_told(old: str, new: str, told_by: Digest) -> None:
    assert old in TEXT
    text = TEXT.replace(old, new)
    if new.startswith("Variable m"):
        text = text.replace("Proof using n", "Proof using n m")
    assert told_by(text) != told_by(TEXT)


def test_every_byte_counts_where_there_are_no_places(coq: Coq, tmp_path: Path) -> None:
    write_files(tmp_path, {"Base.v": "" if coq.name == "9.2" else "Definition two := 2.\n"})
    coqc(coq, tmp_path, "Base", "vos")
    path = tmp_path / "Base.vos"
    data = path.read_bytes()
    told = interface.digest(path)
    with path.open("rb") as stream:
        segments = interface.read_segments(stream)
    assert segments
    chance = random.Random(1)
    for segment in segments:
        for _ in range(20):
            if segment.name == interface.TASKS:
                break
            at = segment.start + chance.randrange(segment.length)
            path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
            assert interface.digest(path) != told


def test_files_of_another_form_count_by_content(tmp_path: Path) -> None:
    texts = [b"", b"Coq!", b"Coq!" + bytes(12), b"Coq!" + bytes(4) + b"\xff" * 8, bytes(40)]
    found = set()
    for number, text in enumerate(texts):
        path = tmp_path / f"{number}.vos"
        path.write_bytes(text)
        found.add(interface.digest(path))
    assert len(found) == len(texts)


def make_again(coq: Coq, product: Path) -> None:
    """As the checker does it: what coqc makes in another folder takes the place of the product."""
    old = product.with_name("old")
    shutil.copy2(product, old)
    coqc(coq, product.parent, product.stem, product.suffix[1:])
    new = product.rename(product.with_name("new"))
    old.rename(product)
    cutoff.put_in_place(new, product)


def test_coq_takes_dependents_of_a_file_that_kept_its_time(
    kind: str, coq: Coq, tmp_path: Path
) -> None:
    """Leaf is built on the first Base, Top on Leaf and the second, which has other proofs."""
    base = tmp_path / f"Base.{kind}"
    write_files(tmp_path, {"Base.v": TEXT, "Leaf.v": LEAF, "Top.v": TOP})
    for name in ("Base", "Leaf"):
        coqc(coq, tmp_path, name, kind)
    before = base.stat().st_mtime_ns
    write_files(tmp_path, {"Base.v": BASE.format(proof=LONG, comment="")})
    make_again(coq, base)
    assert base.stat().st_mtime_ns == before
    coqc(coq, tmp_path, "Top", kind)
    if kind == "vio":  # the tasks are those of the second Base
        for name in ("Base", "Leaf", "Top"):
            done = coq.run("coqc", "-Q", ".", "Top", "-vio2vo", f"{name}.vio", cwd=tmp_path)
            assert done.returncode == 0, done.stderr
        checked = coq.run("coqchk", "-silent", "-Q", ".", "Top", "Top.Top", cwd=tmp_path)
        assert checked.returncode == 0, checked.stderr


def test_tasks_of_a_file_that_kept_its_time_are_the_new_ones(coq: Coq, tmp_path: Path) -> None:
    if not coq.toolchain.has_vio:
        pytest.skip(f"Coq {coq.version} has no .vio")
    write_files(tmp_path, {"Base.v": TEXT})
    coqc(coq, tmp_path, "Base", "vio")
    before = interface.digest(tmp_path / "Base.vio")
    write_files(tmp_path, {"Base.v": BASE.format(proof="\n\nexact I.", comment="")})
    make_again(coq, tmp_path / "Base.vio")
    assert interface.digest(tmp_path / "Base.vio") == before
    done = coq.run("coqc", "-Q", ".", "Top", "-check-vio-tasks", "0", "Base.vio", cwd=tmp_path)
    assert done.returncode == 1
    assert 'has type "True"' in done.stdout + done.stderr


def test_another_interface_takes_the_place_with_its_own_time(tmp_path: Path) -> None:
    product, new = tmp_path / "F.vos", tmp_path / "new"
    for old in (None, b"old", b""):
        if old is not None:
            product.write_bytes(old)
        new.write_bytes(b"new")
        os.utime(new, ns=(7, 7))
        cutoff.put_in_place(new, product)
        assert (product.read_bytes(), product.stat().st_mtime_ns) == (b"new", 7)

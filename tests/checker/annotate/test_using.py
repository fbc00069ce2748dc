"""Proof using annotations are suggested in Coq's words, written, proved right, or taken back."""

import asyncio
import contextlib
import re
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import psutil
import pytest

from checker.document.proof_using import annotation, apply_edits, clause_replaced, wants_annotation
from checker.document.reader import read_document
from checker.knowledge.store import Ledger
from checker.run.mirror import Mirror
from makegen.base.process import Outcome
from makegen.base.temporary import temporary_folder
from tests.helpers import Coq, library_project, run_of, write_files

pytestmark = pytest.mark.ends

SECTION = """\
Section S.
Variables (x y z : nat) (H : x = y).
Lemma a : x = y. Proof. exact H. Qed.
  Lemma b : True. (* no dot. *)
    exact I.
  Qed.
Section T.
Context `{K : x = z}. Let L : True. Proof. exact I. Qed.
#[local] Lemma c : x = z. Proof with auto. exact K... Qed.
Lemma d : True. Proof (* c *) with idtac. exact I... Qed.
End T.
(* Lemma no : True. exact I. Qed. *)
Lemma e : x = y. exact H. Qed.
Lemma f : x = y. Proof using H. exact H. Qed.
Lemma g : True. Proof. exact I. Defined.
Lemma r (n : nat) : n = n with s (n : nat) : x = x.
Proof. - reflexivity. - reflexivity. Qed.
End S.
Lemma t (n : nat) : n = n with u (n : nat) : n = n. reflexivity. reflexivity. Qed.
Lemma h : True. exact I. Qed.
Lemma i : True. Proof. exact I. Qed.
"""
ANNOTATED = """\
Section S.
Variables (x y z : nat) (H : x = y).
Lemma a : x = y. Proof using H. exact H. Qed.
  Lemma b : True. (* no dot. *)
  Proof using.
    exact I.
  Qed.
Section T.
Context `{K : x = z}. Let L : True. Proof. exact I. Qed.
#[local] Lemma c : x = z. Proof using K with auto. exact K... Qed.
Lemma d : True. Proof using Type (* c *) with idtac. exact I... Qed.
End T.
(* Lemma no : True. exact I. Qed. *)
Lemma e : x = y. Proof using H. exact H. Qed.
Lemma f : x = y. Proof using H. exact H. Qed.
Lemma g : True. Proof. exact I. Defined.
Lemma r (n : nat) : n = n with s (n : nat) : x = x.
Proof using x. - reflexivity. - reflexivity. Qed.
End S.
Lemma t (n : nat) : n = n with u (n : nat) : n = n. reflexivity. reflexivity. Qed.
Lemma h : True. Proof. exact I. Qed.
Lemma i : True. Proof. exact I. Qed.
"""
WRONG = """\
Section S.
Variables (x y : nat) (H : x = y).
Lemma a : x = y. Proof using y. exact H. Qed.
Lemma b : x = y. Proof using nothing with auto. exact H. Qed.
Lemma c : x = y. Proof using x y H. exact H. Qed.
End S.
"""


def project(folder: Path, files: Mapping[str, str]) -> Path:
    listed = "".join(f"th/{name}\n" for name in files)
    write_files(folder, {f"th/{name}": text for name, text in files.items()})
    return write_files(folder, {"_Project": f"-Q th P\n-arg -w -arg none\n{listed}"})


def using(coq: Coq, root: Path, *words: str) -> tuple[int, list[str]]:
    done = coq.run("proof-checker", "using", "-f", "_Project", "-j", "2", *words, cwd=root)
    assert "Traceback" not in done.stderr
    return done.returncode, (done.stdout + done.stderr).splitlines()


# What is written. -------------------------------------------------------------------------------


def test_annotations_are_written_where_they_are_missing_and_nowhere_else(
    coq: Coq, tmp_path: Path
) -> None:
    root = project(tmp_path, {"a.v": SECTION, "b.v": "From P Require Import a.\n"})
    code, lines = using(coq, root, "--apply")
    assert (code, lines[-1]) == (0, "7 annotations written")
    assert "th/a.v:3: a: Proof using H." in lines
    assert (root / "th/a.v").read_text() == ANNOTATED
    assert using(coq, root, "--apply") == (0, ["0 annotations written"])
    assert (root / "th/a.v").read_text() == ANNOTATED


def test_bytes_that_are_no_utf8_line_ends_and_mode_are_kept(coq: Coq, tmp_path: Path) -> None:
    text = b"\xef\xbb\xbf(* \xff *) Lemma a : True.\r\n  exact I.\r\nQed.\r\n(* no line end *)"
    root = project(tmp_path, {"a.v": ""})
    source = root / "th/a.v"
    source.write_bytes(text)
    source.chmod(0o640)
    assert using(coq, root, "--apply") == (0, ["th/a.v:1: a: Proof.", "1 annotation written"])
    assert source.read_bytes() == text.replace(b"  exact", b"Proof.\r\n  exact")
    assert source.stat().st_mode & 0o777 == 0o640


def test_without_apply_nothing_is_written(coq: Coq, tmp_path: Path) -> None:
    root = project(tmp_path, {"a.v": SECTION})
    code, lines = using(coq, root)
    assert (code, lines[-1]) == (0, "7 annotations missing")
    assert (root / "th/a.v").read_text() == SECTION
    assert [path.name for path in (root / "th").iterdir()] == ["a.v"]
    assert {path.name for path in root.iterdir()} == {"_Project", "th"}


def test_the_patch_makes_what_apply_writes(coq: Coq, tmp_path: Path) -> None:
    root = project(tmp_path, {"a.v": SECTION.removesuffix("\n")})
    code, lines = using(coq, root, "--diff")
    assert code == 0
    patch = "\n".join(lines) + "\n"
    subprocess.run(["patch", "-p1"], cwd=root, input=patch, text=True, check=True)
    assert (root / "th/a.v").read_text() == ANNOTATED.removesuffix("\n")


def test_a_wrong_clause_is_reported_and_left(coq: Coq, tmp_path: Path) -> None:
    root = project(tmp_path, {"a.v": WRONG})
    code, lines = using(coq, root, "--apply")
    assert code == 1
    assert lines == [
        "th/a.v:3: a: its clause is wrong; right is Proof using H.",
        "th/a.v:4: b: its clause is wrong; right is Proof using H.",
        "0 annotations written, 2 wrong",
    ]
    assert (root / "th/a.v").read_text() == WRONG


def test_a_wrong_clause_is_repaired_when_asked(coq: Coq, tmp_path: Path) -> None:
    root = project(tmp_path, {"a.v": WRONG})
    code, lines = using(coq, root, "--repair")
    assert (code, lines[-1]) == (0, "0 annotations missing, 2 repaired")
    right = WRONG.replace("using y.", "using H.").replace("using nothing", "using H")
    assert (root / "th/a.v").read_text() == right


def test_proofs_under_default_proof_using_or_named_like_a_collection_are_left_alone(
    coq: Coq, tmp_path: Path
) -> None:
    text = """\
Section S. Variables (x y : nat) (H : x = y). Collection C := x.
Variable C : nat = nat.
End S.
Section T. Variables (x y : nat) (H : x = y). Set Default Proof Using "Type".
Lemma a : True. exact I. Qed. Lemma b : True. Proof. exact I. Qed.
End T.
""".replace("Variable C : nat = nat.\n", "")
    root = project(tmp_path, {"a.v": text})
    code, lines = using(coq, root, "--apply")
    assert code == 0
    assert lines[0].startswith("th/a.v:4: a: left alone: Default Proof Using holds here")
    assert lines[1:] == ["0 annotations written, 1 left alone"]


def test_a_file_that_coqc_rejects_is_named_and_the_others_are_done(
    coq: Coq, tmp_path: Path
) -> None:
    files = {
        "a.v": "Lemma a : True. exact I. Qed.\nLemma b : True. exact 0. Qed.\n",
        "b.v": "From P Require Import a. Lemma c : True. exact I. Qed.\n",
        "c.v": "Lemma d : True. exact I. Qed.\n",
    }
    root = project(tmp_path, files)
    code, lines = using(coq, root, "--apply")
    assert code == 1
    assert 'File "./th/a.v", line 2, characters 22-23:' in lines
    assert "th/b.v: not looked at, because coqc rejects a file that it requires" in lines
    assert [(root / "th" / name).read_text() == text for name, text in files.items()] == [
        True,
        True,
        False,
    ]


def test_an_annotation_that_breaks_a_file_is_taken_back(coq: Coq, tmp_path: Path) -> None:
    text = """\
Section S. Variables (x : nat) (H K : x = x).
Lemma a : x = x. Proof. exact K. Qed.
Notation "'H' y" := y (at level 10). (* makes H a keyword, which no clause can name *)
Lemma b : x = x. Proof. clear K. assumption. Qed.
End S.
"""
    root = project(tmp_path, {"a.v": text})
    code, lines = using(coq, root, "--apply")
    assert code == 0
    assert lines[1].startswith(
        "th/a.v:4: b: Proof using H. taken back: coqc rejects th/a.v with it"
    )
    assert lines[-1] == "1 annotation written, 1 taken back"
    assert (root / "th/a.v").read_text() == text.replace("Proof. exact", "Proof using K. exact")


def test_a_project_may_load_what_it_does_not_compile(coq: Coq, tmp_path: Path) -> None:
    uses = "From L Require Import inside. From E Require Import outside. Check inside + outside.\n"
    root = project(tmp_path / "root", {"sub/a.v": uses + "Lemma a : True. exact I. Qed.\n"})
    write_files(root, {"_Project": "-Q th P\n-Q lib L\n-Q ../ext E\nth/sub/a.v\n"})
    write_files(root, {"lib/inside.v": "Definition inside := 0.\n"})
    assert coq.run("coqc", "-q", "-Q", "lib", "L", "lib/inside.v", cwd=root).returncode == 0
    write_files(tmp_path, {"ext/outside.v": "Definition outside := 0.\n"})
    words = ("-Q", "../ext", "E", "../ext/outside.v")
    assert coq.run("coqc", "-q", *words, cwd=root).returncode == 0
    assert using(coq, root, "--apply") == (0, ["th/sub/a.v:2: a: Proof.", "1 annotation written"])


def test_vos_skips_what_was_annotated(coq: Coq, tmp_path: Path) -> None:
    text = """\
Section S. Variables (x : nat) (H : x = x).
Lemma a : x = x. Proof. exact H. Qed.
Lemma b : x = x. exact H. Qed.
End S.
Lemma c : True. exact I. Qed.
"""
    root = project(tmp_path, {"a.v": text})
    assert using(coq, root, "--apply")[0] == 0
    after = (root / "th/a.v").read_text()
    wrong = {"exact H": "exact nothing", "exact I": "exact nothing"}
    for name, was in (("before.v", text), ("after.v", after)):
        write_files(root, {name: re.sub("exact [HI]", lambda found: wrong[found[0]], was)})
    assert coq.run("coqc", "-q", "-vos", "before.v", cwd=root).returncode == 1
    assert coq.run("coqc", "-q", "-vos", "after.v", cwd=root).returncode == 0


def those_that_compile(parent: int, source: str) -> list[psutil.Process]:
    """The processes below the parent that were given the source."""
    found = []
    for child in psutil.Process(parent).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if child.cmdline()[-1:] == [source]:
                found.append(child)
    return found


def test_an_interrupt_leaves_no_process_no_folder_and_the_files_as_they_were(
    coq: Coq, tmp_path: Path
) -> None:
    endless = "Ltac on := idtac; on.\nLemma a : True. on. exact I. Qed.\n"
    root = project(tmp_path / "root", {"a.v": endless})
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    command = subprocess.Popen(
        ["proof-checker", "using", "-f", "_Project", "--apply"],
        cwd=root,
        env={**coq.environ, "TMPDIR": str(temporary)},
        process_group=0,
    )
    while not (started := those_that_compile(command.pid, "th/a.v")):
        assert command.poll() is None
        time.sleep(0.05)
    command.send_signal(signal.SIGINT)
    assert command.wait(30) == 128 + signal.SIGINT
    _, alive = psutil.wait_procs(started, timeout=20)
    assert alive == []
    assert list(temporary.iterdir()) == []
    assert (root / "th/a.v").read_text() == endless


# Real libraries. --------------------------------------------------------------------------------


@pytest.mark.full
def test_a_library_compiles_with_all_its_annotations(coq: Coq, tmp_path: Path) -> None:
    root = library_project(coq, "ext-lib", tmp_path)
    code, lines = using(coq, root, "--apply")
    assert code == 0
    assert re.fullmatch(r"[1-9]\d+ annotations written", lines[-1])
    assert using(coq, root, "--apply") == (0, ["0 annotations written"])


# Edits. -----------------------------------------------------------------------------------------


def annotated(text: str, clause: str | None) -> str:
    """The text with its first proof annotated."""
    document = read_document(text.encode())
    edit = annotation(document, document.proofs[0], clause)
    return apply_edits(document.text, [edit]).decode()


def test_a_proof_sentence_goes_where_the_proof_begins() -> None:
    assert annotated("Lemma a : T. auto. Qed.", "x") == "Lemma a : T. Proof using x. auto. Qed."
    assert annotated("Lemma a : T.\n  auto.\nQed.", None) == "Lemma a : T.\nProof.\n  auto.\nQed."
    assert annotated(" Lemma a : T.\r\n\tb.\r\nQed.", "") == (
        " Lemma a : T.\r\n Proof using.\r\n\tb.\r\nQed."
    )
    assert annotated("Lemma a : T.\n(* c *) b. Qed.", "x") == (
        "Lemma a : T.\n(* c *) Proof using x. b. Qed."
    )
    assert annotated("Lemma a : T.\nQed.", None) == "Lemma a : T.\nProof.\nQed."


@pytest.mark.parametrize(
    ("proof", "replaced"),
    [
        ("Proof using x y.", "Proof using z."),
        ("Proof (* c *) using (* d *) x with auto.", "Proof using z with auto."),
        ("Time Proof using.", "Time Proof using z."),
    ],
)
def test_a_clause_is_replaced(proof: str, replaced: str) -> None:
    text = f"Section S. Lemma a : T. {proof} Qed."
    document = read_document(text.encode())
    edit = clause_replaced(document, document.proofs[0], "z")
    assert edit
    assert apply_edits(document.text, [edit]).decode() == text.replace(proof, replaced)


def test_only_proofs_that_can_be_delegated_want_an_annotation() -> None:
    text = (
        "Lemma a : T. auto. Qed. Lemma b : T. Proof. Qed. Lemma c : T. auto. Defined. Section S. "
        'Lemma d : T. Proof. Qed. Lemma e : T. Proof using. Qed. #[using="x"] Lemma f : T. Qed.'
    )
    wanting = [
        proof.name for proof in read_document(text.encode()).proofs if wants_annotation(proof)
    ]
    assert wanting == ["a", "d", "f"]


def test_a_chain_of_files_may_be_long(coq: Coq, tmp_path: Path) -> None:
    files = {"f0.v": ""}
    files |= {f"f{n}.v": f"From P Require Import f{n - 1}.\n" for n in range(1, 1500)}
    root = project(tmp_path, files)
    names = [f"th/{name}" for name in files]

    async def look() -> dict[str, Outcome]:
        with Ledger(None) as ledger, temporary_folder() as folder:
            mirror = Mirror(run_of(coq, root / "_Project", ledger), folder)
            await mirror.read_requires()
            assert mirror.changed_by(names[:1]) == set(names)
            assert mirror.needed_for(names[-1:]) == set(names)
            outcomes = await mirror.compile(names[:2])
            mirror.write(names[0], b"Definition x := 1.\n")
            assert outcomes.keys() == set(names[:2])
            return await mirror.compile(names[1:3])

    assert asyncio.run(look()).keys() == set(names[:3])


def test_what_coqc_rejects_is_told_beside_the_patch(coq: Coq, tmp_path: Path) -> None:
    wrong = SECTION + "Lemma j : 1 = 2. Proof. reflexivity. Qed.\n"
    root = project(tmp_path, {"a.v": wrong, "b.v": "From P Require Import a.\n" + SECTION})
    done = coq.run("proof-checker", "using", "-f", "_Project", "--diff", cwd=root)
    assert (done.returncode, done.stdout) == (1, "")
    assert 'File "./th/a.v", line 22' in done.stderr
    assert "Unable to unify" in done.stderr
    assert "th/b.v: not looked at" in done.stderr


def test_sources_that_need_each_other_are_refused(coq: Coq, tmp_path: Path) -> None:
    root = project(tmp_path, {"a.v": "From P Require b.\n" + SECTION, "b.v": "Require P.a.\n"})
    code, lines = using(coq, root)
    assert code == 2
    assert "need each other" in lines[-1]

"""An idle worker executes the head of a file before all that it loads stands: nothing else changes.

Here B loads A, of which a part cannot be put off, and a library outside of the project.
"""

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from checker.document.head import head
from checker.engines.snapshot.coqc.heads import Heads
from checker.engines.snapshot.coqc.launch import Launch
from checker.engines.snapshot.coqc.probe import opening_of
from checker.engines.snapshot.coqc.process import CoqProcess
from checker.shim.loader import private_folder
from tests.helpers import Coq, check, workers_of, write_files, write_project

BASE = "Definition two := 2.\nLemma two_is : two = 2.\nProof. reflexivity. Qed.\n"
LIBRARY = "Definition three := 3.\n"
USES = """(* A comment (of any kind). *)
From Lib Require Import L.
Require Import Bool.
From Top Require Import A.
Lemma five : two + three = 5.
Proof. reflexivity. Qed.
"""
CHECKED = "2 proofs in 2 files checked"


def project(coq: Coq, root: Path, **files: str) -> Path:
    """A project, and a library beside it, which is compiled."""
    sources = {"A.v": BASE, "B.v": USES} | {f"{name}.v": text for name, text in files.items()}
    write_files(root / "project", {**sources, "_Project": "-Q ../lib Lib\n-R . Top\nA.v\nB.v\n"})
    library(coq, root / "project", LIBRARY)
    return root / "project"


def library(coq: Coq, root: Path, text: str) -> None:
    write_files(root.parent / "lib", {"L.v": text})
    words = ("-q", "-R", str(root), "Top", "-Q", ".", "Lib", "L.v")
    done = coq.run("coqc", *words, cwd=root.parent / "lib")
    assert done.returncode == 0, done.stderr


def told(trace: Path, *kinds: str) -> list[str]:
    """The files of which such work was told."""
    events = json.loads(trace.read_text())["traceEvents"]
    return sorted({event["args"]["file"] for event in events if event.get("cat") in kinds})


def heads_begun(trace: Path) -> list[str]:
    """The files of which a head was executed before their turn."""
    return told(trace, "head")


def test_what_names_no_file_of_the_project_is_the_head() -> None:
    text = (
        b"(* a (* b *) c *)From Coq Require Import List Arith.\nRequire Export\n  ZArith.BinInt. "
    )
    assert head(text + b"Require Import Top.A. Require Import Lia.\n", ["th/A.v"]) == text
    assert head(text + b"Require Import Lia A.\n", ["th/A.v"]) == text
    assert head(text + b"Require Import A_b.\n", ["th/A.v"]) == text + b"Require Import A_b.\n"


@pytest.mark.parametrize(
    "odd",
    [
        "Set Implicit Arguments.",
        "Require Import(notations) List.",
        "Require Import -(coercions) List.",
        "Fail Require Import Nothing.",
        "#[global] Require Import List.",
        "Load list.",
        'Require "list".',
        "Require Import List",
    ],
)
def test_a_sentence_of_another_form_ends_it(odd: str) -> None:
    assert head(f"Require Import Arith.\n{odd}\n".encode(), []) == b"Require Import Arith.\n"


def test_a_pass_goes_on_from_the_head(coq: Coq, tmp_path: Path) -> None:
    root = project(coq, tmp_path)
    done = check(coq, root, "--trace", "trace.json")
    assert (done.returncode, CHECKED in done.stdout) == (0, True), done.stdout + done.stderr
    assert heads_begun(root / "trace.json") == ["B.v"]
    assert workers_of(root) == []
    assert sorted(path.name for path in root.rglob("*.vo")) == ["A.vo", "B.vo"]


def test_files_of_the_project_that_stand_are_loaded_ahead(coq: Coq, tmp_path: Path) -> None:
    """D waits for C, which waits for A and B: of D's head only the last sentence is left."""
    root = write_project(
        tmp_path,
        {
            "A.v": "Definition a := 1.\n",
            "B.v": "Definition b := 2.\n",
            "C.v": "From Top Require Import A B.\nDefinition c := a + b.\n",
            "D.v": "From Top Require Import A.\nFrom Top Require Import B.\n"
            "From Top Require Import C.\nLemma d : a + b = c.\nProof. reflexivity. Qed.\n",
        },
    )
    done = check(coq, root, "--trace", "trace.json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "D.v" in heads_begun(root / "trace.json")
    write_files(root, {"B.v": "Definition b := 3.\n"})
    assert check(coq, root).returncode == 0
    write_files(root, {"C.v": "From Top Require Import A B.\nDefinition c := a.\n"})
    assert check(coq, root).returncode == 1


def test_a_verdict_depends_on_what_was_read_for_the_head(coq: Coq, tmp_path: Path) -> None:
    root = project(coq, tmp_path)
    assert check(coq, root).returncode == 0
    assert "0 checked now" in check(coq, root).stdout
    library(coq, root, "Definition three := 4.\n")
    done = check(coq, root)
    assert (done.returncode, "five" in done.stdout) == (1, True)


def test_an_error_in_the_head_or_after_it_is_told_where_coqc_finds_it(
    coq: Coq, tmp_path: Path
) -> None:
    for number, (text, line) in enumerate(
        [
            (USES.replace("Import L.", "Import Missing."), 2),
            (USES.replace("two + three", "two + four"), 5),
            (USES.replace("reflexivity", "exact I"), 6),
        ]
    ):
        root = project(coq, tmp_path / str(number), B=text)
        done = check(coq, root)
        assert done.returncode == 1
        assert f'File "./B.v", line {line}' in done.stdout + done.stderr


@pytest.mark.parametrize("has_run", [False, True])
def test_a_library_that_rests_on_the_project_is_loaded_after_it(
    coq: Coq, tmp_path: Path, has_run: bool
) -> None:
    """Nothing says that it does; before its time it loads nothing, or what an earlier run left."""
    root = project(coq, tmp_path, A="Definition two := 2.\n")
    for name in ("A", "B") if has_run else ("A",):
        assert coq.run("coqc", "-q", "-Q", "../lib", "Lib", "-R", ".", "Top", f"{name}.v", cwd=root)
    library(coq, root, "From Top Require Import A.\nDefinition three := S two.\n")
    for path in root.glob("*.vo*"):
        path.unlink()
    if has_run:
        assert check(coq, root).returncode in (0, 1)
        (root / ".proof-makefile/stand-ins/B.vo").unlink(missing_ok=True)
        write_files(root, {"A.v": "Definition two := 2.\nDefinition more := 0.\n"})
    plain = coq.run(
        "sh",
        "-c",
        "coqc -q -Q ../lib Lib -R . Top A.v && coqc -q -Q ../lib Lib -R . Top B.v; rc=$?;"
        "rm -f *.vo* .*.aux *.glob; exit $rc",
        cwd=root,
    )
    done = check(coq, root, "--recheck")
    is_refused = "inconsistent" in plain.stderr  # it was compiled over another A
    assert is_refused == bool(plain.returncode)
    assert done.returncode == (3 if is_refused else 0), done.stdout + done.stderr + plain.stderr
    assert ("inconsistent" in done.stderr) == is_refused


def test_names_without_stand_ins_do_not_outlive_a_check_that_was_cut_short(
    coq: Coq, tmp_path: Path
) -> None:
    root = project(coq, tmp_path, A=BASE + "Definition bad := nothing.\n")
    assert check(coq, root).returncode == 1
    write_files(root, {"A.v": BASE, "_Project": "-Q ../lib Lib\n-R . Top\nA.v\n"})
    assert check(coq, root).returncode == 0
    places = [path.name for path in (root / ".proof-makefile/stand-ins").glob("*.vo")]
    assert places == ["A.vo"]


@pytest.mark.parametrize("is_clean", [False, True])
def test_what_make_compiled_is_not_touched(coq: Coq, tmp_path: Path, is_clean: bool) -> None:
    """A stand-in may be a link to it. B is wrong since A was edited, and was not compiled since."""
    root = write_project(
        tmp_path,
        {
            "A.v": "Definition a := 1.\n",
            "B.v": "From Top Require Import A.\nLemma b : a = 1.\nProof. reflexivity. Qed.\n",
            "C.v": "From Top Require Import B.\n",
        },
    )
    for name in ("A", "B", "C"):
        assert coq.run("coqc", "-q", "-Q", ".", "Top", f"{name}.v", cwd=root).returncode == 0
    assert check(coq, root).returncode == 0
    assert (root / ".proof-makefile/stand-ins/B.vo").is_symlink()
    if is_clean:
        for path in root.glob("*.vo"):
            path.unlink()
        assert check(coq, root, "--recheck").returncode == 0
        assert not list(root.glob("*.vo"))
        return
    time.sleep(0.02)  # its .vo is newer than those that load it
    write_files(root, {"A.v": "Definition a := 2.\n"})
    assert coq.run("coqc", "-q", "-Q", ".", "Top", "A.v", cwd=root).returncode == 0
    before = (root / "B.vo").stat().st_mtime_ns
    for _ in range(2):
        assert check(coq, root).returncode == 1
        assert (root / "B.vo").stat().st_mtime_ns == before


def test_stand_ins_that_are_fresh_stay_so(coq: Coq, tmp_path: Path) -> None:
    """B waits for A, which is passed again and says the same as before."""
    root = project(coq, tmp_path, A="Definition two := 2.\n")
    assert check(coq, root).returncode == 0
    write_files(root, {"A.v": "Definition two := 2.\nCheck two.\n"})
    assert check(coq, root, "--trace", "trace.json").returncode == 0
    assert told(root / "trace.json", "head", "start") == ["A.v"]


@pytest.fixture
def launched(coq: Coq, tmp_path: Path) -> Iterator[Launch]:
    """How a process is started for F.v, which has a library beside it."""
    write_files(tmp_path, {"L.v": LIBRARY, "F.v": " " * 200})
    assert coq.run("coqc", "-q", "-R", ".", "Top", "L.v", cwd=tmp_path).returncode == 0
    with private_folder() as private:
        yield Launch(
            command=(*coq.toolchain.coqc, "-q", "-R", ".", "Top", "F.v"),
            root=tmp_path,
            source=tmp_path / "F.v",
            environ=coq.environ,
            shim=private.shim,
            opening=asyncio.run(opening_of(coq.toolchain)),
            folder=private.folder,
        )


HEAD = b"From Top Require Import L.\n"


async def taken(launch: Launch, text: bytes, *, between: Path | None = None) -> bytes | None:
    """What the list of opened files has once a process was taken and has executed the text."""
    heads, opened = Heads(), launch.folder / "opened"
    await heads.begin("F.v", HEAD, launch)
    assert (len(heads), len(heads.waiting)) == (1, 1)
    if between:
        between.touch()
    process = await heads.take("F.v", text, opened)
    assert len(heads) == 0
    if process is None:
        return None
    assert await process.execute(text)
    process.kill()
    await process.ended()
    return opened.read_bytes()


def test_the_head_is_not_executed_again(launched: Launch) -> None:
    """Coq would refuse the second definition."""

    async def run() -> None:
        heads = Heads()
        await heads.begin("F.v", b"Definition d := 0.\n", launched)
        text = b"Definition d := 0.\nCheck d.\n"
        process = await heads.take("F.v", text, launched.folder / "opened")
        assert isinstance(process, CoqProcess)
        assert await process.execute(text)
        process.kill()
        await process.ended()

    asyncio.run(run())


def test_what_was_read_and_what_is_read_later_is_listed(launched: Launch) -> None:
    found = asyncio.run(taken(launched, HEAD + b"Definition d := three.\n"))
    assert found is not None
    assert b"/L.vo\n" in found


def test_it_is_dropped_where_a_file_was_touched_since_or_the_text_is_another(
    launched: Launch,
) -> None:
    more = b"Definition d := three.\n"
    assert asyncio.run(taken(launched, HEAD + more, between=launched.root / "L.vo")) is None
    assert asyncio.run(taken(launched, b"Require L.\n" + more)) is None
    assert asyncio.run(taken(launched, HEAD)) is None


def test_where_it_fails_there_is_none(launched: Launch) -> None:
    async def run() -> None:
        heads = Heads()
        await heads.begin("F.v", b"Require Import Nothing.\n", launched)
        assert (len(heads), heads.waiting) == (1, [])
        assert await heads.take("F.v", b"Require Import Nothing.\n ", launched.root) is None

    asyncio.run(run())


@pytest.mark.parametrize("text", ["From Top Require Export A.\n", f"{'(* long *)' * 2000}\n{USES}"])
def test_a_file_without_a_head_or_with_a_long_one_is_only_begun(
    coq: Coq, tmp_path: Path, text: str
) -> None:
    root = project(coq, tmp_path, B=text)
    done = check(coq, root, "--trace", "trace.json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert heads_begun(root / "trace.json") == ["B.v"]


@pytest.mark.parametrize("stood", [True, False])
def test_what_it_has_read_of_the_project_must_have_stood(launched: Launch, stood: bool) -> None:
    """Else it may have read what an earlier run has left there."""
    root = launched.root
    stand_in = root / ".proof-makefile/stand-ins/L.vo"
    stand_in.parent.mkdir(parents=True)
    (root / "L.vo").rename(stand_in)
    command = (*launched.command[:-1], "-Q", ".proof-makefile/stand-ins", "Top", "F.v")

    async def run() -> bool:
        heads = Heads()
        if stood:
            heads.stands(stand_in)
        await heads.begin("F.v", HEAD, replace(launched, command=command))
        heads.stands(stand_in)
        process = await heads.take("F.v", HEAD + b"Check three.\n", launched.folder / "opened")
        if process:
            process.kill()
            await process.ended()
        return process is not None

    assert asyncio.run(run()) is stood


def test_those_of_files_that_are_skipped_end(launched: Launch) -> None:
    async def run() -> None:
        heads = Heads()
        await heads.begin("F.v", HEAD, launched)
        heads.drop({"F.v": "A.v"})
        assert len(heads) == 0
        assert await heads.take("F.v", HEAD + b"\n", launched.folder / "opened") is None
        await heads.end()

    asyncio.run(run())


def test_whoever_waits_for_one_can_be_cancelled(launched: Launch) -> None:
    async def run() -> None:
        heads = Heads()
        begun = asyncio.create_task(heads.begin("F.v", HEAD, launched))
        await asyncio.sleep(0)
        taken = asyncio.create_task(heads.take("F.v", HEAD + b"\n", launched.folder / "opened"))
        await asyncio.sleep(0)
        taken.cancel()
        await asyncio.wait([begun, taken])
        assert begun.exception() is None
        assert len(heads.waiting) == 1
        await heads.end()
        assert len(heads) == 0

    asyncio.run(run())

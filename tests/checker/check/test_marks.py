"""A check leaves the .vok of each good file with a .vos, and of no other, whatever the engine."""

import asyncio
from pathlib import Path

import pytest

from checker.check import pipeline
from checker.check.engines import SNAPSHOT
from checker.knowledge.store import Ledger
from checker.report.events import Event, FileDone, ProofDone
from tests.helpers import GOOD, WRONG, Coq, check, generate, run_of, write_files, write_project

pytestmark = pytest.mark.ends


def marks(root: Path) -> set[str]:
    return {path.stem for path in root.glob("*.vok")}


def write_with_vos(root: Path, files: dict[str, str]) -> None:
    """A project whose files have a .vos; nobody looks at a .vok without one."""
    write_project(root, files, "-R . P")
    for file in files:
        (root / file).with_suffix(".vos").touch()


@pytest.mark.parametrize("engine", ["snapshot", "vok"])
def test_good_files_are_marked_and_wrong_ones_lose_their_mark(
    engine: str, coq: Coq, tmp_path: Path
) -> None:
    write_with_vos(tmp_path, {"a.v": GOOD, "b.v": GOOD, "c.v": WRONG})
    assert check(coq, tmp_path, engine=engine).returncode == 1
    assert marks(tmp_path) == {"a", "b"}
    write_files(tmp_path, {"b.v": GOOD + WRONG, "c.v": GOOD})
    assert check(coq, tmp_path, engine=engine).returncode == 1
    assert marks(tmp_path) == {"a", "c"}


def test_a_check_leaves_one_folder_and_nothing_else(coq: Coq, tmp_path: Path) -> None:
    write_project(tmp_path, {"a.v": GOOD, "b.v": WRONG}, "-R . P")
    before = set(tmp_path.iterdir())
    assert check(coq, tmp_path).returncode == 1
    assert {path.name for path in set(tmp_path.iterdir()) - before} == {".proof-makefile"}
    assert (tmp_path / ".proof-makefile" / ".gitignore").read_text().split("\n")[-2] == "*"


def test_make_vok_has_nothing_to_do_after_a_check(coq: Coq, tmp_path: Path) -> None:
    write_project(tmp_path, {"a.v": GOOD, "b.v": "Require Import P.a.\n"}, "-R . P")
    generate(coq, tmp_path)
    assert coq.run("make", "vos", cwd=tmp_path).returncode == 0
    assert check(coq, tmp_path).returncode == 0
    before = (tmp_path / "a.vok").stat().st_mtime_ns
    done = coq.run("make", "vok", cwd=tmp_path)
    assert "COQC" not in done.stdout
    assert (tmp_path / "a.vok").stat().st_mtime_ns == before


def test_a_mark_is_taken_away_when_only_a_needed_file_changed(coq: Coq, tmp_path: Path) -> None:
    b = "Require Import P.a.\nLemma b : n = 1. Proof. reflexivity. Qed.\n"
    write_with_vos(tmp_path, {"a.v": "Definition n := 1.\n", "b.v": b})
    assert check(coq, tmp_path).returncode == 0
    assert marks(tmp_path) == {"a", "b"}
    write_files(tmp_path, {"a.v": "Definition n := 2.\n"})
    assert check(coq, tmp_path).returncode == 1
    assert marks(tmp_path) == {"a"}


def test_a_source_that_is_edited_while_it_is_checked_is_not_marked_after_an_interrupt(
    coq: Coq, tmp_path: Path
) -> None:
    write_with_vos(tmp_path, {"a.v": GOOD, "b.v": GOOD})

    told: list[str] = []

    def tell(event: Event) -> None:
        if isinstance(event, ProofDone) and event.result.file == "a.v":
            write_files(tmp_path, {"a.v": WRONG})
        if isinstance(event, FileDone):
            told.append(event.result.file)
        if len(told) == 2:
            raise KeyboardInterrupt

    with Ledger(None) as ledger:
        run = run_of(coq, tmp_path / "_Project", ledger, tell)
        with pytest.raises(KeyboardInterrupt):
            asyncio.run(pipeline.check(run, SNAPSHOT))
    assert marks(tmp_path) == {"b"}

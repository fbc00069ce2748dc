"""A complaint counts when nothing that the file loads was touched while coqc was at it."""

import asyncio
import fcntl
import os
from pathlib import Path

import pytest

from checker.interfaces.stable import StableInputs
from checker.knowledge.store import Ledger
from makegen.coq.dependencies import Dependencies
from tests.helpers import Coq, every_coq, run_of, write_files

NEEDS = Dependencies({"A.v": (), "B.v": ("A.v",), "C.v": ("B.v",), "D.v": ()}, {})


@pytest.fixture
def still(tmp_path: Path) -> StableInputs:
    """Of a project where C needs B, B needs A, and D stands alone."""
    files = {name: "" for stem in "ABCD" for name in (f"{stem}.v", f"{stem}.vos")}
    write_files(tmp_path, {**files, "_Project": "-Q . Top\nA.v B.v C.v D.v\n"})
    coq: Coq = every_coq()[0]
    with Ledger(None) as ledger:
        return StableInputs(run_of(coq, tmp_path / "_Project", ledger), NEEDS, NEEDS.sources)


def test_nothing_was_touched(still: StableInputs) -> None:
    assert still.hold("C.v")


def test_a_file_that_was_away_for_an_instant_was_touched(
    still: StableInputs, tmp_path: Path
) -> None:
    times = (tmp_path / "A.vos").stat()
    kept = (tmp_path / "A.vos").rename(tmp_path / "A.vos.kept")
    kept.replace(tmp_path / "A.vos")
    os.utime(tmp_path / "A.vos", ns=(times.st_atime_ns, times.st_mtime_ns))
    assert not still.hold("C.v")
    assert not still.hold("B.v")


def test_a_file_that_has_come_or_gone_was_touched(still: StableInputs, tmp_path: Path) -> None:
    (tmp_path / "A.vio").touch()
    assert not still.hold("B.v")
    assert still.hold("D.v")
    (tmp_path / "B.vos").unlink()
    assert not still.hold("C.v")


def test_what_others_load_does_not_matter(still: StableInputs, tmp_path: Path) -> None:
    (tmp_path / "C.vos").write_text("new")
    (tmp_path / "D.vos").unlink()
    assert still.hold("C.v")


def test_who_makes_something_is_waited_for(still: StableInputs, tmp_path: Path) -> None:
    async def waits(seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await still.wait(["C.v"])
        except TimeoutError:
            return True
        return False

    with (tmp_path / "A.v").open() as source:
        fcntl.flock(source, fcntl.LOCK_EX)
        assert not still.hold("C.v")
        assert still.hold("D.v")
        assert asyncio.run(waits(0.1))
    assert not asyncio.run(waits(60))
    assert still.hold("C.v")

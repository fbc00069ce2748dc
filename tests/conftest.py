"""Fixtures, and the counts per Coq that end a run.

A test that takes `coq` runs once for each Coq of the matrix that is there; `--toolchain 8.16`
(may be repeated) takes that one only. Prepare them with `bash tests/matrix.sh`. Tests marked
`full` take minutes and run with `--full` only. Those marked `ends` run with the oldest and the
newest Coq, and those marked `once`, which prove what is the same on every Coq, with the oldest;
with the others they run when these are asked for by name, or with `--full`. A test's own mark
counts before its module's.
"""

import os
import signal
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.helpers import TESTS, Coq, every_coq

NO_COQ = "without Coq"
_TOO_MANY = {"once": slice(1, None), "ends": slice(1, -1)}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--toolchain",
        action="append",
        default=[],
        metavar="NAME",
        help="run the Coq tests with this Coq only: 8.16, 8.20 or 9.2 (may be repeated)",
    )
    parser.addoption("--full", action="store_true", help="run the tests marked `full` too")


def pytest_configure(config: pytest.Config) -> None:
    # A shell lets what it runs in the background ignore ^C, and children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _keep_bytecode(TESTS.parent / ".pytest_cache/bytecode")
    there = {coq.name for coq in every_coq()}
    missing = set(config.getoption("--toolchain")) - there
    if missing or not there:
        names = ", ".join(sorted(missing)) or "at all"
        raise pytest.UsageError(f"no Coq {names} here; run bash tests/matrix.sh")


def _keep_bytecode(folder: Path) -> None:
    """Of all Python that tests run: each of our thousands of commands would be compiled anew.

    That is so where a container's image sets PYTHONDONTWRITEBYTECODE. No other folder gets any.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix = str(folder)
    sys.dont_write_bytecode = False


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    # Those on real libraries take longest; at the end, one worker would wait for another's.
    items.sort(key=lambda item: item.path.parent != TESTS)
    if config.getoption("--full"):
        return
    left_out = {item for item in items if item.get_closest_marker("full")}
    if not config.getoption("--toolchain"):
        left_out |= {item for item in items if _coq_of(item) in _too_many_for(item)}
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = [item for item in items if item not in left_out]


def _too_many_for(item: pytest.Item) -> tuple[Coq, ...]:
    """The Coqs that have nothing to add to what this test proves with the others."""
    for mark in item.iter_markers():  # the test's own first, then the module's
        if mark.name in _TOO_MANY:
            return every_coq()[_TOO_MANY[mark.name]]
    return ()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "coq" in metafunc.fixturenames:
        asked = metafunc.config.getoption("--toolchain")
        coqs = [coq for coq in every_coq() if not asked or coq.name in asked]
        names = [coq.name for coq in coqs]
        metafunc.parametrize("coq", coqs, indirect=True, scope="session", ids=names)


@pytest.fixture(scope="session")
def coq(request: pytest.FixtureRequest) -> Coq:
    """Each Coq of the matrix in turn."""
    assert isinstance(request.param, Coq)
    return request.param


def pytest_itemcollected(item: pytest.Item) -> None:
    used = _coq_of(item)
    item.user_properties.append(("toolchain", f"Coq {used.version}" if used else NO_COQ))


def _coq_of(item: pytest.Item) -> Coq | None:
    """The Coq that a test runs with, if it takes one."""
    callspec = getattr(item, "callspec", None)
    used = callspec.params.get("coq") if callspec else None
    return used if isinstance(used, Coq) else None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line per Coq: how many tests passed, failed, were skipped."""
    counts: dict[str, Counter[str]] = {}
    for outcome in ("passed", "failed", "error", "skipped"):
        for report in terminalreporter.getreports(outcome):
            name = dict(getattr(report, "user_properties", ())).get("toolchain", NO_COQ)
            counts.setdefault(str(name), Counter())[outcome] += 1
    terminalreporter.section("tests per Coq")
    for name in sorted(counts, key=lambda name: (name != NO_COQ, name)):
        words = ", ".join(f"{count} {outcome}" for outcome, count in counts[name].items())
        terminalreporter.write_line(f"{name}: {words}")

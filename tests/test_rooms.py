"""Imports go one way: down the list of rooms that docs/architecture.md draws, and in no circle."""

import ast
from collections import defaultdict
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("makegen", "checker")
# From the bottom. A module may import from its own room and from those before it.
ROOMS = (
    "makegen.base",
    "makegen.project",
    "makegen.coq",
    "makegen.generate",
    "makegen.cli",
    "checker.document",
    "checker.schedule",
    "checker.report",
    "checker.report.formats",
    "checker.report.page",
    "checker.workers.manager",
    "checker.workers",
    "checker.shim",
    "checker.knowledge",
    "checker.run",
    "checker.interfaces",
    "checker.engines",
    "checker.engines.whole_file",
    "checker.engines.vio",
    "checker.engines.snapshot.steps",
    "checker.engines.snapshot.coqc",
    "checker.engines.snapshot.file",
    "checker.engines.snapshot",
    "checker.cluster",
    "checker.check",
    "checker.annotate",
    "checker.lsp",
    "checker.cli",
)
# Where checker may use makegen.
SHARED = ("makegen.base", "makegen.project", "makegen.coq")
MOST_MODULES = 20
MOST_LINES = 310


def modules() -> dict[str, Path]:
    """Every module of the packages, by dotted name; `__main__` and `__init__` hold no code."""
    paths = (path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): path
        for path in paths
        if path.name not in ("__init__.py", "__main__.py")
    }


def imports(path: Path, known: dict[str, Path]) -> set[str]:
    """The modules of ours that a module imports, also inside functions."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found & known.keys()


def room_of(module: str) -> str:
    room = module.rpartition(".")[0]
    assert room in ROOMS, f"{module} stands in no room of the list"
    return room


@pytest.fixture(scope="module")
def arrows() -> dict[str, set[str]]:
    """For each module, what it imports."""
    known = modules()
    return {module: imports(path, known) for module, path in known.items()}


def test_no_module_imports_upwards(arrows: dict[str, set[str]]) -> None:
    place = {room: number for number, room in enumerate(ROOMS)}
    upwards = [
        f"{module} imports {other}"
        for module, others in arrows.items()
        for other in others
        if place[room_of(other)] > place[room_of(module)]
    ]
    assert not upwards


def test_no_circle_of_modules(arrows: dict[str, set[str]]) -> None:
    order = TopologicalSorter({module: sorted(others) for module, others in arrows.items()})
    order.prepare()  # raises CycleError, which names the circle


def test_checker_and_makegen_meet_in_three_rooms(arrows: dict[str, set[str]]) -> None:
    others = {
        f"{module} imports {other}"
        for module, imported in arrows.items()
        for other in imported
        if module.startswith("checker.")
        and other.startswith("makegen.")
        and room_of(other) not in SHARED
    }
    assert not others
    assert not [m for m in arrows if m.startswith("makegen.") and "checker" in str(arrows[m])]


def test_rooms_and_modules_are_small() -> None:
    rooms = defaultdict(list)
    for module, path in modules().items():
        rooms[room_of(module)].append(module)
        lines = len(path.read_text().splitlines())
        assert lines <= MOST_LINES, f"{path}: {lines} lines"
    assert {room: len(found) for room, found in rooms.items() if len(found) > MOST_MODULES} == {}


def test_every_room_says_in_one_sentence_what_it_is_for() -> None:
    for room in ROOMS:
        text = (ROOT / room.replace(".", "/") / "__init__.py").read_text()
        purpose = ast.get_docstring(ast.parse(text))
        assert purpose, room
        assert purpose.splitlines()[0].endswith("."), room


@pytest.mark.parametrize("name", ["README.md", "docs/architecture.md"])
def test_the_picture_has_the_rooms_in_this_order(name: str) -> None:
    """In the picture each room is a line that begins with its folder, the highest first."""
    lines = [line.split() for line in (ROOT / name).read_text().splitlines() if line]
    drawn = [words[0] for words in lines if words and words[0].rstrip("/") in _folders()]
    assert [folder.rstrip("/").replace("/", ".") for folder in drawn] == list(reversed(ROOMS))


def _folders() -> set[str]:
    return {room.replace(".", "/") for room in ROOMS}

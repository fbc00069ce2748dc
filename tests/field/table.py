"""Tables for docs/field.md from what visits have left.

python -m tests.field.table FOLDER
"""

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

_COLUMNS = [
    "library",
    "files",
    "proofs",
    "make",
    "check",
    "ratio",
    "again",
    "edit",
    "quick",
    "vio2vo",
    "memory",
    "delegable",
]
_HEAD = f"| {' | '.join(_COLUMNS)} |"
_RULE = "|---|" + "---:|" * (len(_COLUMNS) - 1)


def rows(folder: Path, coq: str) -> list[str]:
    """A line of Markdown for each library that this Coq compiles."""
    found = []
    for path in sorted(folder.glob(f"{coq}-*.json")):
        visit = json.loads(path.read_text())
        if path.name.endswith(".times.json") or visit["unusable"]:
            continue
        found.append(_row(visit, _times(path, visit)))
    return found


def _times(path: Path, visit: dict[str, Any]) -> dict[str, Any]:
    """Times of make and a first check: those of a quiet machine where they were measured."""
    quiet = path.with_name(path.stem + ".times.json")
    steps: dict[str, Any] = (json.loads(quiet.read_text()) if quiet.exists() else visit)["steps"]
    return steps


def _row(visit: dict[str, Any], first: dict[str, Any]) -> str:
    steps = visit["steps"]
    make, check = first["make"]["wall"], first.get("check", {}).get("wall")
    cells = [visit["library"], f"{visit['files']:,}", f"{visit['proofs']:,}", f"{make:.1f} s"]
    cells += [f"{check:.1f} s", f"{check / make:.2f}"] if check else ["-", "-"]
    cells += [_cpu(steps, name) for name in ("again", "edit", "quick", "vio2vo")]
    cells.append(_memory(steps))
    cells.append(f"{visit['delegated_share']:.0%}" if visit["proofs"] else "-")
    return f"| {' | '.join(cells)} |"


def _cpu(steps: dict[str, Any], name: str) -> str:
    """The CPU time of a step over that of make."""
    if name not in steps:
        return "-"
    return f"{steps[name]['cpu'] / steps['make']['cpu']:.2f}"


def _memory(steps: dict[str, Any]) -> str:
    ours, theirs = steps.get("check", {}).get("memory"), steps["make"]["memory"]
    return f"{ours / theirs:.1f}" if ours and theirs else "-"


def in_place(folder: Path, coq: str) -> dict[str, float]:
    """Why proofs are not delegated: the share of the time of all libraries' proofs, each alike."""
    total: defaultdict[str, float] = defaultdict(float)
    visits = [json.loads(path.read_text()) for path in sorted(folder.glob(f"{coq}-*.json"))]
    counted = [visit for visit in visits if visit["proofs"]]
    for visit in counted:
        for why, share in visit["in_place"].items():
            total[why] += share / len(counted)
    return dict(sorted(total.items(), key=lambda pair: -pair[1]))


def main() -> int:
    """Print Markdown; the exit code."""
    folder = Path(sys.argv[1])
    for coq in ("8.16", "8.20", "9.2"):
        lines = rows(folder, coq)
        print(f"\n## Coq {coq}: {len(lines)} libraries\n\n{_HEAD}\n{_RULE}", *lines, sep="\n")
        print("\n| why a proof stays in place | share of the time |\n|---|---:|")
        for why, share in in_place(folder, coq).items():
            print(f"| {why} | {share:.2%} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())

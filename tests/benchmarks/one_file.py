"""One large file out of the files of a library: each becomes a module of it.

    python -m tests.benchmarks.one_file --coq 8.16 --package stdpp [--bytes N] [--copies N] FILE.v

Takes the library's files in the order of their dependencies, the first of them that have so many
bytes, and writes them as one source that needs the standard library only: in it, `From stdpp
Require Import base.` becomes `Import base.`. All else is as the library has it: sections with and
without `Proof using`, proofs of all sizes.
"""

import argparse
import re
import sys
from pathlib import Path

from tests.helpers import LIBRARIES, Coq, every_coq


def one_file(coq: Coq, package: str, size: int, copies: int) -> str:
    """The text."""
    logical, left_out = LIBRARIES[package]
    folder = coq.library(package) / logical
    required = re.compile(
        rf"^From {logical} Require(?:\s+(Import|Export))?\s+([^.]*(?:\.\w[^.]*)*)\.(?=\s)",
        re.MULTILINE,
    )
    texts = {
        path.stem: path.read_text() for path in folder.glob("*.v") if path.name not in left_out
    }
    needs = {
        name: [need for found in required.finditer(text) for need in found[2].split()]
        for name, text in texts.items()
    }
    # Rocq 9.2 takes a library amiss that is first loaded inside a module.
    loads = re.compile(r"^From [\w.]+ Require\b[^.]*(?:\.\w[^.]*)*\.(?=\s)", re.MULTILINE)
    parts: list[str] = []
    head: dict[str, None] = {}
    for name in _ordered(needs):
        text = required.sub(
            lambda found: f"{found[1]} {found[2]}." if found[1] else "", texts[name]
        )
        head |= dict.fromkeys(
            re.sub(r" (Import|Export)\b", "", s)
            for s in loads.findall(text)
            if f"From {logical} " not in s
        )
        parts.append(f"Module {name}.\n{text}\nEnd {name}.\n")
        if sum(map(len, parts)) >= size:
            break
    whole = "\n".join(parts)
    numbered = (f"Module Copy{n}.\n{whole}\nEnd Copy{n}.\n" for n in range(copies))
    return "\n".join([*head, *numbered])


def _ordered(needs: dict[str, list[str]]) -> list[str]:
    """Each name after those that it needs; else by name."""
    seen: set[str] = set()
    order: list[str] = []

    def visit(name: str) -> None:
        if name in needs and name not in seen:
            seen.add(name)
            for need in needs[name]:
                visit(need)
            order.append(name)

    for name in sorted(needs):
        visit(name)
    return order


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--coq", required=True, help="8.16, 8.20 or 9.2")
    parser.add_argument("--package", default="stdpp", choices=sorted(LIBRARIES))
    parser.add_argument("--bytes", dest="size", type=int, default=600_000)
    parser.add_argument("--copies", type=int, default=1, help="how often to say all of it")
    parser.add_argument("file", type=Path)
    options = parser.parse_args()
    coq = next(coq for coq in every_coq() if coq.name == options.coq)
    options.file.write_text(one_file(coq, options.package, options.size, options.copies))
    return 0


if __name__ == "__main__":
    sys.exit(main())

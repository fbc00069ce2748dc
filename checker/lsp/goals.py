"""The goals of an open proof, as coqc prints them, in the form that clients of coq-lsp use."""

import re
import textwrap
from dataclasses import dataclass
from typing import Any

SHOW_ALL = b"Set Printing Width 1000. "
SHOW = SHOW_ALL + b"Set Printing Unfocused. Show."
MOST = 40  # goals of which the hypotheses are shown
_COUNT = re.compile(r"\s*(\d+) (?:focused )?goals?[^\n]*\n")
_SHELVED = re.compile(r"shelved: (\d+)")
_OTHERS = re.compile(r"\n\*\*\* Unfocused goals[^\n]*\n")
_GOAL = re.compile(r"^goal (\d+)(?: \([^)]*\))? is:\n", re.MULTILINE)
_GO_BACK = "You need to go back and solve them."
_LINE = re.compile(r" {2,4}=====*")
_HYPOTHESIS = re.compile(r"  (?=\S)")


@dataclass(frozen=True)
class Goals:
    """What is open: in focus, and out of it, by what stands below the line."""

    focused: int
    first: str  # the first one in focus, as it is printed
    others: tuple[str, ...]  # the conclusions of the others in focus
    unfocused: tuple[str, ...] = ()
    shelf: tuple[str, ...] = ()
    given_up: tuple[str, ...] = ()


def read_goals(output: str) -> Goals:
    """What `Show` printed."""
    found = _COUNT.match(output)
    if found is None:
        return _none_in_focus(output)
    shelved = _SHELVED.search(found[0])
    shown, *outside = _OTHERS.split(output[found.end() :], maxsplit=1)
    first, *others = _parts(shown)
    unfocused = _parts(outside[0])[1:] if outside else []
    shelf = ("",) * int(shelved[1] if shelved else 0)  # it does not say which
    return Goals(int(found[1]), first, tuple(others), tuple(unfocused), shelf)


def _none_in_focus(output: str) -> Goals:
    """Then it tells of those that are elsewhere."""
    elsewhere = tuple(_parts(output.replace(_GO_BACK, ""))[1:])
    if "on the shelf" in output:
        return Goals(0, "", (), shelf=elsewhere)
    if "gave up" in output:
        return Goals(0, "", (), given_up=elsewhere)
    return Goals(0, "", (), unfocused=elsewhere)


def _parts(text: str) -> list[str]:
    """What is before the first `goal N is:`, and after each."""
    return _GOAL.split(text)[::2]


def more(goals: Goals) -> bytes:
    """What is asked then, to see the hypotheses of the others."""
    return b" ".join(b"Show %d." % n for n in range(2, min(goals.focused, MOST) + 1))


def goal(text: str) -> dict[str, Any]:
    """One goal, as it is printed: hypotheses, a line, what is to be shown."""
    above, below, at = [], [], False
    for line in text.rstrip().split("\n"):
        if not at and _LINE.match(line):
            at = True
        elif at:
            below.append(line)
        else:
            above.append(line)
    if not at:
        above, below = [], above
    return {"hyps": _hypotheses(above), "ty": _unindented(below)}


def _hypotheses(lines: list[str]) -> list[dict[str, Any]]:
    blocks: list[str] = []
    for line in filter(str.strip, lines):
        if _HYPOTHESIS.match(line) or not blocks:
            blocks.append(line.strip())
        else:
            blocks[-1] += "\n" + line
    return [_hypothesis(block) for block in blocks]


def _hypothesis(block: str) -> dict[str, Any]:
    names, colon, kind = block.partition(" : ")
    if " := " not in names:
        return {"names": re.split(r",\s*", names.strip()), "ty": kind if colon else ""}
    name, _, rest = block.partition(" := ")
    body, colon, kind = rest.rpartition(" : ")
    return {"names": re.split(r",\s*", name.strip()), "def": body if colon else rest, "ty": kind}


def _unindented(lines: list[str]) -> str:
    return textwrap.dedent("\n".join(lines)).strip()


def answer(goals: Goals, rest: str) -> dict[str, Any]:
    """The goals as the protocol has them; `rest`: what was said to `more`."""
    shown = [goals.first] if goals.focused else []
    full = _parts(rest)[1:] if rest else []
    shown += [full[n] if n < len(full) else other for n, other in enumerate(goals.others)]
    return {
        "goals": [goal(text) for text in shown],
        "stack": [[[], [goal(text) for text in goals.unfocused]]] if goals.unfocused else [],
        "shelf": [goal(text) for text in goals.shelf],
        "given_up": [goal(text) for text in goals.given_up],
    }

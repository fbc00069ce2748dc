"""Times and memory of compilations: the logs of `make TIMED=1` and of coqc's -time, read.

The line of a command is `NAME (real: S, user: S, sys: S, mem: N ko)`, as TIMEFMT has it; that of a
sentence is `Chars START - END [NAME~WORDS] S secs (Su,Ss)`. The tables that are made of them are
those of the scripts that come with Coq.
"""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

_SENTENCE = re.compile(
    r"^Chars (\d+) - (\d+) (\S+) (\d+\.?\d*) secs \((\d+\.?\d*)u.*\)$", re.MULTILINE
)
_USUAL_FOLDER = r"(coq/|contrib/|)(?:theories/|src/)?"


@dataclass(frozen=True)
class Cost:
    """What one file or one sentence took."""

    time: Decimal | None = None  # seconds, with the digits of the log
    memory: int | None = None  # kilobytes, at the peak


Costs = Mapping[str, Cost]


@dataclass(frozen=True)
class Sentence:
    """One sentence of a file: its characters and its beginning, as coqc -time names it."""

    start: int
    end: int
    words: str


Timed = tuple[Sentence, Cost]
Placed = tuple[Sentence, Cost | None]  # None: where it would be on the other side


def read_log(file: str) -> str:
    """The text of a log; - is the standard input. Lines that are no UTF-8 are passed over."""
    content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    lines = content.replace(b"\r\n", b"\n").split(b"\n")
    return "\n".join(line.decode() for line in lines if _is_text(line))


def _is_text(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def command_costs(log: str, real: bool = False, memory: bool = True) -> Costs:
    """The cost of each command of a build, by the file it made; the last of its lines counts.

    User times count, unless they are asked for as `real` or all of them are too small to be true.
    """
    times = _values(log, "real" if real else "user", r"[\d.]+")
    if all(time in ("0.00", "0.01") for time in times.values()):
        times = _values(log, "real", r"[\d.]+")
    memories = _values(log, "mem", r"\d+(?= ko)") if memory else {}
    return {
        name: Cost(
            _seconds(times[name]) if name in times else None,
            int(memories[name]) if name in memories else None,
        )
        for name in {**times, **memories}
    }


def _seconds(text: str) -> Decimal:
    """A time of a log; two lines of a parallel build can be mixed up (`0.240.05`)."""
    seconds, dot, rest = text.partition(".")
    if not dot or "." in rest:
        doubt = f"not the right number of dots (.); expected one: {text!r}"
        print(f"WARNING: Invalid time string: {doubt}", file=sys.stderr)
    return Decimal(f"{seconds or 0}.{rest.partition('.')[0] or 0}")


def _values(log: str, key: str, value: str) -> dict[str, str]:
    pattern = rf"^(\S+) \([^)]*?{key}: ({value})[^)]*?\)\s*$"
    found = re.findall(pattern, log, re.MULTILINE)
    folder = re.compile(f"^(?:{re.escape(str(Path.cwd()))}/)?{_USUAL_FOLDER}")
    return {folder.sub(r"\1", name): text for name, text in found}


def sentence_costs(log: str, real: bool = True) -> list[Timed]:
    """The cost of each sentence of a file, in order."""
    return [
        (Sentence(int(start), int(end), words), Cost(Decimal(whole if real else user)))
        for start, end, words, whole, user in _SENTENCE.findall(log)
    ]


def match_sentences(
    after: Sequence[Timed], before: Sequence[Timed], fuzz: int
) -> Iterator[tuple[Placed, Placed]]:
    """Pairs of the same sentence in two logs; one side has no cost where the other has no partner.

    Sentences are the same when their words and lengths are, and their places differ by at most
    `fuzz` characters. The latest pair tells by how much the places have moved.
    """
    left, right = list(reversed(after)), list(reversed(before))
    moved = 0
    while left and right:
        new, old = left[-1][0], right[-1][0]
        if new == old:
            yield left.pop(), right.pop()
            moved = 0
        elif _is_same(new, old) and abs(new.start - old.start) <= fuzz:
            yield left.pop(), right.pop()
            moved = new.start - old.start
        elif (new.start, new.end) <= (old.start + moved, old.end + moved):
            yield left.pop(), (_shifted(new, -moved), None)
        else:
            yield (_shifted(old, moved), None), right.pop()
    yield from ((item, (item[0], None)) for item in reversed(left))
    yield from (((item[0], None), item) for item in reversed(right))


def _shifted(sentence: Sentence, by: int) -> Sentence:
    return replace(sentence, start=sentence.start + by, end=sentence.end + by)


def _is_same(new: Sentence, old: Sentence) -> bool:
    return new.words == old.words and new.end - new.start == old.end - old.start


def sentence_names(pairs: Sequence[tuple[Placed, Placed]], fuzz: int) -> tuple[Costs, Costs]:
    """The costs after and before by a name that both sides share: places, and the words."""
    sentences = [item[0] for pair in pairs for item in pair]
    width = max((len(str(place)) for s in sentences for place in (s.start, s.end)), default=0)

    def place(sentence: Sentence, dash: str) -> str:
        return f"{sentence.start:0{width}d}{dash}{sentence.end:0{width}d}"

    after: dict[str, Cost] = {}
    before: dict[str, Cost] = {}
    for new, old in pairs:
        first, last = new[0], old[0]
        if fuzz:
            name = f"Chars {place(first, '-')} ~ {place(last, '-')} {first.words}"
        else:
            name = f"Chars {place(first, ' - ')} {first.words}"
        after |= {name: new[1]} if new[1] else {}
        before |= {name: old[1]} if old[1] else {}
    return after, before

"""Odd documents, cut and broken where a user would: a check and coqc must agree on each.

    python -m tests.benchmarks.odd --coq 8.16 --seed 1 --rounds 10 [--engine eager] [--only WORDS]

The documents are those of tests/odd_documents.v. Each is a file of a project that someone edits:
first as it is, then in each round with one or two breaks: an end, a dot, a sentence is missing,
doubled, swapped or another one; the text is cut short, or has an open comment, string, section or
brace; tabs, CRLF, a byte order mark, no newline at its end. Each state is checked, with what is
known of the one before it but for every third, and compiled by coqc. Compared: accepted or
rejected, and the place of the first error. Exits with 1 where they differ, and keeps those in
--keep.
"""

import argparse
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from checker.check.engines import EAGER, choose
from checker.document.sentences import split
from checker.engines.engine import Engine
from tests.helpers import Coq, every_coq
from tests.odd_documents import DOCUMENTS, Said, coqcs, document, ours, write

AT_ONCE = 24  # files in a project
DIFFERENT = "DIFFERENT"

ENDS = ("Qed.", "Defined.", "Admitted.", "Abort.", "Save other.", "Qed", "Proof.", "Abort All.")
WORDS = (
    *("exact 3.", "fail.", "idtac.", "exact I.", "reflexivity.", "Check nosuch.", "Qed.", "Abort."),
    *("Lemma other : 1 = 2.", "Lemma good : True. Proof. exact I. Qed.", "Section Open.", "End S."),
    *(
        "Module Open.",
        "(* open",
        '"',
        '(* " *)',
        "{",
        "}",
        "-",
        "+",
        "*",
        "...",
        ".",
        "Proof.",
        ")",
    ),
    *(
        "Proof using.",
        "Proof I.",
        "Set Nested Proofs Allowed.",
        "Fail Qed.",
        "Unshelve.",
        "Admitted.",
    ),
    *("Show.", "Goal True.", "Next Obligation.", "Defined.", "Axiom a_0 : False.", "all: idtac."),
    *(
        "Set Universe Polymorphism.",
        "Set Program Mode.",
        "Time Qed.",
        "2: {",
        "Let y := 0.",
        "Drop.",
    ),
)
LAST = (
    *(
        "Check nosuch.",
        "Lemma last : 1 = 2. Proof. reflexivity. Qed.",
        "Lemma last : True.",
        "Qed.",
    ),
    *(
        "(* open",
        '"open',
        "Section Last.",
        "Lemma last : True. Proof. exact I. Qed",
        "End S.",
        "Module Last.",
    ),
    *(
        "Lemma last : True. Proof. exact I.",
        "Check I",
        "Fail Check I.",
        "Lemma last : True. Proof.",
    ),
)


@dataclass(frozen=True)
class Variant:
    """A document with a break."""

    what: str
    text: bytes


class Breaker:
    """Breaks a text in one place."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._ways: tuple[Callable[[bytes], bytes], ...] = (
            *(self._without, self._twice, self._other_end, self._without_dot, self._swapped),
            *(self._cut_short, self._cut_inside, self._inserted, self._inserted, self._renamed),
            *(self._at_the_end, self._other_sentence, self._as_other_systems, self._glued),
        )

    def break_(self, name: str, text: bytes) -> Variant:
        """One variant, told by how it was made."""
        ways = [self._dice.choice(self._ways) for _ in range(self._dice.choice((1, 1, 1, 2)))]
        for way in ways:
            text = way(text)
        return Variant(f"{name}: {', '.join(way.__name__[1:] for way in ways)}", text)

    def _sentence(self, text: bytes) -> tuple[int, int]:
        """Where one stands; mostly a command."""
        found = [(s.start, s.end) for s in split(text)]
        return self._dice.choice(found or [(0, len(text))])

    def _without(self, text: bytes) -> bytes:
        start, end = self._sentence(text)
        return text[:start] + text[end:]

    def _twice(self, text: bytes) -> bytes:
        start, end = self._sentence(text)
        return text[:end] + b" " + text[start:]

    def _other_end(self, text: bytes) -> bytes:
        ends = [
            m.span() for m in re.finditer(rb"\b(?:Qed|Defined|Save \w+|Abort|Admitted)\.", text)
        ]
        start, end = self._dice.choice(ends or [(len(text), len(text))])
        return text[:start] + self._dice.choice(("", *ENDS)).encode() + text[end:]

    def _without_dot(self, text: bytes) -> bytes:
        _, end = self._sentence(text)
        return text[: end - 1] + text[end:]

    def _swapped(self, text: bytes) -> bytes:
        found = split(text)
        if len(found) < 2:
            return text
        at = self._dice.randrange(len(found) - 1)
        one, other = found[at : at + 2]
        between = text[one.end : other.start]
        pair = text[other.start : other.end] + between + text[one.start : one.end]
        return text[: one.start] + pair + text[other.end :]

    def _cut_short(self, text: bytes) -> bytes:
        return text[: self._sentence(text)[1]]

    def _cut_inside(self, text: bytes) -> bytes:
        start, end = self._sentence(text)
        return text[: self._dice.randrange(start, end + 1)]

    def _inserted(self, text: bytes) -> bytes:
        start, _ = self._sentence(text)
        return text[:start] + self._dice.choice(WORDS).encode() + b" " + text[start:]

    def _other_sentence(self, text: bytes) -> bytes:
        start, end = self._sentence(text)
        return text[:start] + self._dice.choice(WORDS).encode() + text[end:]

    def _renamed(self, text: bytes) -> bytes:
        names = [m.span() for m in re.finditer(rb"\b[a-z]\w*", text)]
        start, end = self._dice.choice(names or [(0, 0)])
        return text[:start] + self._dice.choice((b"nosuch", b"a", b"b", b"pre0", b"")) + text[end:]

    def _at_the_end(self, text: bytes) -> bytes:
        last = self._dice.choice(LAST).encode()
        return text + b"\n" + last + self._dice.choice((b"", b"\n"))

    def _glued(self, text: bytes) -> bytes:
        """Without the blank after a sentence."""
        _, end = self._sentence(text)
        return text[:end] + text[end:].lstrip()

    def _as_other_systems(self, text: bytes) -> bytes:
        ways: tuple[Callable[[bytes], bytes], ...] = (
            lambda text: text.replace(b"\n", b"\r\n"),
            lambda text: b"\xef\xbb\xbf" + text,
            lambda text: text.replace(b" ", b"\t"),
            lambda text: text.rstrip(),
            lambda text: text.replace(b"\n", b" "),
            lambda text: text.replace(b". ", b".\n"),
            lambda text: text.replace(b". ", b".(* \xc3\xa9 *) "),
            lambda text: text.replace(b". ", b".\f"),
            lambda text: text.replace(b"\n", b'\n(* \xe9 " *) " *)\n', 1),
        )
        return self._dice.choice(ways)(text)


@dataclass(frozen=True)
class Comparison:
    """Where both verdicts on files are found out, and how."""

    coq: Coq
    folder: Path
    engine: Engine
    workers: int
    keep: Path | None

    def of(self, variants: Mapping[str, Variant], *, anew: bool) -> Counter[str]:
        """The outcomes; what differs is told."""
        outcomes: Counter[str] = Counter()
        texts = {file: variant.text for file, variant in variants.items()}
        at = write(self.folder / "coqc", texts)
        theirs = {file: coqcs(self.coq, at, file) for file in texts}
        root = write(self.folder / "ours", texts)
        mine = ours(self.coq, root, self.engine, self.workers, anew=anew)
        for file, variant in variants.items():
            outcome = _outcome(mine[file], theirs[file])
            outcomes[outcome] += 1
            if outcome == DIFFERENT:
                print(f"{outcome}, {'anew' if anew else 'known'}: {variant.what}")
                print(f"  ours: {mine[file]}\n  coqc: {theirs[file]}", flush=True)
                self._keep(variant)
        return outcomes

    def _keep(self, variant: Variant) -> None:
        if self.keep:
            name = re.sub(r"\W+", "_", f"{self.coq.name}_{variant.what}")
            (self.keep / f"{name}.v").write_bytes(variant.text)


def rounds(
    names: Sequence[str], breaker: Breaker, comparison: Comparison, count: int
) -> Iterator[Counter[str]]:
    """As if someone edited a file for each of these documents; the outcomes of each state."""
    whole = {f"V{n}.v": Variant(name, document(name)) for n, name in enumerate(names)}
    for number in range(count + 1):
        variants = {
            file: breaker.break_(variant.what, variant.text) if number else variant
            for file, variant in whole.items()
        }
        yield comparison.of(variants, anew=number % 3 == 0)


def _outcome(mine: Said, theirs: Said) -> str:
    if not mine.agrees(theirs):
        return DIFFERENT
    if mine.accepted:
        return "accepted by both"
    return "rejected by both at the same place"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--coq", required=True, help="8.16, 8.20 or 9.2")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=10, help="of edits, of each document")
    parser.add_argument("-j", dest="workers", type=int, default=2)
    parser.add_argument("--engine", default="eager", help="eager, snapshot, vio or vok")
    parser.add_argument("--only", default="", help="documents with these words in their names")
    parser.add_argument("--first", type=int, default=0, help="leave out the documents before it")
    parser.add_argument("--keep", type=Path, help="a folder for the sources that differ")
    options = parser.parse_args()
    coq = next(coq for coq in every_coq() if coq.name == options.coq)
    dice = random.Random(options.seed)
    names = [name for name in DOCUMENTS if options.only in name][options.first :]
    dice.shuffle(names)
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
    engine = EAGER if options.engine == "eager" else choose(options.engine, coq.toolchain)
    outcomes: Counter[str] = Counter()
    for start in range(0, len(names), AT_ONCE):
        with tempfile.TemporaryDirectory(prefix="odd-") as folder:
            some = names[start : start + AT_ONCE]
            comparison = Comparison(coq, Path(folder), engine, options.workers, options.keep)
            for found in rounds(some, Breaker(dice), comparison, options.rounds):
                outcomes += found
                print(f"{outcomes.total()}: {_told(outcomes)}", flush=True)
    print(f"{options.coq}, seed {options.seed}: {_told(outcomes)}")
    return 1 if outcomes[DIFFERENT] else 0


def _told(outcomes: Counter[str]) -> str:
    return ", ".join(f"{count} {what}" for what, count in sorted(outcomes.items()))


if __name__ == "__main__":
    sys.exit(main())

"""After any edit, what the ledger answers is what a check without a ledger finds.

Seeded random edits of a small project, one upon the other, some of them mistakes: each time the
same exit code and the same complaints. A hundred with --full, else five.
"""

import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from checker.engines.snapshot.file.errors import AFTERMATH
from tests.helpers import BASE, Coq, check, write_files, write_project

FILES = {
    "Base.v": "(* Numbers *)\n"
    + BASE.replace(
        "End Numbers.",
        "  Lemma again : n = n.\n  Proof using n. exact itself. Qed.\nEnd Numbers.",
    )
    + "Lemma swap (a b : nat) : a = b -> b = a.\nProof. intro e. symmetry. exact e. Qed.\n",
    "Middle.v": """\
Require Import Top.Base.
Lemma use : two + two = 4.
Proof. exact four. Qed.
Definition three := S two.
Lemma three_is : three = 3.
Proof. unfold three. rewrite two_is. reflexivity. Qed.
Lemma at_one : 1 <> 0.
Proof. apply (not_zero 1). discriminate. Qed.
""",
    "Leaf.v": """\
Require Import Top.Base Top.Middle.
Lemma six : three + three = 6.
Proof. rewrite three_is. reflexivity. Qed.
Lemma same : 3 = 3.
Proof. exact (itself 3). Qed.
Lemma last : 4 = two + two.
Proof. apply swap. exact use. Qed.
""",
}
SWAPS = [
    ("reflexivity", "auto"),
    ("reflexivity", "pose positive; reflexivity"),
    ("exact four", "exact two_is"),
    ("exact positive", "intro; now apply positive"),
    ("two := 2", "two := 1 + 1"),
    ("two := 2", "two := 3"),
    ("Lemma use", "Lemma used"),
    ("three = 3", "3 = three"),
    ("n = n", "S n = S n"),
    ("Proof using n.", "Proof."),
    ("exact itself", "reflexivity"),
    ("symmetry. exact e", "now rewrite e"),
    ("exact (itself 3)", "apply itself"),
    ("discriminate", "exact (O_S 0)"),
]


def swap_words(text: str, chance: random.Random) -> str:
    """One of the swaps at one place, either way; the text as it is where none fits."""
    pairs = [*SWAPS, *((new, old) for old, new in SWAPS)]
    fitting = [(old, new) for old, new in pairs if old in text]
    old, new = chance.choice(fitting)
    places = [found.start() for found in re.finditer(re.escape(old), text)]
    at = chance.choice(places)
    return text[:at] + new + text[at + len(old) :]


def add_comment(text: str, chance: random.Random) -> str:
    lines = text.splitlines(keepends=True)
    lines.insert(chance.randrange(len(lines)), f"(* {chance.random()} *)\n")
    return "".join(lines)


def move_lemma(text: str, chance: random.Random) -> str:
    """Two neighbouring lemmas change places."""
    lemma = r"( *Lemma [^\n]*\n *Proof[^\n]*\n)"
    pairs = list(re.finditer(lemma + lemma, text))
    if not pairs:
        return text
    pair = chance.choice(pairs)
    return text[: pair.start()] + pair[2] + pair[1] + text[pair.end() :]


def drop_lemma(text: str, chance: random.Random) -> str:
    lemmas = list(re.finditer(r" *Lemma [^\n]*\n *Proof[^\n]*\n", text))
    if len(lemmas) < 3:
        return text
    lemma = chance.choice(lemmas)
    return text[: lemma.start()] + text[lemma.end() :]


EDITS: list[Callable[[str, random.Random], str]] = [
    swap_words,
    swap_words,
    swap_words,
    add_comment,
    move_lemma,
    drop_lemma,
]


def findings(coq: Coq, root: Path) -> tuple[int, list[str]]:
    """The exit code and the complaints of a check, without those that may follow from others.

    How far these go depends on what is known of the wrong proof, such as its section variables.
    """
    done = check(coq, root)
    lines = [line for line in done.stderr.splitlines() if "to see it again" not in line]
    notes = [line for line in lines if " not tried, because" in line]
    said = "".join(f"{line}\n" for line in lines if line not in notes)
    complaints = re.split('^(?=File ")', said, flags=re.MULTILINE)
    return done.returncode, sorted([*notes, *(c for c in complaints if c and AFTERMATH not in c)])


def test_after_any_edit_the_ledger_answers_as_a_full_check_does(
    coq: Coq, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    chance = random.Random(f"edits {coq.name}")
    kept = write_project(tmp_path / "kept", FILES)
    assert findings(coq, kept) == (0, [])
    texts = dict(FILES)
    for number in range(100 if request.config.getoption("--full") else 5):
        if number % 10 == 9:
            texts = dict(FILES)  # back to where all is well
        name = chance.choice(list(texts))
        texts[name] = chance.choice(EDITS)(texts[name], chance)
        write_files(kept, texts)
        fresh = write_project(tmp_path / f"fresh{number}", texts)
        assert findings(coq, kept) == findings(coq, fresh), f"edit {number} of {name}"
        shutil.rmtree(fresh)

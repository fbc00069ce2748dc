"""Random sections whose proofs do not say which variables they use: verdict and types are coqc's.

Each proof has a process of its own, takes a random time, and rests on guesses for those before it,
many of them wrong. What the file says to others is compared by a second file, which states the type
that coqc gives to each lemma.
"""

import random
import re
from pathlib import Path

import pytest

from checker.report.results import Verdict
from tests.checker.engines.snapshot.test_engine import Found, coqc_error, project
from tests.helpers import Coq

VARIABLES = """Variables (x y : nat) (f : nat -> nat).
Hypothesis hx : x = 0.
Hypothesis hy : y = x.
Let w := x + y.
Hypothesis hw : w = y.
"""
STATEMENTS = {  # with proofs that are right
    "0 = 0": ("reflexivity.",),
    "True": ("exact I.",),
    "x = x": ("reflexivity.", "rewrite hx. reflexivity."),
    "y = y": ("reflexivity.", "rewrite hy. reflexivity."),
    "x = 0": ("exact hx.",),
    "y = 0": ("rewrite hy. exact hx.", "rewrite hy; apply hx."),
    "f x = f 0": ("rewrite hx. reflexivity.",),
    "w = 0 + w": ("reflexivity.",),
    "w = 0": ("rewrite hw, hy. exact hx.",),
}
USES = ("pose proof hx.", "pose proof hy.", "pose proof f.", "pose w.", "pose proof hw.")
WRONG = ("exact (eq_refl 1).", "exact hz.", "idtac.")

with_some_seeds = pytest.mark.parametrize(
    "seed", [*range(2), *(pytest.param(n, marks=pytest.mark.full) for n in range(2, 60))]
)


def lemma(dice: random.Random, name: str, others: list[str], wrong: float) -> str:
    statement, right = dice.choice(list(STATEMENTS.items()))
    tactics = [f"do {dice.choice([1, 10000, 200000])} idtac."]
    if dice.random() < 0.3:
        tactics.append(dice.choice(USES))
    if others and dice.random() < 0.4:
        tactics.append(f"pose proof {dice.choice(others)}.")
    tactics.append(dice.choice(WRONG if dice.random() < wrong else right))
    return f"Lemma {name} : {statement}.\nProof. {' '.join(tactics)} Qed.\n"


def document(dice: random.Random, wrong: float) -> tuple[str, list[str]]:
    """A source, and its lemmas."""
    text, names = "", list[str]()
    for section in range(dice.randint(1, 3)):
        text += f"Section S{section}.\n{VARIABLES}"
        inside = list[str]()
        for _ in range(dice.randint(2, 9)):
            name = f"l{len(names) + len(inside)}"
            text += lemma(dice, name, inside, wrong)
            inside.append(name)
        text += f"End S{section}.\n"
        names += inside
        for name in dice.sample(inside, min(2, len(inside))):
            text += f"Definition d{name} := {name}.\nFail Check ({name} 0 0 0 0 0 0 0 0 0).\n"
            text += f"Lemma o{name} : True.\nProof. pose proof {name}. exact I. Qed.\n"
    return text, names


def types(coq: Coq, root: Path, names: list[str]) -> dict[str, str]:
    """What coqc says of them once the file is compiled."""
    (root / "Types.v").write_text(
        "From Top Require Import A.\nSet Printing Width 100000. Set Printing All.\n"
        + "".join(f"Check @{name}.\n" for name in names)
    )
    for source in ("A.v", "Types.v"):
        done = coq.run(*coq.toolchain.coqc, "-q", "-Q", ".", "Top", source, cwd=root)
        assert done.returncode == 0, done.stderr
    (root / "Types.v").unlink()
    for made in root.glob("*.vo*"):
        made.unlink()
    return dict(re.findall(r"^(l\d+)\s+: (.*)$", done.stdout, re.MULTILINE))


@pytest.mark.ends
@with_some_seeds
def test_a_file_says_of_lemmas_in_sections_what_coqc_says(
    coq: Coq, tmp_path: Path, seed: int
) -> None:
    dice = random.Random(seed)
    text, names = document(dice, 0)
    root = project(tmp_path, A=text)
    of = types(coq, root, names)
    assert of.keys() == set(names)
    stated = "".join(f"Check (@{name} : {of[name]}).\n" for name in names)
    project(root, A=text, B=f"From Top Require Import A.\n{stated}")
    found = Found(coq, root, workers=dice.randint(1, 4))
    assert found.errors() == []
    assert [result.verdict for result in found.files] == [Verdict.CHECKED, Verdict.CHECKED]
    assert {result.verdict for result in found.proofs} == {Verdict.CHECKED}


@pytest.mark.ends
@with_some_seeds
def test_a_mistake_in_sections_is_found_where_coqc_finds_it(
    coq: Coq, tmp_path: Path, seed: int
) -> None:
    dice = random.Random(1000 + seed)
    text, _ = document(dice, 0.1)
    root = project(tmp_path, A=text)
    found = Found(coq, root, workers=dice.randint(1, 4))
    assert found.errors()[:1] == [place for place in [coqc_error(coq, root, "A.v")] if place]

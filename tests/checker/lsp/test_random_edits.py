"""Random edits of a document: once quiet, the server says what `proof-checker check` says."""

import asyncio
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from checker.document.document import Proof
from checker.document.reader import read_document
from tests.editor import Editor, editor
from tests.helpers import Coq

TEXT = """\
Require Import Arith.

Section Numbers.
Variable n : nat.
Hypothesis positive : 0 < n.

Definition double (m : nat) := m + m.

Lemma not_zero : n <> 0.
Proof.
  intros e.
  rewrite e in positive.
  inversion positive.
Qed.

Lemma double_spec : forall m, double m = 2 * m.
Proof.
  intros m.
  unfold double. simpl. rewrite <- plus_n_O. reflexivity.
Qed.
End Numbers.

Lemma both : True /\\ 1 = 1.
Proof.
  split.
  - exact I.
  - reflexivity.
Qed.

Definition three := 3.

Lemma three_spec : three = 3.
Proof. unfold three. reflexivity. Qed.

Lemma last : forall m, 0 < m -> m <> 0.
Proof. intros m. apply not_zero. Qed.
"""
PLACE = re.compile(r'File "\./a\.v", line (\d+), characters (\d+)-\d+:\nError:\s*(.*)')


def sentence_gone(rng: random.Random, text: str, proof: Proof) -> str:
    sentence = rng.choice(proof.body)
    return text[: sentence.start] + text[sentence.end :]


def word_changed(rng: random.Random, text: str, proof: Proof) -> str:
    sentence = rng.choice(proof.body)
    words = list(re.finditer(r"[a-z]\w+", text[sentence.start : sentence.end]))
    if not words:
        return text
    found, word = rng.choice(words), rng.choice(["auto", "zzz", "idtac", "m"])
    return text[: sentence.start + found.start()] + word + text[sentence.start + found.end() :]


def tactic_put_in(rng: random.Random, text: str, proof: Proof) -> str:
    at = rng.choice(proof.body).start
    return text[:at] + "idtac. " + text[at:]


def command_put_in(rng: random.Random, text: str, proof: Proof) -> str:
    words = rng.choice(["\nCheck nat.", "\nDefinition more := three.", "\n(* a comment *)"])
    return text[: proof.last.end] + words + text[proof.last.end :]


def blanks_put_in(rng: random.Random, text: str, proof: Proof) -> str:
    at = rng.choice([proof.statement.start, rng.choice(proof.body).start])
    return text[:at] + rng.choice(["\n\n", "  ", "(* c *) "]) + text[at:]


def command_gone(rng: random.Random, text: str, _: Proof) -> str:
    document = read_document(text.encode())
    sentence = rng.choice(document.sentences)
    if any(p.statement.start <= sentence.start < p.last.end for p in document.proofs):
        return text
    return text[: sentence.start] + text[sentence.end :]


def all_undone(_: random.Random, __: str, ___: Proof) -> str:
    return TEXT


EDITS: tuple[Callable[[random.Random, str, Proof], str], ...] = (
    *(sentence_gone, word_changed, tactic_put_in, command_put_in),
    *(blanks_put_in, command_gone, all_undone),
)


def edited(rng: random.Random, text: str) -> str:
    """The text with one change in or behind a proof, or anywhere."""
    proofs = [proof for proof in read_document(text.encode()).proofs if proof.body]
    return rng.choice(EDITS)(rng, text, rng.choice(proofs)) if proofs else TEXT


def by_check(coq: Coq, root: Path, text: str) -> list[str]:
    """What a check finds wrong, as tests.editor.Editor.errors has it."""
    root.mkdir(exist_ok=True)
    (root / "a.v").write_text(text)
    (root / "_CoqProject").write_text("-Q . A\na.v\n")
    done = coq.run("proof-checker", "check", "-f", "_CoqProject", "--quiet", cwd=root)
    found = PLACE.findall(done.stdout + done.stderr)
    errors = {(int(line) - 1, int(column), words.strip()) for line, column, words in found}
    # coqc gives no place; the server names the command that opens it.
    for words in re.findall(r"^Error: (.* to be closed\.)$", done.stdout + done.stderr, re.M):
        errors.add((text[: text.index("Section")].count("\n"), 0, words))
    return [f"{line}:{column} {words}" for line, column, words in sorted(errors)]


MORE = [pytest.param(seed, 50, marks=pytest.mark.full) for seed in range(3, 13)]


@pytest.mark.parametrize(
    ("seed", "count"),
    [
        pytest.param(1, 12, marks=pytest.mark.ends),
        pytest.param(2, 12, marks=pytest.mark.once),
        *MORE,
    ],
)
def test_the_server_says_what_a_check_says(coq: Coq, tmp_path: Path, seed: int, count: int) -> None:
    (tmp_path / "a.v").write_text(TEXT)
    (tmp_path / "_CoqProject").write_text("-Q . A\na.v\n")
    rng = random.Random(seed)

    async def go() -> None:
        async with editor(coq, "-j", "2") as user:
            uri = user.open(tmp_path / "a.v")
            text = TEXT
            for _ in range(count):
                text = edited(rng, text)
                user.replace(uri, text)
                if rng.random() < 0.3:  # the next one comes before this one has been run
                    continue
                await user.quiet(uri)
                wanted = by_check(coq, tmp_path / "truth", text)
                await _says(user, uri, wanted)

    asyncio.run(go())


async def _says(user: Editor, uri: str, wanted: list[str]) -> None:
    """At once, or when plain coqc has been asked."""
    await user.until(lambda: user.errors_now(uri) == wanted)

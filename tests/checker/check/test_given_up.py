"""What a check says beside its verdicts: when it is interrupted, when it is the first one."""

import re
import signal
from pathlib import Path

import pytest

from tests.helpers import GOOD, Coq, check, check_words, write_project

pytestmark = pytest.mark.ends

MANY = "".join(f"Lemma l{n} : {n} = {n}. Proof. reflexivity. Qed.\n" for n in range(30))
ENDLESS = "Lemma endless : True. Proof. repeat (do 1000000 idtac; assert True by exact I). Qed.\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_check_says_how_many_proofs_the_ledger_has_kept(
    coq: Coq, tmp_path: Path, number: signal.Signals
) -> None:
    root = write_project(tmp_path, {"A.v": MANY, "B.v": GOOD + ENDLESS})
    running = coq.start(*check_words(), cwd=root)
    assert running.stdout
    said = ""
    while "checked A.v" not in said:
        said += running.stdout.readline()
    running.send_signal(number)
    rest, _ = running.communicate(timeout=60)
    assert running.returncode == 128 + number
    found = re.fullmatch(r"interrupted, (\d+) of 32 proofs kept\n", rest)
    assert found, rest
    assert int(found[1]) in (30, 31)
    known = check(coq, root, "-k", "l[0-9]*", "-k", "good").stdout.splitlines()[-1]
    assert f", {31 - int(found[1])} checked now, {found[1]} known:" in known


def test_an_engine_that_keeps_nothing_says_no_more(coq: Coq, tmp_path: Path) -> None:
    root = write_project(tmp_path, {"A.v": GOOD, "B.v": ENDLESS})
    running = coq.start(*check_words(engine="vok"), cwd=root)
    assert running.stdout
    assert running.stdout.readline() == "checked A.v\n"
    running.send_signal(signal.SIGINT)
    rest, _ = running.communicate(timeout=60)
    assert (running.returncode, rest) == (130, "interrupted\n")


def test_the_first_check_says_that_the_next_ones_are_less_dear(coq: Coq, tmp_path: Path) -> None:
    root = write_project(tmp_path, {"A.v": MANY})
    first = "the first check runs every proof; the next ones run what has changed since"
    assert check(coq, root).stdout.splitlines()[0] == first
    for words in ((), ("--recheck",)):
        assert first not in check(coq, root, *words).stdout


def test_of_a_few_proofs_or_with_quiet_it_says_nothing(coq: Coq, tmp_path: Path) -> None:
    root = write_project(tmp_path, {"A.v": GOOD, "B.v": MANY})
    assert "first" not in check(coq, root, "A.v").stdout
    assert "first" not in check(coq, root, "B.v", "--quiet").stdout


def test_where_a_proof_using_is_at_fault_the_user_is_told_what_mends_it(
    coq: Coq, tmp_path: Path
) -> None:
    wrong = """\
Section S.
  Variables n m : nat.
  Hypothesis same : n = m.
  Lemma use : n = m.
  Proof using n. exact same. Qed.
End S.
"""
    root = write_project(tmp_path, {"A.v": wrong})
    done = check(coq, root)
    assert "  (proof-checker using --repair writes the right clause" in done.stderr
    again = check(coq, root)  # what is said is no part of what is kept
    assert again.stderr == done.stderr
    coq.run("proof-checker", "using", "-f", "_Project", "--repair", cwd=root)
    assert check(coq, root).returncode == 0

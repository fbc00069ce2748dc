"""Tables of times: those of Coq's own scripts, and the clock."""

import contextlib
import subprocess
import sys
from pathlib import Path

import pytest

from makegen.cli.main import main
from makegen.generate.timing import command_costs, match_sentences, sentence_costs
from makegen.generate.timing_table import Style, one_table
from tests import coqscripts
from tests.helpers import Coq, write_files

BEFORE = """COQC theories/A.v
theories/A.vo (real: 1.31, user: 1.20, sys: 0.10, mem: 331000 ko)
src/plug.cmxs (real: 0.50, user: 0.25, sys: 0.03, mem: 20000 ko)
B.vo (real: 75.25, user: 74.50, sys: 0.25, mem: 700128 ko)
Gone.vo (real: 3.00, user: 2.75, sys: 0.25, mem: 50000 ko)
make: Leaving directory
"""
AFTER = """theories/A.vo (real: 2.31, user: 2.25, sys: 0.10, mem: 321000 ko)
B.vo (real: 70.25, user: 69.25, sys: 0.25, mem: 710128 ko)
New.vo (real: 0.75, user: 0.50, sys: 0.25, mem: 40000 ko)
src/plug.cmxs (real: 0.50, user: 0.25, sys: 0.03, mem: 20000 ko)
"""
# No line of memory for some, or for all; times from nothing
PARTS = """A.vo (real: 1.00, user: 0.50)
B.vo (real: 1.00, user: 0.50, sys: 0.00, mem: 1000128 ko)
"""
TIMES = "A.vo (real: 1.00, user: 0.50)\n"
SENTENCES_BEFORE = """Chars 0 - 15 [Section~S.] 0. secs (0.u,0.s)
Chars 16 - 35 [Variable~n~:~nat.] 0.001 secs (0.001u,0.s)
Chars 36 - 96 [Lemma~a~:~n~=~n.] 0.25 secs (0.12u,0.s)
Chars 97 - 104 [Qed.] 1.5 secs (1.5u,0.s)
"""
# coqc's scripts lose a last sentence that has no partner: here it has one
END = "Chars 110 - 117 [End~S.] 0.25 secs (0.25u,0.s)\n"
SENTENCES_AFTER = """Chars 0 - 15 [Section~S.] 0. secs (0.u,0.s)
Chars 20 - 39 [Variable~n~:~nat.] 0.001 secs (0.001u,0.s)
Chars 40 - 100 [Lemma~a~:~n~=~n.] 0.5 secs (0.38u,0.s)
Chars 101 - 108 [Qed.] 1.25 secs (1.25u,0.s)
"""
# Moved, and with other words in one place: Coq's scripts say where it would be on the other side
SENTENCES_LAST = SENTENCES_AFTER.replace("Lemma~a~", "Lemma~b~") + END.replace("110", "114")
LOGS = {
    "before.log": BEFORE,
    "after.log": AFTER,
    "before.timing": SENTENCES_BEFORE + END,
    "after.timing": SENTENCES_AFTER + END,
    "last.timing": SENTENCES_LAST.replace("117", "121"),
    "parts.log": PARTS,
    "times.log": TIMES,
    "none.log": "nothing here\n",
}


def ours(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-m", "makegen", *words]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.mark.ends
@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("one-time-file", "before.log"),
        ("one-time-file", "--real --no-include-mem after.log"),
        ("one-time-file", "--sort-by-mem before.log"),
        ("one-time-file", "none.log"),
        ("both-time-files", "--no-include-mem after.log before.log"),
        ("both-time-files", "--sort-by=absolute --real after.log before.log"),
        ("both-time-files", "--sort-by=diff after.log before.log"),
        ("both-time-files", "--sort-by-mem after.log before.log"),
        ("one-time-file", "parts.log"),
        ("one-time-file", "times.log"),
        ("both-time-files", "parts.log before.log"),
        ("both-time-files", "before.log parts.log"),
        ("both-time-files", "parts.log none.log"),
        ("both-single-timing-files", "--fuzz=9 last.timing before.timing"),
        ("both-single-timing-files", "after.timing before.timing"),
        ("both-single-timing-files", "--user --sort-by=diff after.timing before.timing"),
        ("both-single-timing-files", "--fuzz=4 after.timing before.timing"),
        ("both-single-timing-files", "--fuzz=3 after.timing before.timing"),
    ],
)
def test_tables_are_those_of_coqs_own_scripts(
    script: str, words: str, coq: Coq, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_files(tmp_path, LOGS)
    original = [*coqscripts.command(coq, script), *words.split()]
    theirs = subprocess.run(
        original, cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    middle = [] if coq.name == "9.2" or script == "one-time-file" else ["--names-in-the-middle"]
    with contextlib.chdir(tmp_path):
        assert main([f"--{script}", *middle, *words.split()]) == 0
    assert capsys.readouterr().out == theirs


def test_tables_go_to_files_too(tmp_path: Path) -> None:
    write_files(tmp_path, LOGS)
    both = ours("--one-time-file", "before.log", "table.log", "-", cwd=tmp_path)
    assert both.stdout == (tmp_path / "table.log").read_text()
    assert "1m14.50s" in both.stdout


def test_a_log_that_is_not_there_is_told(tmp_path: Path) -> None:
    missing = ours("--one-time-file", "absent.log", cwd=tmp_path)
    assert missing.returncode == 2
    assert "absent.log" in missing.stderr


def test_a_build_that_had_nothing_to_do_is_told(tmp_path: Path) -> None:
    write_files(tmp_path, LOGS)
    nothing = ours("--one-time-file", "none.log", cwd=tmp_path)
    assert (nothing.returncode, nothing.stdout) == (0, "No timing data\n")
    assert "everything up to date" in nothing.stderr


def test_too_small_user_times_give_way_to_real_ones() -> None:
    log = "A.vo (real: 1.50, user: 0.00, sys: 0.00, mem: 1 ko)\n"
    assert "0m01.50s" in one_table(command_costs(log), Style())


def test_a_time_that_two_lines_of_a_parallel_build_mixed_up_is_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    log = "A.vo (real: 0.22, user: 0.240.05, ,u sesry:s :0.16 , m em: 0.0224280,  mkeom:)\n"
    assert "0m00.240s" in one_table(command_costs(log), Style())
    expected = "not the right number of dots (.); expected one: '0.240.05'"
    assert capsys.readouterr().err == f"WARNING: Invalid time string: {expected}\n"


def test_a_file_below_the_current_folder_has_one_name() -> None:
    log = f"{Path.cwd()}/src/A.vo (user: 1.50)\nB.vo (user: 2.50)\n"
    assert list(command_costs(log)) == ["A.vo", "B.vo"]


def test_sentences_that_moved_together_are_matched_within_the_fuzz() -> None:
    logs = (sentence_costs(text) for text in (SENTENCES_AFTER, SENTENCES_BEFORE))
    pairs = list(match_sentences(next(logs), next(logs), 4))
    assert len(pairs) == 4
    assert all(new[1] and old[1] and new[0].words == old[0].words for new, old in pairs)


def test_a_last_sentence_without_partner_counts() -> None:
    after, before = sentence_costs(SENTENCES_AFTER), sentence_costs(SENTENCES_BEFORE)
    pairs = list(match_sentences(after, before, 0))
    assert [new for new, _ in pairs if new[1]] == after
    assert [old for _, old in pairs if old[1]] == before


def test_the_clock_says_what_a_command_took_and_gives_its_exit_code(tmp_path: Path) -> None:
    layout = "name (real: %e, user: %U, sys: %S, mem: %M ko)"
    timed = ours("--time", "-f", layout, "sh", "-c", "echo out; exit 3", cwd=tmp_path)
    assert (timed.returncode, timed.stdout) == (3, "out\n")
    cost = command_costs(timed.stderr)["name"]
    assert cost.memory
    assert cost.memory > 100


def test_the_clock_tells_of_a_command_that_cannot_be_run(tmp_path: Path) -> None:
    timed = ours("--time", "-f", "x", "no-such-command", cwd=tmp_path)
    assert timed.returncode == 3
    assert "no-such-command" in timed.stderr

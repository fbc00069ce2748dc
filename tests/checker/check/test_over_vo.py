"""What cannot be checked over interfaces gets the verdict of coqc over .vo files."""

from pathlib import Path

import pytest

from tests.helpers import WRONG, Coq, check, check_words, write_project

BASE = "Lemma fine : {n : nat | n = 1}.\nProof. exists 1. reflexivity. Qed.\n"
READERS = {
    "Prints.v": "From T Require Base.\nPrint Base.fine.\n"
    "Lemma own : 1 = 1.\nProof. reflexivity. Qed.\n",
    "Extracts.v": "From T Require Base.\nRequire Extraction.\nRecursive Extraction Base.fine.\n",
    "In_proof.v": "From T Require Base.\n"
    "Lemma inside : 1 = 1.\nProof. Print Base.fine. reflexivity. Qed.\n",
    "Assumes.v": "From T Require Base.\nPrint Assumptions Base.fine.\n",
    "Above.v": "From T Require Prints In_proof.\nLemma above : 1 = 1.\nProof In_proof.inside.\n",
}
TWO, LATE = (WRONG.replace("wrong", name) for name in ("two", "late"))


@pytest.mark.ends
def test_a_file_that_reads_proofs_of_others_is_as_good_or_wrong_as_coqc_says(
    coq: Coq, tmp_path: Path
) -> None:
    wrong = f"From T Require Base.\n{TWO}Print Base.fine.\n{LATE}"
    sources = {
        "Base.v": BASE,
        "Wrong.v": wrong,
        "Absent.v": "Print Assumptions absent.\n",
    } | READERS
    known = ["snapshot"]  # which remembers what it found
    for engine in ("snapshot", *known, "vok", *(["vio"] if coq.toolchain.has_vio else [])):
        done = check(coq, write_project(tmp_path / engine, sources, "-Q . T"), engine=engine)
        assert done.returncode == 1
        for line, name in ((3, "two"), (6, "late")):
            assert f'File "./Wrong.v", line {line}, characters 7-18:\nError:' in done.stderr
            assert done.stderr.count(f"in the proof of {name} (wrong)") == 1
        assert 'File "./Absent.v", line 1, characters 18-24:\nError:' in done.stderr
        assert done.stderr.count("Error") == 3
        assert "6 proofs in 8 files" in done.stdout
        assert "2 wrong, 2 files not good" in done.stdout
        assert not list((tmp_path / engine).glob("*.vo"))


def test_a_file_of_which_coqc_makes_no_interface_is_checked_and_so_is_what_needs_it(
    coq: Coq, tmp_path: Path
) -> None:
    """With `par:` in a proof that ends with Defined, Coq 8.16 waits for ever, or fails at once."""
    if coq.name != "8.16":
        pytest.skip("mended in Coq 8.18")
    first = "Lemma first : 1 = 1.\nProof. reflexivity. Qed.\n"
    both = "Lemma both : 1 = 1 /\\ 2 = 2.\nProof. split. par: reflexivity. Defined.\n"
    above = "From T Require Waits Fails.\nLemma above : 1 = 1.\nProof. exact Waits.first. Qed.\n"
    sources = {"Waits.v": first + both, "Fails.v": both, "Above.v": above}
    engines = ["snapshot", "vok", "vio"]
    folders = [write_project(tmp_path / engine, sources, "-Q . T") for engine in engines]
    running = [
        coq.start(*check_words(engine=engine), cwd=folder)
        for engine, folder in zip(engines, folders, strict=True)
    ]
    words = ("vio2vo", "-f", "_Project", "-j", "2")
    running.append(coq.start("proof-checker", *words, cwd=folders[-1]))
    for checker in running:
        output, _ = checker.communicate()
        assert checker.returncode == 0, output
        assert ("no CPU used for 1" in output) == (checker is not running[0])
        assert "4 proofs in 3 files checked" in output
    assert sorted(path.stem for path in folders[-1].glob("*.vo")) == ["Above", "Fails", "Waits"]


@pytest.mark.ends
def test_a_file_that_reads_proofs_of_a_wrong_file_is_not_tried(coq: Coq, tmp_path: Path) -> None:
    """Over .vo files; where a stand-in is loaded, it can be."""
    sources = {"Base.v": BASE + TWO, "Prints.v": READERS["Prints.v"]}
    done = check(coq, write_project(tmp_path / "snapshot", sources, "-Q . T"))
    assert done.returncode == 1
    assert "1 wrong, 1 file not good" in done.stdout
    done = check(coq, write_project(tmp_path, sources, "-Q . T"), engine="vok")
    assert done.returncode == 1
    assert done.stderr.count("Error") == 1
    assert "Prints.v: not tried, because it needs Base.v, which is wrong" in done.stderr
    assert "1 wrong, 2 files not good" in done.stdout


@pytest.mark.ends
def test_what_is_wrong_below_a_file_is_told_without_compiling_anything(
    coq: Coq, tmp_path: Path
) -> None:
    above = "From T Require Prints.\n"
    sources = {
        "Base.v": BASE,
        "Prints.v": READERS["Prints.v"] + "Lemma bad : 1.\n",
        "Above.v": above,
    }
    done = check(coq, write_project(tmp_path, sources, "-Q . T"), "Above.v")
    assert done.returncode == 1
    assert 'File "./Prints.v", line 5, characters 12-13:\nError:' in done.stderr
    assert "Above.v: not tried, because it needs Prints.v, which is wrong" in done.stderr
    assert "over .vo files" not in done.stderr


@pytest.mark.ends
def test_a_command_that_is_to_fail_must_fail_where_the_proofs_of_others_can_be_read(
    coq: Coq, tmp_path: Path
) -> None:
    start = "From T Require Base.\n"
    inside = "Lemma inside : 1 = 1.\nProof. Fail Print Base.fine. reflexivity. {end}.\n"
    sources = {
        "Base.v": BASE,
        "Outside.v": start + "Set Silent.\nFail Print Base.fine.\n",
        "Opaque.v": start + inside.format(end="Qed"),
        "Defined.v": start + inside.format(end="Defined"),
        "After.v": start + TWO + LATE.replace("reflexivity", "Fail Print Base.fine. reflexivity"),
        "Right.v": start
        + "Fail Print Base.absent.\nFail Check (I : False).\n"
        + READERS["Prints.v"],
    }
    engines = ["snapshot", "vok", *(["vio"] if coq.toolchain.has_vio else [])]
    for engine in engines:
        done = check(coq, write_project(tmp_path / engine, sources, "-Q . T"), engine=engine)
        assert done.returncode == 1, done.stderr
        for file, place in (("Outside", "3, characters 0-21"), ("After", "5, characters 7-28")):
            assert f'File "./{file}.v", line {place}:\nError: The command has not' in done.stderr
        for file in ("Opaque", "Defined"):
            assert f'File "./{file}.v", line 3, characters 7-28:\nError: The com' in done.stderr
        assert "-test-mode" not in done.stderr
        assert done.stdout.count("checked") == 2
        assert "4 wrong, 4 files not good" in done.stdout
    words = ("vio2vo", "-f", "_Project", "-j", "2", "--engine", engines[-1])
    done = coq.run("proof-checker", *words, cwd=tmp_path / engines[-1])
    assert done.returncode == 1
    assert sorted(f.stem for f in (tmp_path / engines[-1]).glob("*.vo")) == ["Base", "Right"]

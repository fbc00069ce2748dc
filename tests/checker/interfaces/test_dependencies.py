"""What needs what is what coqdep says, in the project's own names."""

import asyncio
from pathlib import Path

import pytest

from checker.knowledge.store import Ledger
from makegen.base.errors import SourceError, UserError
from makegen.coq import coqdep
from makegen.coq.dependencies import Dependencies, closure, read_dependencies
from tests.helpers import Coq, run_of, write_files


def dependencies_of(coq: Coq, root: Path, files: dict[str, str]) -> Dependencies:
    names = "".join(f'"{name}"\n' for name in files)
    write_files(root, {**files, "_Project": f'-Q . "P"\n{names}'})
    with Ledger(root) as ledger:
        return asyncio.run(read_dependencies(run_of(coq, root / "_Project", ledger)))


def test_names_that_do_not_fit_one_command_are_told_in_several(
    coq: Coq, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"c.v": "From P Require Import a b.\n", "b.v": "From P Require a.\n", "a.v": ""}
    whole = dependencies_of(coq, tmp_path, files)
    monkeypatch.setattr(coqdep, "MOST_BYTES", 5)
    assert dependencies_of(coq, tmp_path, files) == whole


def test_a_file_needs_those_that_it_requires(coq: Coq, tmp_path: Path) -> None:
    files = {
        "c.v": "From P Require Import a b.\nRequire Import List.\n",
        "b.v": "From P Require a.\n",
        "a.v": "",
        "deep/d.v": "Require P.b.\n",
    }
    found = dependencies_of(coq, tmp_path, files)
    assert {file: set(needed) for file, needed in found.sources.items()} == {
        "c.v": {"a.v", "b.v"},
        "b.v": {"a.v"},
        "a.v": set(),
        "deep/d.v": {"b.v"},
    }
    assert list(found.sources) == ["c.v", "b.v", "a.v", "deep/d.v"]


def test_a_file_of_the_load_path_that_is_not_of_the_project_is_told_apart(
    coq: Coq, tmp_path: Path
) -> None:
    write_files(tmp_path, {"other/x.v": "", "_": ""})
    coq.run("coqc", "-Q", ".", "P", "other/x.v", cwd=tmp_path)
    found = dependencies_of(coq, tmp_path, {"a.v": "From P Require other.x.\n"})
    assert found.sources == {"a.v": ()}
    assert "other/x.vo" in found.others["a.v"]


def test_a_circle_is_named(coq: Coq, tmp_path: Path) -> None:
    files = {"a.v": "From P Require b.\n", "b.v": "From P Require a.\n"}
    with pytest.raises(
        UserError, match=r"^(a\.v -> b\.v -> a\.v|b\.v -> a\.v -> b\.v): these files"
    ):
        dependencies_of(coq, tmp_path, files)


def test_a_source_with_a_mistake_behind_all_that_it_needs_is_left_to_coqc(
    coq: Coq, tmp_path: Path
) -> None:
    end = "Definition x := 1.\nDefinition"
    files = {"a.v": "", "b.v": f"From P Require a.\n{end}", "c.v": "From P Require b.\n"}
    found = dependencies_of(coq, tmp_path, files)
    assert found.sources == {"a.v": (), "b.v": ("a.v",), "c.v": ("b.v",)}


REFUSED = {
    "no sentence before it": "Fail Check x. From 3.\nFrom P Require a. ",
    "a string before it": 'Ltac t := idtac "done. From here on".\nFrom P Require a.\n',
    "a file that is loaded": 'Load "./part".\n',
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_nothing_is_checked_over_what_coqdep_did_not_see_to_be_needed(
    coq: Coq, tmp_path: Path, text: str
) -> None:
    (tmp_path / "part.v").write_text("Definition k := 1")
    with pytest.raises(SourceError, match=r"says coqdep"):
        dependencies_of(coq, tmp_path, {"a.v": "", "b.v": text})


MISREAD = {
    "a string": 'Check "(*".\nRequire P.a.\n',
    "a string with quotes": 'Check """(*""".\nRequire P.a.\n',
    "a string behind a dot": 'Check ". (* ". Require P.a.\n',
    "a notation": "Notation \"x '(*' y\" := 0.\nRequire P.a.\n",
    "a string in a comment": '(* " (* " *) Require P.a.\n',
    "a string that looks like the end": '(* f *) Check 1.\n(* "*)" *) Require P.a.\n',
    "a comment within": 'From (* " *) " *) P Require (* g *) a.\n',
    "an attribute": '#[warnings="-all"] Require P.a.\n',
    "a prefix": "Local Require P.a.\n",
    "controls": 'Time Time Require P.a.\nRedirect "x" Require P.a.\n',
    "a limit": "Timeout 5 From P Require a.\n",
    "a bullet": "Goal True. - Require P.a.\n",
    "braces": "Goal True. { { Require P.a.\n",
    "a text": 'Load Verbose "./part".\n',
}


def test_a_file_needs_what_coqdep_would_not_see(coq: Coq, tmp_path: Path) -> None:
    """In each of these, coqdep as it is misses what the file needs, with one Coq at least."""
    (tmp_path / "part.v").write_text("Require P.a.\n")
    files = {f"f{number}.v": text for number, text in enumerate(MISREAD.values())}
    found = dependencies_of(coq, tmp_path, {"a.v": "", **files})
    missed = {kind for kind, file in zip(MISREAD, files, strict=True) if not found.sources[file]}
    assert missed == set()


def test_words_of_a_path_are_no_prefixes(coq: Coq, tmp_path: Path) -> None:
    files = {"Local/a.v": "", "b.v": '(* " *) " *) From P.Local Require Import a.\n'}
    found = dependencies_of(coq, tmp_path, files)
    assert found.sources["b.v"] == ("Local/a.v",)


def test_what_files_need_is_taken_along_in_order() -> None:
    needs = {"c.v": ("b.v",), "b.v": ("a.v",), "d.v": (), "a.v": ()}
    assert closure(Dependencies(needs, {}), ("b.v",)) == ("b.v", "a.v")

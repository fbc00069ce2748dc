""".aux files are read as hints: what is broken or missing is no error."""

import hashlib
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from makegen.coq.auxfile import AuxFile, Entry, aux_path, read_aux, speaks_of, write_aux
from tests.helpers import Coq, write_files

SOURCE = """\
Section S.
Variable n : nat.
Hypothesis zero : n = 0.
Lemma foo : n = 0.
Proof. exact zero. Qed.
End S.
"""


def test_what_coqc_recorded_is_read(coq: Coq, tmp_path: Path) -> None:
    source = write_files(tmp_path, {"F.v": SOURCE}) / "F.v"
    assert coq.run(*coq.toolchain.coqc, "F.v", cwd=tmp_path).returncode == 0
    aux = read_aux(source)
    assert aux is not None
    assert speaks_of(aux, SOURCE.encode())
    assert aux.compile_time is not None
    qed = SOURCE.index("Qed.")
    assert list(aux.proof_times) == [(qed, qed + 4)]
    assert [e.value for e in aux.entries if e.key == "context_used"] == ["zero"]


def test_a_project_that_moved_keeps_its_times(coq: Coq, tmp_path: Path) -> None:
    write_files(tmp_path, {"old/F.v": SOURCE})
    coq.run(*coq.toolchain.coqc, "F.v", cwd=tmp_path / "old")
    moved = (tmp_path / "old").rename(tmp_path / "new") / "F.v"
    aux = read_aux(moved)
    assert aux is not None
    assert speaks_of(aux, SOURCE.encode())


def test_a_source_that_changed_is_noticed(tmp_path: Path) -> None:
    source = tmp_path / "F.v"
    write_aux(source, AuxFile(hashlib.md5(b"Check 1.").hexdigest(), str(source), ()))
    aux = read_aux(source)
    assert aux is not None
    assert speaks_of(aux, b"Check 1.")
    assert not speaks_of(aux, b"Check 2.")


def test_a_missing_or_broken_file_is_none(tmp_path: Path) -> None:
    source = tmp_path / "F.v"
    assert read_aux(source) is None
    for broken in (b"", b"COQAUX2 x y\n", b"\xff\xfe\x00", b"COQAUX1 short path\n"):
        aux_path(source).write_bytes(broken)
        assert read_aux(source) is None


def test_lines_that_are_no_entries_and_times_that_are_no_numbers_are_passed_over(
    tmp_path: Path,
) -> None:
    source = tmp_path / "F.v"
    body = '3 7 proof_build_time "soon"\nnonsense\n8 9 proof_build_time "0.5"\n1 2 cut'
    aux_path(source).write_text(f"COQAUX1 {'0' * 32} /gone/F.v\n{body}")
    aux = read_aux(source)
    assert aux is not None
    assert aux.proof_times == {(8, 9): 0.5}


@given(st.lists(st.builds(Entry, st.integers(0), st.integers(0), st.just("key"), st.text())))
def test_what_is_written_is_read_back(entries: list[Entry]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "F.v")
        write_aux(source, AuxFile("0" * 32, str(source), tuple(entries)))
        aux = read_aux(source)
    assert aux is not None
    assert list(aux.entries) == entries

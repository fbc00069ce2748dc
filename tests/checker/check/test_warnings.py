"""What coqc warns of in a file is shown once, whichever engine checks it."""

import re
from pathlib import Path

import pytest

from tests.helpers import WRONG, Coq, check, write_project

OLD = '#[deprecated(note="no more", since="1")] Notation old := I.\nDefinition outside := old.\n'
PROOFS = """\
Section S.
Variable n : nat.
Lemma first : n = n /\\ True.
Proof. split. reflexivity. exact old. Qed. Lemma second : True. Proof. exact old. Qed.
End S.
Lemma third : True. Proof. exact old. Defined.
Lemma fourth : True.
Proof. exact old. Qed.
"""
SOURCES = {
    "Good.v": OLD + PROOFS,
    "Wrong.v": OLD + WRONG + PROOFS,
    "Prints.v": f"From T Require Good.\n{OLD}Print Good.fourth.\n{PROOFS}",
}
SHOWN = re.compile(
    r'^(File "\./\w+\.v", line \d+, characters [-\d]+:)\n'
    r"Warning:\sNotation old is deprecated since 1\. no more",
    re.M,
)


@pytest.mark.ends
def test_every_engine_shows_each_warning_once(coq: Coq, tmp_path: Path) -> None:
    places = {}
    for engine in ("snapshot", "vok", *(["vio"] if coq.toolchain.has_vio else [])):
        done = check(coq, write_project(tmp_path / engine, SOURCES, "-Q . T"), engine=engine)
        assert done.returncode == 1
        assert "1 wrong, 1 file not good" in done.stdout
        shown = SHOWN.findall(done.stderr)
        places[engine] = sorted(shown)
        assert len(set(places[engine])) == len(shown) == 5 * len(SOURCES)
    assert len({tuple(found) for found in places.values()}) == 1

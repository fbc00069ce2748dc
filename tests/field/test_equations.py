"""What a check says of documents with the plugin Equations is what coqc says, at the same place.

As tests/checker/engines/snapshot/test_odd_documents.py does it without the plugin.
"""

from dataclasses import astuple, dataclass
from pathlib import Path

import pytest

from checker.check.engines import EAGER
from tests.field.libraries import package, user_contrib
from tests.helpers import TESTS, Coq
from tests.odd_documents import coqcs, documents_in, ours, with_lemmas, write

DOCUMENTS = documents_in(TESTS / "field/equations_documents.v")


@dataclass(frozen=True)
class WithEquations(Coq):
    """A Coq that finds the plugin."""

    @property
    def environ(self) -> dict[str, str]:
        library = package(Coq(self.name, self.version, self.folder), "equations")
        contrib = str(user_contrib(library.folders[0]))
        return {**super().environ, **library.environ, "COQPATH": contrib, "ROCQPATH": contrib}


@pytest.mark.full
def test_the_verdicts_on_equations_are_coqcs(coq: Coq, tmp_path: Path) -> None:
    coq = WithEquations(*astuple(coq))
    texts = {f"D{n}.v": with_lemmas(text) for n, text in enumerate(DOCUMENTS.values())}
    theirs_at = write(tmp_path / "coqc", texts)
    theirs = {file: coqcs(coq, theirs_at, file) for file in texts}
    assert theirs["D0.v"].accepted
    root = write(tmp_path / "ours", texts)
    for workers, anew in ((3, True), (1, True), (2, False)):
        mine = ours(coq, root, EAGER, workers, anew=anew)
        differ = {
            name: (mine[file], theirs[file])
            for file, name in zip(texts, DOCUMENTS, strict=True)
            if not mine[file].agrees(theirs[file])
        }
        assert differ == {}

"""What a check has passes made over: the files of the run, and all that they load."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from checker.document.document import Document
from checker.document.documents import Documents
from checker.document.inplace import EXTRACTS, only_names_extraction
from checker.document.normal_form import normal
from checker.document.sentences import Sentence, found_in, split
from checker.interfaces.freshness import VO, compiled, product
from checker.interfaces.stable import state
from checker.interfaces.stand_ins import StandIns
from checker.knowledge.known import Known
from checker.knowledge.recorder import Recorder
from checker.report.results import ProofResult
from checker.run.run import Run
from makegen.base.errors import UserError
from makegen.coq.dependencies import Dependencies, closure

_LOADS = rb"Load\b(?<![\w']Load)"
# Commands of plugins that read proofs, also hidden ones: of paramcoq and MetaCoq.
_QUOTES = rb"Parametricity\b(?<![\w']Parametricity)|Meta(?:Coq|Rocq)\s+(?!Require\b)[A-Z]"
# Commands that tell a proof that was put off, which is an axiom, from a proof that is hidden; names
# of universes, which may be missing then (checker.document.inplace); and what may bring such in.
# Letters come first: such a pattern is found quicker.
_SEES = re.compile(
    rb"Transparent\b(?<![\w']Transparent)(?<!Typeclasses Transparent)(?<!Hint Transparent)"
    rb"|Strategy\b(?<![\w']Strategy)|\.u[0-9]|" + b"|".join((_LOADS, EXTRACTS, _QUOTES))
)
_SEES_ITS_OWN = re.compile(_LOADS + b"|" + _QUOTES)
_ADDS_PATH = re.compile(rb"Add\s+(?:Rec\s+)?LoadPath\b")  # in a source: until Coq 8.17


def sees(text: bytes) -> bool:
    """Whether a source may tell a proof that was put off; what its comments say does not count."""
    if not _SEES.search(text):
        return False
    return b"{{" in text or _sees(text, split(text))  # in a quotation nobody knows what is what


def document_sees(document: Document) -> bool:
    """The same of a document that is read, and quicker."""
    return _sees(document.text, document.sentences)


def _sees(text: bytes, sentences: Sequence[Sentence]) -> bool:
    found = found_in(_SEES, text, sentences)
    return any(_may_tell(normal(text[one.start : one.end])) for one, _ in found)


def _may_tell(sentence: bytes) -> bool:
    words = set(_SEES.findall(sentence))
    return bool(words) and not (words == {b"Extraction"} and only_names_extraction(sentence))


def seen(run: Run, dependencies: Dependencies, files: Collection[str]) -> frozenset[str]:
    """Those of the files, closed under dependency, in which no proof may be put off.

    That is all that a file loads which may tell. Of its own proofs those stay in place which such a
    command names (checker.document.inplace), or all, where a file that it is made of may name them.
    """
    found: set[str] = set()
    for file in files:
        if sees(text := run.path(file).read_bytes()):
            found.update(dependencies.sources[file])
            found.update([file] if may_see_its_own(text) else ())
    return frozenset(closure(dependencies, tuple(found)))


def have_load(run: Run) -> bool:
    """Whether a source of the project may load the text of another file."""
    return any(b"Load" in run.path(file).read_bytes() for file in run.project.v_files)


def may_see_its_own(text: bytes) -> bool:
    """Whether its own proofs may be seen: by a text that it loads, by a plugin."""
    return _SEES_ITS_OWN.search(text) is not None


def refuse_added_paths(
    run: Run, dependencies: Dependencies, files: Collection[str], linked: Collection[str]
) -> None:
    """Raises UserError where a source binds folders by itself and would find what make made there.

    These are not the stand-ins that all else loads, unless they are linked: they may be older.
    """
    for file in files:
        text = run.path(file).read_bytes()
        if b"LoadPath" not in text or not _ADDS_PATH.search(normal(text)):
            continue
        for other in closure(dependencies, dependencies.sources[file]):
            vo = product(other, VO)
            if other not in linked and run.path(vo).exists():
                raise UserError(
                    f"{file}: coqc would find {vo} by `Add LoadPath`, and it may be of another "
                    f"text; run `make {vo}` or `make clean`, or bind its folder in the project file"
                )


def passed_over(run: Run, file: str, document: Document) -> frozenset[int]:
    """The proofs of a file for which nobody asked: where their statements start.

    None where no proof bears a name that was asked for any more: the file has been edited since.
    """
    if not run.only:
        return frozenset()
    only = run.only.get(file, frozenset())
    others = [proof for proof in document.proofs if proof.full_name not in only]
    if file in run.only and len(others) == len(document.proofs):
        return frozenset()
    return frozenset(proof.statement.start for proof in others)


class Listener(Protocol):
    """Who hears what becomes of each file when its turn comes."""

    def begun(self, file: str, known: Known) -> None:
        """It is run."""

    def decided(self, file: str, known: Known) -> None:
        """Of each of its proofs all is known."""

    def compiled(self, file: str) -> None:
        """coqc has compiled it as it stands."""


class PassTargets:
    """See checker.run.run.Targets."""

    def __init__(
        self,
        run: Run,
        dependencies: Dependencies,
        recorder: Recorder,
        stand_ins: StandIns,
        listener: Listener,
    ) -> None:
        self._run = run
        self._recorder = recorder
        self._stand_ins = stand_ins
        self._dependencies = dependencies
        self._documents = Documents(run, dependencies)
        self._listener = listener
        self.unbelieved: Collection[str] = ()  # files of which no earlier verdict is believed
        # Files whose stand-ins were written: whether all is in it, and the host that made it.
        self.written: dict[str, tuple[bool, str]] = {}
        files = closure(dependencies, run.files)
        self.needs: Mapping[str, Sequence[str]] = {f: dependencies.sources[f] for f in files}
        self.workspace = stand_ins.workspace
        self.besides: Mapping[str, str] = stand_ins.besides
        # What coqc has compiled is checked, and is loaded as it is.
        found = () if recorder.recheck else compiled(run, dependencies, files)
        self._compiled = {file: state(run.path(product(file, VO))) for file in found}
        refuse_added_paths(run, dependencies, files, self._compiled)
        self._seen = seen(run, dependencies, files)
        self._announced = False

    def look_up(self, file: str) -> Known | None:
        """What is known of a file, once all that it loads stands; None: nothing is to be run."""
        if file in self._compiled:
            self._stand_ins.link(file)
            self._recorder.written(self._stand_ins.path(file))
            if file in self._run.files:
                self._listener.compiled(file)
            return None
        document = self._documents.read(file)
        known = self._recorder.known(file, document, believe=file not in self.unbelieved)
        self._recorder.depends(file, self._dependencies.read_besides(file))
        known = replace(
            known,
            wrong=tuple(self._shown_by(result) for result in known.wrong),
            passed_over=passed_over(self._run, file, document),
        )
        stands = self._stand_ins.is_fresh(
            file, self._recorder.text_key(file), whole=file in self._seen
        )
        if stands:
            self._recorder.written(self._stand_ins.path(file))
        is_asked = file in self._run.files
        is_sure = self._recorder.is_sure(file)
        if stands and (known.is_all_decided or (not is_asked and is_sure)):
            if is_asked:
                self._listener.decided(file, known)
            return None
        known = replace(
            known,
            stands=stands,
            is_sure=is_sure,
            may_put_off=file not in self._seen,
            is_asked=is_asked,
        )
        self._listener.begun(file, known)
        return known

    def begins_early(self, file: str) -> bool:
        """Whether its head is to be executed before all that it loads stands.

        Where there is a stand-in, there may be nothing to run.
        """
        if not self._announced:
            self._stand_ins.announce(name for name in self.needs if name not in self._compiled)
            self._announced = True
        return self._stand_ins.is_announced(file)

    def stood_still(self, file: str) -> bool:
        """Whether what the file loads of what make compiled is what it was when the check began."""
        loaded = closure(self._dependencies, self._dependencies.sources[file])
        return all(
            state(self._run.path(product(other, VO))) == self._compiled[other]
            for other in loaded
            if other in self._compiled
        )

    def _shown_by(self, result: ProofResult) -> ProofResult:
        """With what shows its error again: a plain coqc where one needs nothing but the source."""
        return replace(result, command=self.command(result.file))

    def command(self, file: str) -> tuple[str, ...]:
        """What a user runs to see the errors of the file."""
        return self._run.check_again(file) if self.needs[file] else self._run.coqc(file).words

    def output(self, file: str, *, anew: bool) -> Path:
        """Where the stand-in of the file is; `anew`: a pass is about to write it."""
        if anew and self._announced:
            self._stand_ins.empty(file)
        elif anew:
            self._stand_ins.forget(file)
        return self._stand_ins.make_room(file)

    def stands(self, file: str, *, whole: bool, host: str = "") -> None:
        """The stand-in of the file was written; `whole`: no proof was put off in it.

        `host`: the machine that made it, if that was another one.
        """
        self.written[file] = whole, host
        self._recorder.written(self._stand_ins.path(file))

    def keep_stand_in(self, file: str) -> None:
        """For the next run, if this one wrote it: it is known by now what it was made from."""
        if file in self.written and (key := self._recorder.text_key(file)) is not None:
            whole, host = self.written[file]
            self._stand_ins.remember(file, key, whole=whole, host=host)

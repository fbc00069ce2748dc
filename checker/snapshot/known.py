"""What earlier runs learnt of a file: the times of its proofs, their section variables."""

from collections.abc import Iterable, Mapping

from checker.dependencies import Dependencies, closure
from checker.document import STICKY_FLAGS, Document, Settings, read_document
from checker.run import Run
from checker.snapshot.costs import Costs, Rates
from checker.snapshot.files import FileRun
from checker.snapshot.read import script_of
from checker.wrongproofs import settings_of

TOPIC = "snapshot"


def read_files(run: Run, dependencies: Dependencies, files: Iterable[str]) -> list[FileRun]:
    """The files, ready to be run."""
    rates = Rates()
    documents: dict[str, Document] = {}

    def document_of(file: str, settings: Settings) -> Document:
        if file not in documents:
            documents[file] = read_document(run.path(file).read_bytes(), settings)
        return documents[file]

    found = []
    for file in files:
        settings = settings_of(run)
        loaded = closure(dependencies, dependencies.sources[file])
        exported = (document_of(other, settings).exported_flags for other in loaded)
        # A flag that a file exports may hold wherever it is loaded: then no proof is delegated.
        flags = settings.flags | {flag for e in exported for flag in e if flag in STICKY_FLAGS}
        if flags == settings.flags:
            document = document_of(file, settings)
        else:
            document = read_document(run.path(file).read_bytes(), Settings(flags))
        found.append(_file_run(run, file, document, rates))
    return found


def _file_run(run: Run, file: str, document: Document, rates: Rates) -> FileRun:
    script = script_of(file, document)
    known = run.ledger.recall(TOPIC, file) or {}
    seconds: Mapping[str, float] = known.get("seconds", {})
    words: Mapping[str, str] = known.get("variables", {})
    proofs = list(enumerate(script.proofs))
    return FileRun(
        script=script,
        document=document,
        costs=Costs(script, {n: seconds[p.name] for n, p in proofs if p.name in seconds}, rates),
        rates=rates,
        wanted=frozenset(range(len(script.proofs))),
        command=run.coqc("-vok", file).words,
        recorded={n: words[p.name].encode() for n, p in proofs if p.name in words},
    )


def remember(run: Run, files: Iterable[FileRun]) -> None:
    """Keeps what this run learnt."""
    facts = []
    for file in files:
        known = run.ledger.recall(TOPIC, file.script.file) or {}
        seconds, words = known.get("seconds", {}), known.get("variables", {})
        for number, result in file.decided.items():
            if result.verdict.is_ok:
                seconds[file.script.proofs[number].name] = round(result.seconds, 4)
        for index, told in file.told.items():
            proof = file.script.steps[index].proof
            assert proof is not None, "told of a proof"
            words[file.script.proofs[proof].name] = told.decode()
        names = {proof.name for proof in file.script.proofs}
        kept = {
            "seconds": {name: value for name, value in seconds.items() if name in names},
            "variables": {name: value for name, value in words.items() if name in names},
        }
        facts.append((file.script.file, kept))
    run.ledger.remember(TOPIC, facts)

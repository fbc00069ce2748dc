"""A report without a run: what the ledger knows of each proof, as the sources are now."""

from collections.abc import Iterator
from datetime import UTC, datetime

from checker.check.outlook import look_around, report_of
from checker.document.document import Document
from checker.document.documents import Documents
from checker.interfaces.freshness import compiled
from checker.knowledge.known import Known
from checker.knowledge.recorder import Recorder
from checker.knowledge.records import PROOFS
from checker.report.events import Event, FileDone, ProofDone
from checker.report.formats.overview import Overview, file_rows
from checker.report.page.report import Report
from checker.report.recording import Recording
from checker.report.results import FileResult, ProofResult, Verdict
from checker.run.run import Run
from makegen.base.errors import ExitCode
from makegen.base.temporary import temporary_folder
from makegen.coq.dependencies import closure, read_dependencies


async def report_from_ledger(run: Run) -> Report:
    """Nothing is checked, and nothing is written. Raises what read_dependencies does.

    A proof of which nothing is known counts as skipped.
    """
    dependencies = await read_dependencies(run)
    documents = Documents(run, dependencies)
    by_coqc = compiled(run, dependencies, closure(dependencies, run.files))
    known = Recording()
    with temporary_folder() as folder:
        recorder = Recorder(run, run.ledger, folder)
        for file in run.files:
            document = documents.read(file)
            if file in by_coqc or recorder.settled(file) is not None:
                known.tell(_done(file, document, Verdict.CHECKED))
                continue
            for event in _events(file, document, recorder.known(file, document)):
                known.tell(event)
    read = {file: documents.read(file) for file in run.files}
    rows = file_rows(known, run.project.root, run.files, read)
    is_wrong = any(row.result.verdict is Verdict.WRONG for row in rows)
    overview = Overview(
        project=run.project.origin or "",
        coq=".".join(map(str, run.toolchain.version)),
        date=datetime.now(UTC),
        seconds=0.0,
        workers=run.workers,
        exit_code=ExitCode.WRONG if is_wrong else ExitCode.OK,
        is_complete=True,
        files=rows,
    )
    background = await look_around(run, PROOFS.all(run.ledger), dependencies)
    return report_of(overview, None, background, "")


def _events(file: str, document: Document, known: Known) -> Iterator[Event]:
    """What is known of a file of which not all is good."""
    for result in known.wrong:
        yield ProofDone(result, known=True)
    for proof in document.proofs:
        at = proof.statement.start
        if not known.is_wanted(proof) and at not in known.decided - known.good:
            name = proof.full_name
            yield ProofDone(ProofResult(file, name, Verdict.CHECKED, offset=at), known=True)
    verdict = Verdict.CHECKED if known.is_all_decided else Verdict.SKIPPED
    yield _done(file, document, Verdict.WRONG if known.wrong else verdict)


def _done(file: str, document: Document, verdict: Verdict) -> FileDone:
    return FileDone(FileResult(file, verdict), len(document.proofs), known=True)

"""`check --no-admitted`: each proof that ends in `Admitted` is told as an error."""

from checker.check.targets import passed_over
from checker.document.documents import settings_of
from checker.document.reader import read_document
from checker.document.unproved import admitted
from checker.report.events import AdmittedProof
from checker.report.results import Position
from checker.run.run import Run


def refuse_admitted(run: Run) -> None:
    """Tell of those that are asked for, file by file."""
    for file in run.files:
        text = run.path(file).read_bytes()
        if b"Admit" not in text:
            continue
        document = read_document(text, settings_of(run))
        lines, others = document.lines(), passed_over(run, file, document)
        asked = {p.full_name for p in document.proofs if p.statement.start not in others}
        for name, statement in admitted(document):
            if others and name not in asked:
                continue
            line, column = lines.position(statement.start)
            end = column + statement.end - statement.start
            run.tell(AdmittedProof(name, Position(file, line, column, end)))

"""`check --no-admitted`: each proof that ends in `Admitted` is told as an error."""

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
        lines = document.lines()
        for name, statement in admitted(document):
            if run.only and statement.start not in run.only.get(file, ()):
                continue
            line, column = lines.position(statement.start)
            end = column + statement.end - statement.start
            run.tell(AdmittedProof(name, Position(file, line, column, end)))

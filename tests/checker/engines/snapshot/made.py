"""Scripts and files of a run, made from text."""

from checker.document.reader import read_document
from checker.engines.snapshot.coqc.plugins import Plugins
from checker.engines.snapshot.file.errors import Errors
from checker.engines.snapshot.file.file_run import FileRun
from checker.engines.snapshot.file.variables import Variables
from checker.engines.snapshot.steps.costs import Costs, Rates
from checker.engines.snapshot.steps.read import script_of
from checker.engines.snapshot.steps.script import Script


def script(source: str, file: str = "F.v") -> Script:
    return script_of(file, read_document(source.encode()))


def file_run(source: str) -> FileRun:
    """A file of which nothing is known, all proofs wanted."""
    document = read_document(source.encode())
    made = script_of("F.v", document)
    rates = Rates()
    return FileRun(
        made,
        document,
        Costs(made, {}, rates),
        rates,
        frozenset(range(len(made.proofs))),
        Variables(made),
        Errors(made, document),
        Plugins(None),
    )

"""What a check from scratch would have to do, as far as that can be told without running it."""

from collections.abc import Mapping
from dataclasses import dataclass

from checker.check.targets import seen
from checker.document.document import Document
from checker.document.documents import Documents
from checker.engines.engine import Passes
from checker.knowledge.known import Known
from checker.run.run import Run
from checker.schedule.passes import File, Machine
from makegen.coq.dependencies import Dependencies, closure, read_dependencies


@dataclass(frozen=True)
class Forecast:
    """Work, and what it is to be done on."""

    files: list[File]
    machine: Machine
    documents: Mapping[str, Document]  # of these files


async def forecast(run: Run, passes: Passes, dependencies: Dependencies | None = None) -> Forecast:
    """Passes over the files of the run and all that they load.

    Nothing counts as checked already, as with --recheck and no stand-ins. `dependencies`: where
    they are known. Raises what read_dependencies does.
    """
    dependencies = dependencies or await read_dependencies(run)
    files = closure(dependencies, run.files)
    documents = Documents(run, dependencies)
    in_place = seen(run, dependencies, files)
    known = {
        file: Known(
            documents.read(file), is_asked=file in run.files, may_put_off=file not in in_place
        )
        for file in files
    }
    needs = {file: dependencies.sources[file] for file in files}
    found, machine = passes(run, needs, known)
    return Forecast(found, machine, {file: known[file].document for file in files})

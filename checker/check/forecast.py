"""What a check from scratch would have to do, as far as that can be told without running it."""

from checker.check.targets import seen
from checker.document.documents import Documents
from checker.engines.engine import Passes
from checker.knowledge.known import Known
from checker.run.run import Run
from checker.schedule.passes import File, Machine
from makegen.coq.dependencies import closure, read_dependencies


async def forecast(run: Run, passes: Passes) -> tuple[list[File], Machine]:
    """The files of the run and all that they load, and what they are run on.

    Nothing counts as checked already, as with --recheck and no stand-ins. Raises what
    read_dependencies does.
    """
    dependencies = await read_dependencies(run)
    files = closure(dependencies, run.files)
    documents = Documents(run, dependencies)
    in_place = seen(run, dependencies, files)
    known = {
        file: Known(
            documents.read(file), is_asked=file in run.files, may_put_off=file not in in_place
        )
        for file in files
    }
    return passes(run, {file: dependencies.sources[file] for file in files}, known)

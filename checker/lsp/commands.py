"""What the editor has the server do: check a whole document or project, ask coqc, interrupt."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from lsprotocol import types as lsp

from checker.lsp import answers
from checker.lsp.open_document import OpenDocument
from checker.lsp.service import Service
from makegen.base.process import Request
from makegen.base.process import run as run_process

CHECK = "proofChecker.checkDocument"
CHECK_PROJECT = "proofChecker.checkProject"
QUERY = "proofChecker.query"
INTERRUPT = "proofChecker.interrupt"
ERRORS = "proofChecker.errors"
WORKERS = "proofChecker.workers"
NAMES = (CHECK, CHECK_PROJECT, QUERY, INTERRUPT, ERRORS, WORKERS)


async def execute(service: Service, command: str, arguments: Sequence[Any]) -> Any:
    """The first argument is the URI of a document, but of no use to some.

    `query`: then a position and words, such as `Search nat.`; the answer is what coqc says.
    """
    if command == ERRORS:
        return [entry for d in service.documents.values() for entry in _errors(d)]
    if command == WORKERS:
        return service.workers()
    document = await service.document(str(arguments[0])) if arguments else None
    if document is None:
        return None
    if command == QUERY:
        return await _query(document, arguments[1], str(arguments[2]))
    if command == INTERRUPT:
        document.interrupt()
        return None
    return await _check(document, whole=command == CHECK_PROJECT)


def _errors(document: OpenDocument) -> list[dict[str, Any]]:
    found = document.view.complaints() if document.view else []
    return [{"uri": document.uri, "range": d.range, "message": d.message} for d in found]


async def _query(document: OpenDocument, place: Any, words: str) -> str | None:
    revision = await document.read()
    if revision is None or document.view is None:
        return None
    at = place if isinstance(place, Mapping) else vars(place)
    offset = document.view.places.offset(lsp.Position(int(at["line"]), int(at["character"])))
    return await answers.query(revision, document.asking, offset, words)


async def _check(document: OpenDocument, *, whole: bool) -> dict[str, Any]:
    """The saved file, or all of its project, by a run of coqc on each: .vo, universes."""
    run = document.desk.run
    origin = run.project.origin
    if origin:
        checker = (sys.executable, "-P", "-m", "checker")  # ours, whatever the project's folder has
        words = (*checker, "vio2vo", "-f", origin, "-j", str(run.workers))
        files = () if whole else (document.file,)
        request = Request((*words, *files), run.project.root, run.environ)
    else:
        request = run.coqc(document.file)
    outcome = await run_process(request)
    seen = bool(document.view) and not _errors(document)
    return {
        "good": outcome.is_good,
        "output": outcome.output,
        "differs": not whole and seen != outcome.is_good,
    }

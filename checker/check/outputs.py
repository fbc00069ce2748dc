"""The files that a run leaves for people and programs, as its settings ask for them."""

import json
import os
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from checker.check.outlook import Background, report_of
from checker.check.settings import Settings
from checker.report.formats.github import annotations
from checker.report.formats.junit import junit
from checker.report.formats.machine import as_json
from checker.report.formats.overview import Overview, file_rows
from checker.report.formats.sarif import sarif
from checker.report.formats.trace import trace
from checker.report.page.page import page
from checker.report.recording import Recording
from makegen.base.files import write_outputs


def leave(
    settings: Settings, recording: Recording, background: Background | None, code: int
) -> None:
    """Write what is wanted, all or none, also of a run that was broken off.

    `background`: for the report, where it is wanted. `code`: the exit code. Raises MachineError
    where a file cannot be written.
    """
    overview = _overview(settings, recording, background, code)
    outputs = settings.outputs

    def report() -> bytes:
        assert background, "it was wanted"
        return page(report_of(overview, recording, background, settings.command))

    wanted: list[tuple[Path | None, Callable[[], bytes]]] = [
        (outputs.report, report),
        (outputs.trace, lambda: _json(trace(recording))),
        (outputs.junit, lambda: junit(overview)),
        (outputs.json, lambda: _json(as_json(overview), indent=1)),
        (outputs.sarif, lambda: _json(sarif(overview, version("proof-makefile")), indent=1)),
    ]
    write_outputs({path: text() for path, text in wanted if path})
    if outputs.annotates:
        for line in annotations(overview):
            print(line, flush=True)


def _overview(
    settings: Settings, recording: Recording, background: Background | None, code: int
) -> Overview:
    read = background.forecast.documents if background and background.forecast else {}
    return Overview(
        project=settings.project.origin or "",
        coq=".".join(map(str, settings.toolchain.version)),
        date=recording.date,
        seconds=(recording.ended or time.monotonic()) - recording.began,
        workers=settings.workers,
        exit_code=code,
        is_complete=recording.is_complete,
        files=file_rows(recording, settings.project.root, settings.files, read),
        place=_place(settings),
    )


def _place(settings: Settings) -> str:
    """Where a project is in the repository that GitHub's workflow has checked out."""
    workspace = os.environ.get("GITHUB_WORKSPACE")
    below = os.path.relpath(settings.project.root, workspace) if workspace else "."
    return "" if below == "." or below.startswith("..") else f"{below}/"


def _json(value: Any, indent: int | None = None) -> bytes:
    return json.dumps(value, indent=indent).encode() + b"\n"

"""The page: one HTML file that needs no other, and loads nothing.

What stands in it without being drawn (summary, verdicts, advice, graph) is written here; tables
and the timeline are drawn by the scripts of template/, from columns.
"""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import jinja2
from markupsafe import Markup

from checker.report.formats.overview import FileRow, Overview
from checker.report.page.columns import as_script, columns
from checker.report.page.picture import picture
from checker.report.page.report import Report
from checker.report.results import FileResult, Message, ProofResult, Verdict

TEMPLATE = Path(__file__).parent / "template"
SCRIPTS = (
    "base.js",
    "table.js",
    "tables.js",
    "timeline.js",
    "pointer.js",
    "canvas.js",
    "graph.js",
    "main.js",
)
SHOWN_AT_ONCE = 10  # complaints; the others unfold
MOST_SHOWN = 200  # complaints and warnings in full; the table of proofs has the others
WORST_FIRST = (Verdict.WRONG, Verdict.TIMEOUT, Verdict.LOST, Verdict.SKIPPED, Verdict.CHECKED)


@dataclass(frozen=True)
class Complaint:
    """What is wrong with a proof, or with a file."""

    file: str
    proof: str  # "" where it is the file
    line: int  # 0: not known
    verdict: Verdict
    messages: tuple[Message, ...]
    command: tuple[str, ...]  # that shows it again


def page(report: Report) -> bytes:
    """The HTML, in UTF-8."""
    overview = report.overview
    scripts = "\n".join((TEMPLATE / name).read_text("utf-8") for name in SCRIPTS)
    script = f'"use strict";\n(() => {{\n{scripts}}})();\n'
    style = (TEMPLATE / "page.css").read_text("utf-8")
    complaints = sorted(_complaints(overview), key=lambda c: WORST_FIRST.index(c.verdict))
    html = _template().render(
        report=report,
        overview=overview,
        outlook=report.outlook,
        counts=overview.counts(),
        cpu=report.cpu,
        share=report.share,
        has_before=any(report.seconds_before(row) is not None for row in overview.proofs),
        headline=headline(report),
        skipped=Verdict.SKIPPED,
        complaints=complaints[:MOST_SHOWN],
        shown_at_once=SHOWN_AT_ONCE,
        more_complaints=len(complaints) - MOST_SHOWN,
        untried=list(_untried(overview)),
        warnings=[warning for row in overview.files for warning in _warnings(row)][:MOST_SHOWN],
        picture=report.outlook and picture(report.outlook),
        style=Markup(style),
        script=Markup(script),
        policy=_policy(style, script),
        data=Markup(as_script(columns(report))),
    )
    return html.encode("utf-8", "replace")


def headline(report: Report) -> str:
    """The one line that everybody reads."""
    overview, counts = report.overview, report.overview.counts()
    proofs = number(counts["proofs"], "proof")
    told = ", ".join(
        f"{counts[verdict.value]:,} {report.word(verdict)}"
        for verdict in WORST_FIRST
        if counts[verdict.value] and not verdict.is_ok
    )
    if not overview.is_complete:
        return f"Broken off: {proofs} in the files that had ended{told and f': {told}'}"
    if told:
        return f"{proofs}: {told}"
    if counts["bad_files"]:
        return f"{number(counts['bad_files'], 'file')} not good"
    return f"{proofs} checked: all good" if counts["proofs"] else "There are no proofs"


def _template() -> jinja2.Template:
    loader = jinja2.FileSystemLoader(TEMPLATE)
    environment = jinja2.Environment(
        loader=loader,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters.update(number=number, seconds=seconds, span=span, less=less, words=" ".join)
    return environment.get_template("page.html.jinja")


def number(count: int, noun: str) -> str:
    """The count with its noun.

    >>> number(1, "proof"), number(20000, "proof")
    ('1 proof', '20,000 proofs')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def seconds(value: float) -> str:
    """As a table shows it.

    >>> seconds(0.1234), seconds(12.3456)
    ('0.12', '12.35')
    """
    return f"{value:.2f}"


def span(value: float) -> str:
    """As a sentence says it: 0.25 s, 12.3 s, 12 min 34 s."""
    if value < 100:
        return f"{value:.{2 if value < 10 else 1}f}\N{NO-BREAK SPACE}s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes} min {rest:02} s".replace(" ", "\N{NO-BREAK SPACE}")


def less(now: float, then: float) -> str:
    """How much is saved, in hundredths."""
    return f"{round(100 * (now - then) / now) if now else 0}\N{NO-BREAK SPACE}%"


def _policy(style: str, script: str) -> str:
    """What a browser lets the page do: run what is written here, and nothing else."""

    def digest(text: str) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    return f"default-src 'none'; style-src {digest(style)}; script-src {digest(script)}"


def _complaints(overview: Overview) -> Iterator[Complaint]:
    """Of each file in the order of its text; skipped proofs say nothing by themselves."""
    for file in overview.files:
        for row in file.proofs:
            is_told = row.verdict is not Verdict.SKIPPED or bool(row.result.messages)
            if is_told and not row.verdict.is_ok:
                yield _complaint(row.result, row.name, row.line)
        result = file.result
        is_told = result.verdict is Verdict.LOST or bool(result.messages)
        if is_told and not result.verdict.is_ok:
            yield _complaint(result, "", 0)


def _complaint(result: ProofResult | FileResult, proof: str, line: int) -> Complaint:
    places = (message.position.line for message in result.messages if message.position)
    at = next(places, line)
    return Complaint(result.file, proof, at, result.verdict, result.messages, result.command)


def _untried(overview: Overview) -> Iterator[tuple[str, list[str]]]:
    """Each file that is at fault, and those that were not tried because of it."""
    by_cause: dict[str, list[str]] = {}
    for row in overview.files:
        if row.cause:
            by_cause.setdefault(row.cause, []).append(row.result.file)
    yield from by_cause.items()


def _warnings(row: FileRow) -> Iterator[tuple[str, Message]]:
    """What coqc warned of in a file, with its name."""
    told = [row.result.warnings, *(proof.result.warnings for proof in row.proofs)]
    yield from ((row.result.file, message) for messages in told for message in messages)

"""The verdicts of a run, file by file and proof by proof, as every format shows them."""

import contextlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from checker.document.document import Document, ProofEnd
from checker.document.reader import read_document
from checker.report.events import FileDone, ProofDone
from checker.report.recording import Recording
from checker.report.results import FileResult, Message, Position, ProofResult, Verdict


@dataclass(frozen=True)
class ProofRow:
    """A proof, and what the run says of it."""

    file: str
    name: str
    line: int  # of its statement, from 1; 0 where it is not known
    result: ProofResult
    known: bool  # from the ledger: nothing was run
    admitted: bool  # it ends with Admitted
    refused: bool = False  # because of that (--no-admitted): its message says so

    @property
    def verdict(self) -> Verdict:
        """What is known of it."""
        return self.result.verdict


@dataclass(frozen=True)
class FileRow:
    """A file with its proofs, in the order of its text."""

    result: FileResult
    known: bool
    cause: str  # of a file that was not tried: the wrong one that it needs
    proofs: tuple[ProofRow, ...]
    text: bytes = b""  # of a source that something is said of

    @property
    def seconds(self) -> float:
        """CPU seconds of this run: what is no proof, and the proofs that were run."""
        proofs = sum(row.result.seconds for row in self.proofs if not row.known)
        return proofs + (0.0 if self.known else self.result.seconds)


@dataclass(frozen=True)
class Overview:
    """A run as a whole."""

    project: str  # the name of its file
    coq: str  # the version of coqc
    date: datetime  # when it began
    seconds: float  # wall
    workers: int
    exit_code: int
    is_complete: bool  # it came to its end
    files: tuple[FileRow, ...]
    place: str = ""  # of the project's folder in the repository: "" or such as "coq/"

    @property
    def proofs(self) -> Sequence[ProofRow]:
        """Those of all files."""
        return [row for file in self.files for row in file.proofs]

    @property
    def ran(self) -> int:
        """How many proofs were run."""
        return sum(not row.known and row.verdict is not Verdict.SKIPPED for row in self.proofs)

    def counts(self) -> dict[str, int]:
        """How many proofs have which verdict, by its word; `known` are among them."""
        rows = self.proofs
        found = Counter(row.verdict for row in rows)
        return {
            "proofs": len(rows),
            **{verdict.value: found[verdict] for verdict in Verdict},
            "known": sum(row.known for row in rows),
            "admitted": sum(row.admitted for row in rows),
            "refused": sum(row.refused for row in rows),
            "files": len(self.files),
            "bad_files": sum(not file.result.verdict.is_ok for file in self.files),
        }


def file_rows(
    recording: Recording,
    root: Path,
    files: Iterable[str],
    documents: Mapping[str, Document] | None = None,
) -> tuple[FileRow, ...]:
    """What was found out about these files; those of which nothing was are left out.

    A file that the run did not come to the end of is skipped, whatever is known of its proofs.
    `documents`: those that are read already.
    """
    read = documents or {}
    return tuple(
        _file_row(
            recording.files.get(file) or FileDone(FileResult(file, Verdict.SKIPPED)),
            recording.proofs.get(file, []),
            read.get(file) or _document(root / file),
            recording.refused.get(file, {}),
        )
        for file in files
        if file in recording.files or file in recording.proofs
    )


def _file_row(
    done: FileDone,
    proofs: Sequence[ProofDone],
    document: Document | None,
    refused: Mapping[str, Position],
) -> FileRow:
    placed = {e.result.offset: e for e in proofs if e.result.offset is not None}
    named = {e.result.proof: e for e in proofs if e.result.offset is None}
    rows = []
    if document:
        lines = document.lines()
        for proof in document.proofs:
            at = proof.statement.start
            if at in done.passed_over:
                continue
            event = placed.pop(at, None) or named.pop(proof.name, None)
            event = event or named.pop(proof.full_name, None)
            found = event or _as_its_file(done, proof.full_name, at)
            admitted = proof.kind is ProofEnd.ADMITTED
            row = _row(found, lines.position(at)[0], admitted=admitted)
            rows.append(_refused(row, refused.get(proof.full_name)))
    rows += [_row(event, 0, admitted=False) for event in (*placed.values(), *named.values())]
    is_told = done.result.messages or any(row.result.messages for row in rows)
    text = document.text if document and is_told else b""
    return FileRow(done.result, done.known, done.cause, tuple(rows), text)


def _row(event: ProofDone, line: int, *, admitted: bool) -> ProofRow:
    result = event.result
    return ProofRow(result.file, result.proof, line, result, event.known, admitted)


def _refused(row: ProofRow, place: Position | None) -> ProofRow:
    if place is None:
        return row
    said = Message(place, f"{row.name} is admitted (--no-admitted)")
    return replace(row, result=replace(row.result, messages=(said,)), refused=True)


def _as_its_file(done: FileDone, name: str, offset: int) -> ProofDone:
    """A proof without a verdict of its own is as good as its file."""
    is_good = done.result.verdict.is_ok
    verdict = Verdict.CHECKED if is_good else Verdict.SKIPPED
    result = ProofResult(done.result.file, name, verdict, offset=offset)
    return ProofDone(result, known=done.known)


def _document(path: Path) -> Document | None:
    with contextlib.suppress(OSError):
        return read_document(path.read_bytes())
    return None


def every_message(row: FileRow) -> list[tuple[ProofRow | None, Message]]:
    """Each message of a file with its proof, if it is about one, in the order of the text."""
    found: list[tuple[ProofRow | None, Message]] = []
    found += [(proof, message) for proof in row.proofs for message in proof.result.messages]
    found += [(None, message) for message in row.result.messages]
    return sorted(found, key=lambda one: _place(one[1]))


def _place(message: Message) -> tuple[int, int]:
    place = message.position
    return (place.line, place.start) if place else (1 << 62, 0)

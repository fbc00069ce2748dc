"""`check -k NAME` and `--last-failed`: which proofs are asked for; the others are passed over.

What else the files say is run with them, since they would mean nothing without it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from checker.check.failed import FAILED, WHOLE
from checker.document.document import Document
from checker.document.documents import settings_of
from checker.document.reader import read_document
from checker.report.events import Chosen, Note, number
from checker.run.run import Run
from makegen.base.errors import UserError


@dataclass(frozen=True)
class Choice:
    """What the command line says of it."""

    names: tuple[str, ...] = ()  # any of these
    last_failed: bool = False

    def __bool__(self) -> bool:
        return bool(self.names) or self.last_failed


def matches(pattern: str, name: str) -> bool:
    """Whether a proof of this full name is meant: as with pytest, case does not matter.

    >>> matches("spec", "M.double_Spec"), matches("m.*_spec", "M.double_Spec"), matches("*x", "xy")
    (True, True, False)
    """
    pattern, name = pattern.lower(), name.lower()
    is_pattern = any(sign in pattern for sign in "*?[")
    return fnmatchcase(name, pattern) if is_pattern else pattern in name


def chosen(run: Run, choice: Choice, *, by_proof: bool) -> Run:
    """The run of what is asked for. Not `by_proof`: of the files that hold such proofs, whole.

    Raises UserError where there is none.
    """
    failed = _failed(run) if choice.last_failed else None
    if choice.last_failed and not failed:
        run.tell(Note("--last-failed: nothing is known to have failed; it chooses nothing"))
        failed = None
    if failed is None and not choice.names:
        return run
    asked: dict[str, int] = {}  # proofs, by file
    proofs = 0
    only: dict[str, frozenset[str]] = {}
    for file in run.files:
        document = read_document(run.path(file).read_bytes(), settings_of(run))
        proofs += len(document.proofs)
        if failed is not None and file not in failed:
            continue
        names = failed[file] if failed and _has_all(document, failed[file]) else frozenset[str]()
        found = list(_named(document, choice.names, names))
        if found or not choice.names:
            asked[file] = len(found if by_proof else document.proofs)
            only[file] = frozenset(found)
    if not asked:
        words = " ".join(f"-k {name}" for name in choice.names)
        raise UserError(f"{words}: none of {number(proofs, 'proof')} is meant by that")
    run.tell(Chosen(sum(asked.values()), proofs))
    return replace(run, files=tuple(asked), only=only if by_proof else {})


def _failed(run: Run) -> dict[str, frozenset[str]]:
    failed = FAILED.all(run.ledger)
    return {file: failed[file] for file in run.files if file in failed}


def _has_all(document: Document, names: frozenset[str]) -> bool:
    """Else the file itself has failed, or what has failed bears another name now."""
    return WHOLE not in names and names <= {proof.full_name for proof in document.proofs}


def _named(
    document: Document, patterns: Sequence[str], names: frozenset[str] = frozenset()
) -> Iterator[str]:
    """The proofs that are meant by a pattern, and are among the names, if there are any."""
    for proof in document.proofs:
        is_meant = not patterns or any(
            matches(one, name) for one in patterns for name in proof.full_names
        )
        if is_meant and (not names or proof.full_name in names):
            yield proof.full_name

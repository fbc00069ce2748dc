"""What the client and a host say to each other; dask pickles it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from checker.knowledge.known import Known
from checker.knowledge.records import ProofRecords
from checker.report.events import Event
from checker.run.run import Care
from makegen.project.project import Project

# Of files, by content; places are those in the project's folder, or where stand-ins are kept.
Digests = Mapping[str, str]


@dataclass(frozen=True)
class Facts:
    """What a host is, before it is told of a project."""

    release: str  # of our package
    coq: str  # the toolchain's name, and the digests of its programs
    cores: int
    name: str
    kept: frozenset[str]  # digests of the files in its cache
    why_not: str | None = None  # it cannot check, and why, in one line


@dataclass(frozen=True)
class Setup:
    """A project, as a check has it."""

    session: str
    project: Project
    extra_arguments: tuple[str, ...]
    care: Care
    files: Digests  # in the project's folder; sources come with their orders
    looked_for: Digests  # beside the stand-ins
    variables: Mapping[str, str]  # with which coqc finds libraries
    folders: tuple[str, ...]  # outside of the project, absolute: libraries that it may load


@dataclass(frozen=True)
class Order:
    """A file that a host is to run, and what is known of it."""

    number: int
    file: str
    known: Known
    records: ProofRecords | None
    source: str  # its digest
    loads: Digests  # the stand-ins that it loads, by source
    command: tuple[str, ...]  # what a user runs to see its errors
    expected: float  # CPU seconds of all of it
    path_after: float  # seconds, of the longest path of what waits for its stand-in


@dataclass(frozen=True)
class Missing:
    """The host has not got these, or not as they should be."""

    digests: frozenset[str]


@dataclass(frozen=True)
class Made:
    """What became of what others load of a file."""

    good: bool
    whole: bool = False  # no proof was put off in it
    is_new: bool = False  # a pass has written it; else it stood before, and holds
    content: bytes = b""  # then


@dataclass(frozen=True)
class Opened:
    """Files that coqc has read for an order since it was last told; digests of those elsewhere."""

    number: int
    names: Sequence[str]
    digests: Digests


@dataclass(frozen=True)
class Ending:
    """There is nothing to come of an order."""

    records: ProofRecords | None
    given: frozenset[int]  # proofs that the host has left to others: where their statements start


@dataclass(frozen=True)
class Told:
    """What a host tells from time to time, in this order."""

    count: int  # of these, from 0
    opened: tuple[Opened, ...]
    events: tuple[Event, ...]
    ended: Mapping[int, Ending]  # orders
    clock: float  # of the host, monotonic, seconds: as in the events
    waiting: float  # CPU seconds of the proofs that wait for a worker


@dataclass(frozen=True)
class Given:
    """Proofs of a file that a host has not begun and leaves to others."""

    number: int  # of the order
    proofs: frozenset[int]  # where their statements start, bytes

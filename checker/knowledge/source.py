"""One source of a run, and what is known of it so far."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from checker.document.document import Document, Proof
from checker.document.sentences import Lines
from checker.knowledge.inputs import Contents, opened_since, source_place
from checker.knowledge.keys import Fingerprints, Loading, fingerprints, wrong_key
from checker.report.results import ProofResult


@dataclass
class Source:
    """Proofs are named by the byte offset of their statement."""

    name: str
    document: Document
    lines: Lines
    loading: Loading
    opened: Path  # the list that coqc's process keeps of the files that it reads
    begun: int = field(default_factory=time.time_ns)  # when its inputs were there to be read
    proofs: dict[int, Proof] = field(default_factory=dict)
    # A digest (checker.knowledge.surroundings); None: it is not known what coqc loads.
    surroundings: str | None = None
    keys: Fingerprints | None = None
    uses: dict[int, bytes] = field(default_factory=dict)  # as the keys have it
    confirmed: dict[int, bytes] = field(default_factory=dict)  # those that are no assumption
    unsure: dict[int, bytes] = field(default_factory=dict)  # the rest of `uses`, in order
    good: frozenset[int] = frozenset()  # proofs that are not run, because their key says so
    wrong: frozenset[int] = frozenset()  # likewise
    text_is_good: bool = False
    results: dict[int, ProofResult] = field(default_factory=dict)  # of this run
    opened_size: int = 0  # of the list, as far as it was read
    read: set[str] = field(default_factory=set)  # the files in it that count, besides the source

    def make_keys(self) -> None:
        """The keys anew, from what is known by now; none where the surroundings are not known."""
        self.keys = None
        if self.surroundings is not None:
            self.keys = fingerprints(self.document, self.surroundings, self.uses)

    @property
    def key_of(self) -> Mapping[int, str]:
        """The keys of its proofs, as far as there are any."""
        return self.keys.proofs if self.keys else {}

    @property
    def text_key(self) -> str | None:
        """The key of its text, in which proofs that can be put off count by statement."""
        return self.keys.text if self.keys else None

    def wrong_key(self, at: int) -> str:
        """The key of coqc's complaint about a proof that has a key."""
        _, column = self.lines.position(at)
        text = self.document.text[at : self.proofs[at].last.end]
        return wrong_key(self.key_of[at], column, text)

    @property
    def is_complete(self) -> bool:
        """Whether every proof that has a verdict of its own has a good one."""
        run = {at for at, result in self.results.items() if result.verdict.is_ok}
        return self.key_of.keys() <= self.good | run

    def takes_for_granted(self, after: int) -> bool:
        """Whether a verdict from before this run is believed on something after this place."""
        return self.text_is_good or any(at > after for at in self.good | self.wrong)

    def is_sure_before(self, offset: int) -> bool:
        """Whether the keys take nothing for granted of the proofs before this place."""
        return next(iter(self.unsure), offset) >= offset

    def list_unsure(self) -> None:
        """Both `uses` and `confirmed` are new."""
        uses = sorted(self.uses.items())
        self.unsure = {at: used for at, used in uses if self.confirmed.get(at) != used}

    def confirm(self, at: int, used: bytes) -> None:
        """A verdict of this run tells what the proof uses."""
        self.confirmed[at] = used
        if self.uses.get(at) == used:
            self.unsure.pop(at, None)

    def confirm_all(self) -> int | None:
        """At the file's end what its run told holds alone; the first place that was refuted."""
        told = self.confirmed.items()
        others = [at for at, used in told if self.uses.get(at, used) != used]
        self.uses = dict(self.confirmed)
        self.list_unsure()
        return min(others, default=None)

    def read_opened(self, contents: Contents) -> bool:
        """Whether coqc has read files that count since this was last asked, if only once more."""
        lines, self.opened_size = opened_since(self.opened, self.opened_size)
        relative = map(contents.relative, lines)
        names = {name if name.endswith(".vo") else source_place(name) for name in relative}
        # The source does not count, nor does what a pass makes of it.
        own = {os.path.normpath(f"{self.name}{suffix}") for suffix in ("", "o")}
        names = {name for name in names if source_place(name) not in own}
        self.read |= names
        return bool(names)

"""What a run knows of one file, and what that says of each of its steps: run it, or get past it."""

import asyncio
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from checker.document.document import Document
from checker.document.section_variables import ABOUT_DEFAULT
from checker.engines.snapshot.coqc.plugins import Plugins
from checker.engines.snapshot.file.errors import Errors
from checker.engines.snapshot.file.variables import Variables
from checker.engines.snapshot.steps.costs import STAND_IN, Costs, Rates
from checker.engines.snapshot.steps.questions import ABOUT_FLAGS, Question, may_leave_out
from checker.engines.snapshot.steps.script import Proof, Script
from checker.report.results import Message, ProofResult

BATCH = 1 << 15  # bytes of text to get past that are fed at once; so many may be fed ahead
SMALL_BATCH = 1 << 12

_TIMED = re.compile(rb"timeout", re.IGNORECASE)  # `timeout`, `Timeout`, `Control.timeout`, ...


class Product(Enum):
    """What others load of a file: made before, or by a pass of this run."""

    STANDS = auto()
    PROVISIONAL = auto()  # made before; it holds if the record of section variables does
    WANTED = auto()  # a pass has to make it
    WANTED_PAST_ERRORS = auto()  # a second pass has to, which runs nothing that is known as wrong
    MISSING = auto()  # nobody will make it

    @property
    def is_wanted(self) -> bool:
        """Whether a pass that comes to its end makes it."""
        return self in (Product.WANTED, Product.WANTED_PAST_ERRORS)


@dataclass(frozen=True)
class Shown:
    """What shows an error again: the first of the file, and all of them."""

    first: tuple[str, ...] = ()  # coqc
    every: tuple[str, ...] = ()


@dataclass(eq=False)
class FileRun:
    """One file in a run. `wanted`: the proofs to check; the others are known to be right."""

    script: Script
    document: Document
    costs: Costs
    rates: Rates
    wanted: frozenset[int]
    variables: Variables
    errors: Errors
    plugins: Plugins
    shown: Shown = Shown()
    first_doubtful: int = sys.maxsize  # the first step that may be wrong, and is not run
    text_is_good: bool = False  # what is between the proofs is known to be right
    is_shown: bool = False  # as it is run: an error is told at once, and confirmed or taken back
    in_place: bool = False  # no proof may be put off: somebody could see that it was
    product: Product = Product.STANDS
    expected: float = 0.0  # seconds, of all of it
    path_after: float = 0.0  # seconds, of files that wait for its product: their longest path
    whole_from: int = sys.maxsize  # the first step before which flags forbid to leave out proofs
    flags_known: set[int] = field(default_factory=set)  # steps after which they were
    executed: set[int] = field(default_factory=set)  # steps that were run for real
    decided: dict[int, ProofResult] = field(default_factory=dict)  # by proof
    # By step, what coqc warned of when it ran it.
    warnings: dict[int, tuple[Message, ...]] = field(default_factory=dict)
    start: float | None = None  # CPU seconds of coqc to come up
    end: float | None = None  # and to write what it made of the file
    head: float = 0.0  # CPU seconds of its head, as far as that is known
    seconds: float = 0.0  # CPU, of what is neither in proofs nor in the head
    text_size: int = 0  # bytes of that
    handed: set[int] = field(default_factory=set)  # steps that copies of a pass run
    refused: set[int] = field(default_factory=set)  # steps for which nothing stands in any more
    open_jobs: int = 0
    attempts: int = 0  # jobs that there were
    news: asyncio.Event = field(default_factory=asyncio.Event)  # something was found out
    _laid: dict[tuple[int, bytes], bytes | None] = field(default_factory=dict)

    # ---- what it is fed ----

    @property
    def batch(self) -> int:
        """How many bytes to get past are fed at once: few, where somebody wants to go back."""
        return SMALL_BATCH if self.is_shown else BATCH

    def proof(self, index: int) -> Proof:
        """The proof whose tactics are this step."""
        number = self.script.steps[index].proof
        assert number is not None, "a step with tactics"
        return self.script.proofs[number]

    def stand_in(self, index: int) -> bytes | None:
        """What gets coqc past the tactics of this step as if they had been run; None: nothing."""
        step = self.script.steps[index]
        if step.proof is None:
            return None
        if index in self.errors.given_up:
            return self.errors.given_up[index]
        if self._must_stay(index):
            return None
        words = self.variables.words(index)
        if words is None:
            return None
        if (index, words) not in self._laid:
            self._laid[index, words] = self.script.laid(step, words)
        return self._laid[index, words]

    def must_run(self, index: int) -> bool:
        """Whether a process may not get past this step without running it."""
        return self.stand_in(index) is None

    def can_be_put_off(self, index: int) -> bool:
        """Whether a process gets past this proof: with a stand-in, if by a guess of variables."""
        if self.script.steps[index].proof is None:
            return False
        if not self.must_run(index):
            return True
        return not self._must_stay(index) and self.variables.guess(index) is not None

    def can_be_guessed(self, index: int) -> bool:
        """Whether it may be put off by a guess, once coqc has told of others of its section."""
        return not self._must_stay(index) and self.variables.has_room(index)

    def _must_stay(self, index: int) -> bool:
        """Whether nothing may stand in for this proof, even if its section variables are known."""
        return index >= self.whole_from or self.in_place or index in self.refused

    def is_wanted(self, index: int) -> bool:
        """Whether the step is to be run by whoever has it in its part."""
        if index in self.errors.given_up:
            return False
        proof = self.script.steps[index].proof
        if proof in self.wanted:
            return True
        if not self.text_is_good and (proof is None or self.must_run(index)):
            return True
        return self.variables.assumption(index) is not None

    def is_elsewhere(self, index: int) -> bool:
        """Whether a pass need not run this proof: a copy of it does, or has."""
        is_decided = self.script.steps[index].proof in self.decided
        return (is_decided or index in self.handed) and not self.must_run(index)

    @property
    def needed(self) -> int:
        """How many of the steps, from the first on, have to be executed at all.

        The last statement with its tactics, or what stands in for them: no proof is left open.
        """
        steps = self.script.steps
        count = next((n for n in range(len(steps), 0, -1) if self.is_wanted(n - 1)), 0)
        while 0 < count < len(steps) and steps[count].proof is not None:
            count += 1
        return count

    def text(self, index: int, real: bool) -> bytes:
        """What is fed for a step: the source, or what stands in for it."""
        if not real or index in self.errors.given_up:
            stand_in = self.stand_in(index)
            if stand_in is not None:
                return stand_in
        return self.errors.text(index)

    def give_up(self, index: int) -> bool:
        """From now on, these wrong tactics are not run; False when nothing fits in."""
        step = self.script.steps[index]
        if self.proof(index).stand_in and not self.must_run(index):
            return True
        laid = self.stand_in(index) or self.script.laid(step, b"Admitted.")
        if laid is None:
            return False
        self.errors.give_up(index, laid)
        return True

    def abort(self, index: int) -> bool:
        """From now on the proof is aborted there; False where that was tried, or does not fit."""
        laid = self.script.laid(self.script.steps[index], b"Abort.")
        if laid is None or self.errors.given_up.get(index) == laid:
            return False
        self.errors.give_up(index, laid)
        return True

    def refuse(self, index: int) -> bool:
        """From now on nothing stands in for the proof; False where it ran, or nothing did."""
        if index in self.refused or self.script.steps[index].proof in self.decided:
            return False
        self.refused.add(index)
        return index not in self.errors.given_up

    # ---- what coqc is asked ----

    def asks_flags(self, index: int) -> bool:
        """Whether coqc is to be asked after this step which flags are on."""
        is_open = index < self.whole_from and index not in self.flags_known
        return is_open and index + 1 < len(self.script.steps) and self.script.may_set_flags(index)

    def asks_default(self, index: int) -> bool:
        """Whether coqc is to be asked, before this step is left out, for a default of variables."""
        is_open = index < self.whole_from
        return is_open and self.variables.asks_default(index) and self.must_run(index)

    def learn_settings(self, index: int, question: Question, output: str) -> None:
        """coqc was asked after this step, and said this."""
        if ABOUT_FLAGS in question.words:
            if may_leave_out(output):
                self.flags_known.add(index)
            else:
                self.whole_from = min(self.whole_from, index + 1)
        if ABOUT_DEFAULT in question.words:
            self.variables.learn_default(index + 1, output)

    def recall(self, index: int, other: "FileRun") -> None:
        """Of the settings after this step, what coqc said when it was another state of the file."""
        if other.whole_from <= index + 1:
            self.whole_from = min(self.whole_from, other.whole_from)
        if index in other.flags_known:
            self.flags_known.add(index)
        self.variables.recall(index, other.variables)

    def open_among(self, assumed: Mapping[int, bytes]) -> set[int]:
        """The steps of which this is taken for granted, and nobody has confirmed it.

        After a proof that is given up as wrong, nothing depends on its variables.
        """
        still_open = assumed.items() - self.variables.told.items()
        return {index for index, _ in still_open if index not in self.errors.given_up}

    # ---- what it costs ----

    def run_cost(self, index: int) -> float:
        """Seconds for the step in the part of a worker."""
        return self.costs.run(index) if self.is_wanted(index) else STAND_IN

    def pass_cost(self, index: int) -> float:
        """Seconds to get past the step."""
        takes_default = index < self.whole_from and self.variables.may_take_default(index)
        return STAND_IN if takes_default or not self.must_run(index) else self.costs.run(index)

    def seconds_between(self, first: int, stop: int) -> float:
        """What is expected of steps [first, stop), as if all text took the same."""
        steps = self.script.steps
        size = steps[stop - 1].end - steps[first].start if first < stop else 0
        return self.expected * size / max(1, len(self.script.text))

    def text_per_byte(self) -> float | None:
        """Seconds, where enough was run to tell."""
        steps = self.script.steps
        size = sum(step.end - step.start for step in steps if step.proof is None)
        return self.seconds / self.text_size if self.text_size > size / 2 else None

    def depends_on_time(self, index: int) -> bool:
        """Whether a failure of this step may be due to a `timeout`, there or in a tactic before."""
        return _TIMED.search(self.script.text, 0, self.script.steps[index].end) is not None

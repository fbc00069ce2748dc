"""What a run knows of one file: which steps have been executed, which proofs are decided."""

import asyncio
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from checker.document.document import Document
from checker.document.section_variables import (
    ABOUT_DEFAULT,
    BY_DEFAULT,
    BY_STATEMENT,
    declared,
    has_default,
    stand_in,
)
from checker.document.sentences import split
from checker.engines.snapshot.costs import STAND_IN, Costs, Rates
from checker.engines.snapshot.judge import Cause, Judgement
from checker.engines.snapshot.patches import Patch, recovery
from checker.engines.snapshot.process import CoqProcess
from checker.engines.snapshot.questions import ABOUT_FLAGS, Question, may_leave_out
from checker.engines.snapshot.script import Script
from checker.knowledge.inputs import opened_since
from checker.report.events import FileDone, ProofDone, Tell
from checker.report.results import FileResult, Message, ProofResult, Verdict

AFTERMATH = "an error before it may have caused this one"
MOST_WRONG = 2  # guesses of section variables, and a quarter of them, before no more are made
MOST_ERRORS = 50  # in one file outside of proofs; the rest is then given up
MISSING = re.compile(r"not found|unknown|undeclared|no such|not a defined", re.IGNORECASE)
PLUGINS_UNKNOWN = "plugins that nobody has seen"
NOT_RUN = "its statement is wrong"
_TIMED = re.compile(rb"timeout", re.IGNORECASE)  # `timeout`, `Timeout`, `Control.timeout`, ...
NOT_ALL_CHECKED = "not every sentence of the file was executed; this is a defect of proof-checker"


@dataclass(frozen=True, eq=False)
class Job:
    """Steps [real, stop) of a file, to be run by one process that starts at the beginning."""

    file: "FileRun"
    real: int
    stop: int
    plain: bool = False  # run everything before `real` too, as coqc does
    makes: bool = False  # a pass: at the end of the file, coqc writes its stand-in
    alone: bool = False  # a second try: nothing else runs meanwhile
    careful: bool = False  # failures are likely: keep a spare process to go on from
    patches: tuple[Patch, ...] = ()  # what to give up in step `real`, whose tactics are wrong

    @property
    def is_pass(self) -> bool:
        """Whether copies may take proofs over from it."""
        return self.real == 0 and not (self.plain or self.alone or self.patches)

    def stands_in(self, index: int) -> bool:
        """Whether something else than the source is fed for this step."""
        return not self.plain and index < self.real and not self.file.must_run(index)


@dataclass(frozen=True)
class Ran:
    """A step that a process has executed, and what that took."""

    index: int
    seconds: float = 0.0  # CPU
    memory: int = 0  # bytes: the peak resident size of the process by then, no less than the step's
    warnings: tuple[Message, ...] = ()  # that it printed


@dataclass(eq=False)
class FileRun:
    """One file in a run. `wanted`: the proofs to check; the others are known to be right."""

    script: Script
    document: Document
    costs: Costs
    rates: Rates
    wanted: frozenset[int]
    command: tuple[str, ...]  # coqc, which shows the first error again
    again: tuple[str, ...] = ()  # what shows all of them
    first_known_wrong: int = sys.maxsize  # the first step known to be wrong, and not run
    text_is_good: bool = False  # what is between the proofs is known to be right
    is_whole: bool = False  # flags are not as they must be for proofs to be left out
    flags_known: set[int] = field(default_factory=set)  # steps after which they were
    collections: frozenset[str] = frozenset()  # names that mean a set of variables
    in_place: bool = False  # no proof may be put off: somebody could see that it was
    is_awaited: bool = False  # other files load what a pass over this one makes
    opened: Path | None = None  # where its processes list the files that they read
    # Bytes of that list, when the plugins of a process were last looked for.
    looked: dict[CoqProcess, int] = field(default_factory=dict)
    plugins: set[str] = field(default_factory=set)
    news: asyncio.Event = field(default_factory=asyncio.Event)  # something was found out
    is_provisional: bool = False  # it has a stand-in, which holds if the record is right
    was_passed_again: bool = False  # past what is known to be wrong
    is_to_be_made: bool = False  # a pass has to make what others load
    handed: set[int] = field(default_factory=set)  # steps that copies of a pass run
    open_jobs: int = 0
    attempts: int = 0  # jobs that there were
    executed: set[int] = field(default_factory=set)  # steps that were run for real
    decided: dict[int, ProofResult] = field(default_factory=dict)
    wrong: list[Message] = field(default_factory=list)  # errors outside of proofs
    rejected: dict[int, list[Message]] = field(default_factory=dict)  # steps with wrong tactics
    blanked: list[tuple[int, int]] = field(default_factory=list)  # wrong sentences, left out
    shaken: int = sys.maxsize  # the first step with an error that later sentences may suffer from
    lost: Message | None = None  # the machine failed us on what is not a proof
    given_up: dict[int, bytes] = field(default_factory=dict)  # steps with what stands for them
    recorded: dict[int, bytes] = field(default_factory=dict)  # stand-ins of proofs, from before
    told: dict[int, bytes] = field(default_factory=dict)  # those of steps, as coqc told them now
    record_is_wrong: bool = False  # a proof uses other variables than was recorded
    guessed: set[int] = field(default_factory=set)  # steps taken to use what their statement uses
    wrong_guesses: int = 0
    defaults: dict[int, bool] = field(default_factory=dict)  # steps: whether one holds there
    last_by_default: bool = False  # of the proof that coqc told of last
    seconds: float = 0.0  # of what is not in proofs
    text_size: int = 0  # bytes of that
    _laid: dict[tuple[int, bytes], bytes | None] = field(default_factory=dict)

    # ---- what it is fed ----

    def stand_in(self, index: int) -> bytes | None:
        """What gets coqc past the tactics of this step as if they had been run; None: nothing."""
        step = self.script.steps[index]
        if step.proof is None:
            return None
        if index in self.given_up:
            return self.given_up[index]
        if self.is_whole or self.in_place:
            return None
        words = self.words(index)
        if words is None:
            return None
        if (index, words) not in self._laid:
            self._laid[index, words] = self.script.laid(step, words)
        return self._laid[index, words]

    def words(self, index: int) -> bytes | None:
        """The words of the stand-in; those for a proof in a section may be an assumption."""
        step = self.script.steps[index]
        if step.proof is None:
            return None
        proof = self.script.proofs[step.proof]
        if proof.ask_at is None:
            return proof.stand_in
        known = self.told.get(index) or self.recorded.get(step.proof)
        by_default = BY_DEFAULT if self.defaults.get(index) else None
        return known or by_default or (BY_STATEMENT if index in self.guessed else None)

    def assumption(self, index: int) -> bytes | None:
        """The words of a stand-in that coqc has not confirmed in this run."""
        step = self.script.steps[index]
        asks = step.proof is not None and self.script.proofs[step.proof].ask_at is not None
        return self.words(index) if asks and index not in self.told else None

    def must_run(self, index: int) -> bool:
        """Whether a process may not get past this step without running it."""
        return self.stand_in(index) is None

    def is_wanted(self, index: int) -> bool:
        """Whether the step is to be run by whoever has it in its part."""
        if index in self.given_up:
            return False
        proof = self.script.steps[index].proof
        if proof in self.wanted:
            return True
        if not self.text_is_good and (proof is None or self.must_run(index)):
            return True
        return self.assumption(index) is not None

    def may_guess(self, index: int) -> bool:
        """Whether it may be guessed which section variables the proof uses.

        Not where a default seems to hold, nor where guesses turn out wrong.
        """
        number = self.script.steps[index].proof
        if number is None or not self.must_run(index) or self.is_whole or self.in_place:
            return False
        proof = self.script.proofs[number]
        if proof.ask_at is None or proof.takes_default or index in self.defaults:
            return False
        fits = self.script.laid(self.script.steps[index], BY_STATEMENT) is not None
        return fits and self.wrong_guesses <= MOST_WRONG + len(self.guessed) // 4

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

    def note_plugins(self, process: CoqProcess) -> None:
        """List the OCaml plugins that a process has loaded: the shim does not see them.

        Looked at anew only when files were read since, as loading one takes. Where the process has
        ended meanwhile, nobody can tell: then something is listed that is nowhere, so that no
        verdict on this file is kept.
        """
        if self.opened is None:
            return
        lines, self.looked[process] = opened_since(self.opened, self.looked.get(process, 0))
        if not lines:
            return
        found = process.plugins()
        fresh = {PLUGINS_UNKNOWN} if found is None else found - self.plugins
        self.plugins |= fresh
        if fresh:
            with self.opened.open("a") as opened:
                opened.writelines(f"{name}\n" for name in sorted(fresh))

    def text(self, index: int, real: bool) -> bytes:
        """What is fed for a step: the source, or what stands in for it."""
        stand_in = self.stand_in(index)
        if stand_in is not None and (not real or index in self.given_up):
            return stand_in
        step = self.script.steps[index]
        text = self.script.real(step)
        for start, end in self.blanked:
            if step.start <= start < step.end:
                a, b = start - step.start, min(end, step.end) - step.start
                text = text[:a] + re.sub(rb"[^\n]", b" ", text[a:b]) + text[b:]
        return text

    def asked_at(self, index: int) -> int | None:
        """Where coqc is to be asked which section variables the proof uses."""
        proof = self.script.steps[index].proof
        if proof is None or index in self.told:
            return None
        return self.script.proofs[proof].ask_at

    def asks_flags(self, index: int) -> bool:
        """Whether coqc is to be asked after this step which flags are on."""
        is_open = not self.is_whole and index not in self.flags_known
        return is_open and index + 1 < len(self.script.steps) and self.script.may_set_flags(index)

    def asks_default(self, index: int) -> bool:
        """Whether coqc is to be asked, before this step is left out, for a default of variables.

        It holds where the proof has a `Proof` of its own.
        """
        number = self.script.steps[index].proof
        if number is None or index in self.defaults or self.is_whole:
            return False
        return self.script.proofs[number].has_proof and self.must_run(index)

    def learn_settings(self, index: int, question: Question, output: str) -> None:
        """coqc was asked after this step, and said this."""
        if ABOUT_FLAGS in question.words:
            if may_leave_out(output):
                self.flags_known.add(index)
            else:
                self.is_whole = True
        if ABOUT_DEFAULT in question.words:
            self.defaults[index + 1] = bool(has_default(output, last=True))

    def said(self, output: str) -> bytes | None:
        """The stand-in of a proof of which coqc said this.

        None where it is not clear: then the proof has to be run. In `Proof using` All means all,
        and a name of a Collection the Collection, even if it is a variable's too.
        """
        words = stand_in(output)
        return None if words and (declared(words) or frozenset()) & self.collections else words

    def learn(self, index: int, words: bytes) -> None:
        """coqc ran a proof in a section and said what says the same of the variables."""
        if index in self.told:
            return
        assumed = self.assumption(index)
        if assumed is not None and assumed != words:
            if index in self.guessed:
                self.wrong_guesses += 1
            else:
                self.recorded.clear()
                self.record_is_wrong = True
        self.told[index] = words
        self.last_by_default = words == BY_DEFAULT

    def run_cost(self, index: int) -> float:
        """Seconds for the step in the part of a worker."""
        return self.costs.run(index) if self.is_wanted(index) else STAND_IN

    def pass_cost(self, index: int) -> float:
        """Seconds to get past the step."""
        if not self.must_run(index) or self._may_take_default(index):
            return STAND_IN
        return self.costs.run(index)

    def _may_take_default(self, index: int) -> bool:
        """Whether it is likely that coqc, asked for it, will say that a default holds there."""
        number = self.script.steps[index].proof
        if number is None or index in self.defaults or self.is_whole:
            return False
        proof = self.script.proofs[number]
        likely = self.last_by_default if proof.takes_default is None else proof.takes_default
        return proof.has_proof and likely

    def text_per_byte(self) -> float | None:
        """Seconds, where enough was run to tell."""
        steps = self.script.steps
        size = sum(step.end - step.start for step in steps if step.proof is None)
        return self.seconds / self.text_size if self.text_size > size / 2 else None

    # ---- verdicts ----

    def passed(self, ran: Ran, tell: Tell) -> None:
        """coqc executed this step for real."""
        if ran.index in self.executed or ran.index in self.given_up:
            return
        self.executed.add(ran.index)
        step = self.script.steps[ran.index]
        rate = self.rates.text if step.proof is None else self.rates.tactics
        rate.learn(ran.seconds, step.end - step.start)
        if step.proof is None:
            self.seconds += ran.seconds
            self.text_size += step.end - step.start
        else:
            self.decide(ran, Verdict.CHECKED, (), tell)

    def decide(
        self,
        ran: Ran,
        verdict: Verdict,
        messages: tuple[Message, ...],
        tell: Tell,
    ) -> None:
        """Tells the verdict on the proof whose tactics are this step; the first one counts."""
        index = ran.index
        proof = self.script.steps[index].proof
        assert proof is not None, "a step with tactics"
        if proof in self.decided:
            return
        if verdict is Verdict.CHECKED and proof not in self.wanted:
            return  # that was known
        result = ProofResult(
            self.script.file,
            self.script.proofs[proof].name,
            verdict,
            ran.seconds,
            messages,
            self._shown_by(index, verdict, messages),
            offset=self.script.proofs[proof].statement,
            memory=ran.memory,
            uses=self.told.get(index, b""),
            after_error=self.shaken < index
            or self.is_whole
            or (verdict is Verdict.WRONG and self.depends_on_time(index)),
            warnings=ran.warnings,
        )
        self.decided[proof] = result
        tell(ProofDone(result, self.costs.run(index)))

    def _shown_by(
        self, index: int, verdict: Verdict, messages: Sequence[Message]
    ) -> tuple[str, ...]:
        """What shows again what is said of this step: coqc, if it stops right there."""
        if verdict in (Verdict.CHECKED, Verdict.SKIPPED):
            return ()
        is_only = verdict is not Verdict.TIMEOUT and len(messages) < 2
        return self.command if is_only and self._is_good_before(index) else self.again

    def _is_good_before(self, index: int) -> bool:
        """Whether it is known that coqc gets to this step."""
        start = self.script.steps[index].start
        bad = min(self.first_known_wrong, *self.given_up, *self.rejected, index)
        if bad < index or any(begin < start for begin, _ in self.blanked):
            return False
        return all(step in self.executed or not self.is_wanted(step) for step in range(index))

    def over_time(self, index: int, limit: float) -> Message:
        """What is said of a proof that was stopped."""
        number = self.script.steps[index].proof
        assert number is not None, "a step with tactics"
        proof = self.script.proofs[number]
        statement = self.script.text[proof.statement : proof.start].rstrip()
        place = self.script.position(proof.statement, proof.statement + len(statement))
        return Message(place, f"The proof takes longer than {limit:g} s (--proof-timeout).")

    def depends_on_time(self, index: int) -> bool:
        """Whether a failure of this step may be due to a `timeout`, there or in a tactic before."""
        return _TIMED.search(self.script.text, 0, self.script.steps[index].end) is not None

    # ---- errors ----

    def is_unexplained(self, found: Judgement) -> bool:
        """Whether a failure may be due to what stood in for other proofs.

        After an error that is coqc's own it does not matter: coqc would not have come so far.
        """
        if self.shaken <= found.index or self.has_wrong_proof_before(found.index):
            return False
        if found.cause is Cause.TACTICS and not self.must_run(found.index):
            # Less was proved before, nothing more: that is felt only where a name is missing, such
            # as that of a lemma that `abstract` made.
            return found.message is None or bool(MISSING.search(found.message.text))
        return True

    def has_wrong_proof_before(self, index: int) -> bool:
        """Whether coqc stops at a proof before this step."""
        start = self.script.steps[index].start
        return min(self.rejected, default=index) < index or any(
            result.verdict is Verdict.WRONG and self.script.proofs[proof].start < start
            for proof, result in self.decided.items()
        )

    def reject(self, found: Judgement) -> None:
        """coqc's own error; one in tactics is told when they are settled."""
        assert found.message, "an error has words"
        message = found.message
        if self.shaken <= found.index:
            message = replace(message, note=AFTERMATH)
        if found.cause is Cause.TACTICS:
            _add_new(self.rejected.setdefault(found.index, []), message)
        else:
            _add_new(self.wrong, message)
            self.shaken = min(self.shaken, found.index)

    def settle(self, index: int, tell: Tell) -> None:
        """All is known that is wrong with these tactics."""
        messages = self.rejected.pop(index)
        self.decide(Ran(index), Verdict.WRONG, tuple(messages), tell)

    def recovery(self, found: Judgement, kinds: Sequence[str]) -> Patch | None:
        """How to go on in a proof with wrong tactics."""
        if found.message is None or found.message.position is None:
            return None
        offset = self.script.offset(found.message.position)
        step = self.script.steps[found.index]
        return recovery(self.document, self.script, step, offset, kinds)

    def leave_out(self, found: Judgement) -> bool:
        """From now on, the wrong sentence is left out; False when it is not known which."""
        if not found.message or not found.message.position or len(self.blanked) >= MOST_ERRORS:
            return False
        step = self.script.steps[found.index]
        offset = self.script.offset(found.message.position)
        for sentence in split(self.script.real(step)):
            if offset < step.start + sentence.end:
                start, end = step.start + sentence.start, step.start + sentence.end
                self.blanked.append((start, end))
                self._leave_out_proof_of(start, end)
                return True
        return False

    def _leave_out_proof_of(self, start: int, end: int) -> None:
        """Where the statement between these places is left out, no proof begins."""
        for index, step in enumerate(self.script.steps):
            if step.proof is not None and start <= self.script.proofs[step.proof].statement < end:
                self.erase(index)

    def erase(self, index: int) -> bool:
        """From now on, nothing is fed for these tactics; False when that is so already."""
        blank = re.sub(rb"[^\n]", b" ", self.script.real(self.script.steps[index]))
        is_new = self.given_up.get(index) != blank
        self.given_up[index] = blank
        return is_new

    def give_up(self, index: int) -> bool:
        """From now on, these wrong tactics are not run; False when nothing fits in."""
        step = self.script.steps[index]
        assert step.proof is not None, "a step with tactics"
        if self.script.proofs[step.proof].stand_in and not self.must_run(index):
            return True
        laid = self.stand_in(index) or self.script.laid(step, b"Admitted.")
        if laid is None:
            return False
        self.given_up[index] = laid
        self.shaken = min(self.shaken, index)
        return True

    def pass_past_errors(self) -> Job | None:
        """A pass that does not run what is known to be wrong; None where a command is wrong.

        Proofs that are wrong have statements: those who load the file can be checked.
        """
        if self.was_passed_again or not self.can_be_loaded:
            return None
        self.was_passed_again = True
        return Job(self, 0, len(self.script.steps), makes=True)

    @property
    def can_be_loaded(self) -> bool:
        """Whether what a pass makes says all that the file states: no command was left out."""
        return not (self.wrong or self.lost or self.blanked)

    def undecided(self) -> Iterable[int]:
        """The steps with tactics that should have a verdict and have none."""
        for index, step in enumerate(self.script.steps):
            if step.proof in self.wanted and step.proof not in self.decided:
                yield index

    def tell_end(self, tell: Tell) -> None:
        """All jobs are done: the verdict on the file."""
        for index in list(self.rejected):
            self.settle(index, tell)
        for index in list(self.undecided()):
            why = (Message(None, NOT_RUN),) if self._has_wrong_statement(index) else ()
            self.decide(Ran(index), Verdict.SKIPPED, why, tell)
        verdict, messages = self._verdict()
        place = next((m.position for m in messages if m.position), None)
        first = self.script.step_at(self.script.offset(place)) if place else 0
        tell(
            FileDone(
                FileResult(
                    self.script.file,
                    verdict,
                    self.seconds,
                    messages,
                    self._shown_by(first, verdict, messages),
                ),
                len(self.document.proofs),
            )
        )

    def _has_wrong_statement(self, index: int) -> bool:
        number = self.script.steps[index].proof
        assert number is not None, "a step with tactics"
        statement = self.script.proofs[number].statement
        return any(start <= statement < end for start, end in self.blanked)

    def _verdict(self) -> tuple[Verdict, tuple[Message, ...]]:
        if self.wrong:
            return Verdict.WRONG, tuple(self.wrong)
        if self.lost:
            return Verdict.LOST, (self.lost,)
        bad = {result.verdict for result in self.decided.values()} - {Verdict.CHECKED}
        for verdict in (Verdict.WRONG, Verdict.TIMEOUT, Verdict.LOST, Verdict.SKIPPED):
            if verdict in bad:
                return verdict, ()
        known = {index for index in range(len(self.script.steps)) if not self.is_wanted(index)}
        if self.executed | known != set(range(len(self.script.steps))):
            return Verdict.LOST, (Message(None, NOT_ALL_CHECKED),)
        return Verdict.CHECKED, ()


def _add_new(messages: list[Message], message: Message) -> None:
    """Adds a message unless one at its place is there."""
    if all(message.position != other.position for other in messages):
        messages.append(message)

"""Before a file is told to be wrong for the first time, plain coqc has to say so too.

Whatever this engine gets wrong (a proof misread, a stand-in that means something else, a question
in a bad place), so it cannot call a right file wrong. One run of coqc for each wrong file is
enough, on what the user wrote, without any of this engine's means:

- In most files the first complaint is about a proof that can be left out. Then `coqc -vos`, which
  has a way of its own to leave out the others, runs the source up to that proof. That is cheap.
- Where it does not find the same mistake, coqc runs the whole file when all else is told of it.
  Should the first mistake that coqc finds be another one, or none, coqc's word counts, and the
  user is told that something is wrong with us.
"""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field, replace
from os.path import normpath

from checker.engines.snapshot.errors import MISSING
from checker.engines.snapshot.files import FileRun
from checker.engines.snapshot.steps.script import LAST_WORDS, Script
from checker.engines.whole_file.plain import judge, run_copy
from checker.engines.whole_file.wrong_proofs import Findings, examine
from checker.report.events import Event, FileDone, Note, ProofDone, Tell
from checker.report.results import FileResult, Message, ProofResult, Verdict
from checker.run.run import Run, Targets
from makegen.base.process import Outcome

CHANGED = "(no verdict: what the file loads is being made anew; check again when that is done)"
_PAR = re.compile(rb"\bpar\s*:")  # in a proof that ends in Defined, it makes coqc -vos hang
_QED = re.compile(rb"\bQed\s*\.\Z")


@dataclass
class _Held:
    """What is not told yet of a file, since nobody has confirmed that it is wrong."""

    file: FileRun
    events: list[ProofDone | FileDone] = field(default_factory=list)
    all_told: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def messages(self) -> list[Message]:
        """What the complaints say."""
        return [message for event in self.events for message in event.result.messages]


@contextlib.asynccontextmanager
async def confirmed(
    run: Run, targets: Targets, files: Mapping[str, FileRun]
) -> AsyncIterator[Tell]:
    """What is told here reaches the user; complaints about a file once coqc confirms the first."""
    confirmation = _Confirmation(run, targets, files)
    try:
        yield confirmation.tell
        await confirmation.settle()
    finally:
        await confirmation.end()


class _Confirmation:
    """Holds back the complaints about each file until coqc has said the same of one of them."""

    def __init__(self, run: Run, targets: Targets, files: Mapping[str, FileRun]) -> None:
        """`files`: those that were begun, by name; more of them come."""
        self._run = run
        self._targets = targets
        self._bound = replace(run, loads=targets.workspace)  # stand-ins
        self._files = files
        self._tasks: list[asyncio.Task[None]] = []
        self._held: dict[str, _Held] = {}
        self._confirmed: set[str] = set()
        self._has_apologized = False

    def tell(self, event: Event) -> None:
        """Pass an event on, now or later."""
        match event:
            case ProofDone() | FileDone() if self._is_open(event):
                self._hold(event)
            case ProofDone() | FileDone():
                self._tell(event)
            case _:
                self._run.tell(event)

    def _tell(self, event: ProofDone | FileDone) -> None:
        """An error proves nothing where what the file loads did not stand still."""
        is_wrong = event.result.verdict is Verdict.WRONG
        if is_wrong and not self._targets.stood_still(event.result.file):
            event = _lost(event)
        self._run.tell(event)

    async def settle(self) -> None:
        """Nothing more comes: wait until all is told."""
        for held in self._held.values():
            held.all_told.set()
        await asyncio.gather(*self._tasks)

    async def end(self) -> None:
        """Stop what runs."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _is_open(self, event: ProofDone | FileDone) -> bool:
        """Whether it is a complaint, or comes after one, that coqc has not confirmed."""
        result = event.result
        if result.file in self._confirmed:
            return False
        if result.file in self._held:
            return isinstance(event, FileDone) or not result.verdict.is_ok
        return result.verdict is Verdict.WRONG

    def _hold(self, event: ProofDone | FileDone) -> None:
        name = event.result.file
        is_first = name not in self._held
        held = self._held.setdefault(name, _Held(self._files[name]))
        held.events.append(event)
        if isinstance(event, FileDone):
            held.all_told.set()
        if is_first:
            self._tasks.append(asyncio.create_task(self._settle(held, event.result)))

    async def _settle(self, held: _Held, first: ProofResult | FileResult) -> None:
        events: list[ProofDone | FileDone] | None = None
        if not await self._is_refused_at(held.file, first):
            await held.all_told.wait()
            events = await self._settled(held)
        self._confirmed.add(first.file)
        for event in events or held.events:
            self._tell(event)

    async def _is_refused_at(self, file: FileRun, first: ProofResult | FileResult) -> bool:
        """Whether coqc -vos finds the mistake of this proof where we do, and no other before it."""
        text = _up_to(file, first) if isinstance(first, ProofResult) else None
        if text is None:
            return False
        outcome = await self._coqc(file, text, "-vos")
        if outcome is None or outcome.status == 0:
            return False
        verdict, message = judge(outcome)
        return verdict is Verdict.WRONG and _is_same_place(message, first.messages[0])

    async def _settled(self, held: _Held) -> list[ProofDone | FileDone]:
        """What is to be told of a file of which all is known that we have to say."""
        file, messages = held.file, held.messages
        if any(done.verdict is Verdict.TIMEOUT for done in file.decided.values()):
            return _not_kept(held.events)  # plain coqc would not come to an end
        outcome = await self._coqc(file, file.document.text, "-vok")
        if outcome is None:
            return _not_kept(held.events)
        if outcome.status == 0:
            if await self._is_left_open(file):
                return held.events
            findings = Findings((), FileResult(file.script.file, Verdict.CHECKED), 0)
        else:
            verdict, message = judge(outcome)
            if verdict is not Verdict.WRONG:
                return _not_kept(held.events)
            if _is_same_mistake(file.script, message, min(messages, key=_place, default=message)):
                return held.events
            async with self._token():
                findings = await examine(self._bound, file.script.file, outcome, "-vok")
        self._apologize(held)
        return _corrected(held, findings)

    async def _is_left_open(self, file: FileRun) -> bool:
        """Whether a section or module is open at the end, for which coqc -vok does not ask."""
        if not file.script.may_leave_open:
            return False
        outcome = await self._coqc(file, file.script.text + LAST_WORDS, "-vok")
        return outcome is not None and "nothing to end" not in outcome.output

    async def _coqc(self, file: FileRun, text: bytes, mode: str) -> Outcome | None:
        """How a coqc of which only the text is not the user's ended; None if it could not start."""
        async with self._token():
            try:
                return await run_copy(self._bound, file.script.file, text, (mode,))
            except OSError:
                return None

    @contextlib.asynccontextmanager
    async def _token(self) -> AsyncIterator[None]:
        """While a coqc runs."""
        await self._run.tokens.take()
        try:
            yield
        finally:
            self._run.tokens.give()

    def _apologize(self, held: _Held) -> None:
        """Once: one defect shows in many files."""
        if self._has_apologized:
            return
        self._has_apologized = True
        name = held.file.script.file
        said = min(held.messages, key=_place, default=None)
        at = f" at line {said.position.line}" if said and said.position else ""
        self._run.tell(
            Note(
                f"{name}: proof-checker found a mistake{at} that coqc does not find; coqc's word"
                " counts. This is a defect of proof-makefile: please report it, with this file,"
                " what it loads, the project file, and what `coqc --version` says"
            )
        )


def _up_to(file: FileRun, wrong: ProofResult) -> bytes | None:
    """The source up to a wrong proof, so that coqc -vos runs this one; None where it cannot tell.

    A name that is not found may be due to what stands in for another proof, in coqc's way too.
    """
    at = wrong.offset
    proof = next((p for p in file.document.proofs if p.statement.start == at), None)
    if proof is None or not proof.is_delegable or _PAR.search(file.document.text):
        return None
    if not wrong.messages or MISSING.search(wrong.messages[0].text):
        return None
    last = _QED.sub(b"Defined.", file.document.source(proof.last))
    return file.document.text[: proof.last.start] + last + b"\n"


def _place(message: Message) -> tuple[int, int]:
    """Where it is in the file; what has no place is found at the end."""
    place = message.position
    return (place.line, place.start) if place else (1 << 62, 0)


def _is_same_place(one: Message, other: Message) -> bool:
    if one.position is None or other.position is None:
        return one.position is other.position
    same_file = normpath(one.position.file) == normpath(other.position.file)
    return same_file and _place(one) == _place(other)


def _is_same_mistake(script: Script, one: Message, other: Message) -> bool:
    """Whether both complain of the same place, or of the same proof."""
    proofs = {_proof(script, one), _proof(script, other)}
    return _is_same_place(one, other) or (len(proofs) == 1 and None not in proofs)


def _proof(script: Script, message: Message) -> int | None:
    """The proof whose tactics the message complains of."""
    place = message.position
    if place is None or normpath(place.file) != normpath(script.file):
        return None
    return script.steps[script.step_at(script.offset(place))].proof


def _not_kept(events: Iterable[ProofDone | FileDone]) -> list[ProofDone | FileDone]:
    """The same, but not for the ledger."""
    return [
        replace(event, result=replace(event.result, after_error=True))
        if isinstance(event, ProofDone)
        else event
        for event in events
    ]


def _lost(event: ProofDone | FileDone) -> ProofDone | FileDone:
    """Nothing is known of it."""
    messages = tuple(replace(message, note=CHANGED) for message in event.result.messages)
    if isinstance(event, ProofDone):
        return ProofDone(replace(event.result, verdict=Verdict.LOST, messages=messages))
    return replace(event, result=replace(event.result, verdict=Verdict.LOST, messages=messages))


def _corrected(held: _Held, findings: Findings) -> list[ProofDone | FileDone]:
    """What is held, as coqc says it; what we had called good and is not comes with it."""
    script = held.file.script
    wrong = {result.proof: result for result in findings.wrong}
    last = min(findings.file.messages, key=_place, default=None)
    end = script.offset(last.position) if last and last.position else len(script.text)
    told: list[ProofDone | FileDone] = []
    for event in held.events:
        if isinstance(event, FileDone):
            statement = {proof.name: proof.statement for proof in script.proofs}
            others = [replace(said, offset=statement.get(said.proof)) for said in wrong.values()]
            told += [ProofDone(said) for said in others]
            said = replace(event.result, verdict=findings.file.verdict)
            told.append(replace(event, result=replace(said, messages=findings.file.messages)))
        elif said_of := wrong.pop(event.result.proof, None):
            result = replace(event.result, verdict=Verdict.WRONG, messages=said_of.messages)
            told.append(replace(event, result=result))
        else:
            is_passed = (event.result.offset or 0) < end
            verdict = Verdict.CHECKED if is_passed else Verdict.SKIPPED
            result = replace(event.result, verdict=verdict, messages=(), after_error=True)
            told.append(replace(event, result=result))
    return told

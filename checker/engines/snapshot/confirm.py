"""Before a file is told to be wrong for the first time, plain coqc has to say so too.

Whatever this engine gets wrong (a proof misread, a stand-in that means something else, a question
in a bad place), so it cannot call a right file wrong. One run of coqc for each wrong file is
enough, on what the user wrote, without any of this engine's means:

- In most files the first complaint is about a proof that can be left out. Then `coqc -vos`, which
  has a way of its own to leave out the others, runs the source up to that proof. That is cheap.
- Where nothing but one proof is to be run, as when its author tries again and again, that coqc
  begins with the engine: if this complains, the answer is nearly there.
- Where it does not find the same mistake, coqc runs the whole file, and most often it stops there.
- Should the first mistake that coqc finds be another one than the first of the file, when all is
  told of that, or none, coqc's word counts, and the user is told that something is wrong with us.
"""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace
from os.path import normpath

from checker.document.document import Document, Proof
from checker.engines.snapshot.file.errors import MISSING
from checker.engines.snapshot.steps.read import script_of
from checker.engines.snapshot.steps.script import LAST_WORDS, Script
from checker.engines.whole_file.plain import judge, run_copy
from checker.engines.whole_file.wrong_proofs import Findings, examine
from checker.knowledge.known import Known
from checker.report.events import Complaint, FileDone, Note, ProofDone, not_kept
from checker.report.results import FileResult, Message, ProofResult, Verdict
from checker.report.work import Work, timed
from checker.run.run import Run
from makegen.base.process import Outcome

_PAR = re.compile(rb"\bpar\s*:")  # in a proof that ends in Defined, it makes coqc -vos hang
_WRITES = re.compile(rb"\b(?:Redirect|Extraction)\b")  # files, which two processes had better not
_QED = re.compile(rb"\bQed\s*\.\Z")


class Confirmation:
    """Asks plain coqc about files that the engine complains of. See checker.engines.engine."""

    def __init__(self, run: Run) -> None:
        assert run.targets, "what is checked"
        self._run = run
        self._targets = run.targets
        self._bound = replace(run, loads=run.targets.workspace)  # stand-ins
        self._has_apologized = False
        self._whole: dict[str, Outcome | None] = {}  # of coqc on whole files
        self._begun: dict[tuple[str, bytes], asyncio.Task[Outcome | None]] = {}  # by file and text

    def expect(self, file: str, known: Known) -> None:
        """Have coqc run up to the only proof that is to be run, where a worker is idle anyway."""
        document = known.document
        is_alone = self._run.files == (file,) and self._run.workers > 1 and known.text_is_good
        if not is_alone or _WRITES.search(document.text):
            return
        wanted = [proof for proof in document.proofs if known.is_wanted(proof)]
        if len(wanted) == 1 and (text := _up_to(document, wanted[0])):
            self._begun[file, text] = asyncio.create_task(self._coqc(file, text, "-vos"))

    async def end(self) -> None:
        """Whatever was begun and not asked for is of no use."""
        for task in self._begun.values():
            task.cancel()
        await asyncio.gather(*self._begun.values(), return_exceptions=True)

    def can_be_believed(self, file: str) -> bool:
        """Whether an error in the file proves something."""
        return self._targets.stood_still(file)

    async def agrees(self, document: Document, first: ProofResult | FileResult) -> bool:
        """Whether coqc finds the first mistake where we did: the first one told, that is."""
        text = _up_to_wrong(document, first) if isinstance(first, ProofResult) else None
        if text is not None:
            begun = self._begun.get((first.file, text))
            outcome = await (begun or self._coqc(first.file, text, "-vos"))
            if _is_told(outcome, first):
                return True
        if self._run.care.proof_timeout is not None:
            return False  # perhaps it would not come to an end
        outcome = self._whole[first.file] = await self._coqc(first.file, document.text, "-vok")
        return _is_told(outcome, first)

    async def corrected(
        self, file: str, document: Document, complaints: Sequence[Complaint]
    ) -> list[Complaint] | None:
        """What is to be told of a file of which these are all complaints; None: what they say."""
        script = script_of(file, document)
        wrong = [event.result for event in complaints if event.result.verdict is Verdict.WRONG]
        messages = [message for result in wrong for message in result.messages]
        first = min(messages, key=_place, default=None)
        if file in self._whole:
            outcome = self._whole.pop(file)
        else:
            outcome = await self._coqc(file, document.text, "-vok")
        if outcome is None:
            return not_kept(complaints)
        if outcome.status == 0:
            if await self._is_left_open(script):
                return None
            findings = Findings((), FileResult(file, Verdict.CHECKED), 0)
        else:
            verdict, message = judge(outcome)
            if verdict is not Verdict.WRONG:
                return not_kept(complaints)
            if first is None or _is_same_place(message, first):
                return None
            if _is_same_mistake(script, message, first):
                return _instead(complaints, first, message)
            async with self._token():
                findings = await examine(self._bound, file, outcome, "-vok")
        if not _is_found(script, first, findings):
            self._apologize(file, first)
        return _corrected(script, complaints, findings, self._run.check_again(file))

    async def _is_left_open(self, script: Script) -> bool:
        """Whether a section or module is open at the end, for which coqc -vok does not ask."""
        if not script.may_leave_open:
            return False
        outcome = await self._coqc(script.file, script.text + LAST_WORDS, "-vok")
        return outcome is not None and "nothing to end" not in outcome.output

    async def _coqc(self, file: str, text: bytes, mode: str) -> Outcome | None:
        """How a coqc of which only the text is not the user's ended; None if it could not start."""
        async with self._token():
            try:
                with timed(self._run.tell, Work.COQC, file=file):
                    return await run_copy(self._bound, file, text, (mode,))
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

    def _apologize(self, name: str, said: Message | None) -> None:
        """Once: one defect shows in many files."""
        if self._has_apologized:
            return
        self._has_apologized = True
        at = f" at line {said.position.line}" if said and said.position else ""
        self._run.tell(
            Note(
                f"{name}: proof-checker found a mistake{at} that coqc does not find; coqc's word"
                " counts. This is a defect of proof-makefile: please report it, with this file,"
                " what it loads, the project file, and what `coqc --version` says"
            )
        )


def _up_to_wrong(document: Document, wrong: ProofResult) -> bytes | None:
    """The source up to a wrong proof, so that coqc -vos runs this one; None where it cannot tell.

    A name that is not found may be due to what stands in for another proof, in coqc's way too.
    """
    at = wrong.offset
    proof = next((p for p in document.proofs if p.statement.start == at), None)
    if not wrong.messages or MISSING.search(wrong.messages[0].text):
        return None
    return _up_to(document, proof) if proof else None


def _up_to(document: Document, proof: Proof) -> bytes | None:
    """The source up to a proof, so that coqc -vos runs this one; None where it would not."""
    if not proof.is_delegable or _PAR.search(document.text):
        return None
    last = _QED.sub(b"Defined.", document.source(proof.last))
    return document.text[: proof.last.start] + last + b"\n"


def _is_told(outcome: Outcome | None, first: ProofResult | FileResult) -> bool:
    """Whether coqc ended with this complaint."""
    if outcome is None or outcome.status == 0 or not first.messages:
        return False
    verdict, message = judge(outcome)
    return verdict is Verdict.WRONG and _is_same_place(message, first.messages[0])


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


def _is_found(script: Script, first: Message | None, findings: Findings) -> bool:
    """Whether coqc finds the first of our mistakes, after one that was known before."""
    found = [message for result in findings.wrong for message in result.messages]
    told = (*found, *findings.file.messages)
    return first is not None and any(_is_same_mistake(script, one, first) for one in told)


def _proof(script: Script, message: Message) -> int | None:
    """The proof whose tactics the message complains of."""
    place = message.position
    if place is None or normpath(place.file) != normpath(script.file):
        return None
    return script.steps[script.step_at(script.offset(place))].proof


def _instead(complaints: Iterable[Complaint], ours: Message, coqcs: Message) -> list[Complaint]:
    """The complaints, one of them in coqc's words and at its place."""

    def said(messages: tuple[Message, ...]) -> tuple[Message, ...]:
        if not any(message is ours for message in messages):
            return messages
        others = [m for m in messages if m is not ours and not _is_same_place(m, coqcs)]
        return (coqcs, *others)

    told: list[Complaint] = []
    for event in complaints:
        if isinstance(event, FileDone):
            file = replace(event.result, messages=said(event.result.messages))
            told.append(replace(event, result=file))
        else:
            proof = replace(event.result, messages=said(event.result.messages))
            told.append(replace(event, result=proof))
    return told


def _corrected(
    script: Script, complaints: Iterable[Complaint], findings: Findings, again: tuple[str, ...]
) -> list[Complaint]:
    """The complaints, as coqc says it; what we had called good and is not comes with them.

    `again` is the command that shows these.
    """
    wrong = {result.proof: result for result in findings.wrong}
    last = min(findings.file.messages, key=_place, default=None)
    end = script.offset(last.position) if last and last.position else len(script.text)
    told: list[Complaint] = []
    for event in complaints:
        if isinstance(event, FileDone):
            statement = {proof.name: proof.statement for proof in script.proofs}
            for other in wrong.values():
                at = statement.get(other.proof)
                told.append(ProofDone(replace(other, offset=at, command=again)))
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

"""A coqc at a place of an open document is asked something: goals, names."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from checker.document.sentences import Kind, Sentence
from checker.engines.snapshot.coqc.process import CoqProcess, DriverError, Ending
from checker.engines.snapshot.file.history import Fed
from checker.engines.snapshot.file.job import Job
from checker.lsp.revision import Outdated, Revision
from checker.lsp.snapshots import end_all
from checker.report.messages import read_error

MOST_KEPT = 8  # processes at places that were asked about
PATIENCE = 20.0  # seconds, for an answer
CHANGED = "the text has changed"
LATE = f"no answer within {PATIENCE:g} s"


@dataclass(frozen=True, eq=False)
class _Asked:
    """A paused process: what it was fed since a snapshot, or since the beginning."""

    history: Fed | None
    text: bytes
    process: CoqProcess


@dataclass(frozen=True)
class Answer:
    """What coqc printed, and its error, if it refused something."""

    output: str
    error: str = ""


@dataclass(eq=False)
class Asking:
    """The processes at places of one document that were asked about."""

    outdated: Callable[[], None]  # something that the document loads has changed
    _kept: list[_Asked] = field(default_factory=list)  # the one that was asked last at the end
    _one: asyncio.Lock = field(default_factory=asyncio.Lock)
    _question: "asyncio.Future[Answer] | None" = None  # at work
    _feeding: tuple[Fed | None, bytes] | None = None  # what coqc executes for it
    _stuck: list[tuple[Fed | None, bytes]] = field(default_factory=list)  # of such: took too long

    async def ask(self, revision: Revision, end: int, words: bytes) -> Answer:
        """What coqc says to these words, said where the byte `end` is, between two sentences."""
        async with self._one:
            if revision.is_old:
                return Answer("", CHANGED)
            self._question = asyncio.ensure_future(self._ask(revision, end, words))
            try:
                return await self._answered(self._question)
            except (DriverError, OSError) as error:
                return Answer("", str(error))
            except Outdated:
                self.outdated()
                return Answer("", "what this file loads has changed: it is run again")

    async def _answered(self, question: "asyncio.Future[Answer]") -> Answer:
        try:
            await asyncio.wait([question], timeout=PATIENCE)
            if not question.done() and self._feeding:
                self._stuck.append(self._feeding)
        finally:
            is_late = not question.done()
            question.cancel()
            await asyncio.wait([question])
        if is_late:
            return Answer("", LATE)
        return Answer("", CHANGED) if question.cancelled() else question.result()

    def forget(self) -> None:
        """The text has changed: answers about what it was are of no use."""
        self._stuck.clear()
        if self._question:
            self._question.cancel()

    async def _ask(self, revision: Revision, end: int, words: bytes) -> Answer:
        at = await self._at(revision, end)
        if isinstance(at, Answer):
            return at
        return await _said(await at.process.fork(), words)

    @property
    def pids(self) -> list[int]:
        """The processes."""
        return [asked.process.pid for asked in self._kept]

    async def drop(self) -> None:
        """None of them is of use any more."""
        kept, self._kept = self._kept, []
        await end_all(asked.process for asked in kept)

    async def _at(self, revision: Revision, end: int) -> _Asked | Answer:
        """A process that has executed what is before this byte, or why there is none."""
        file = revision.file
        index = file.script.step_at(max(0, end - 1))
        found = revision.best(Job(file, index, index))
        history = found.history if found else None
        first = found.cursor if found else 0
        text = b"".join(file.text(at, False) for at in range(first, index))
        text += file.errors.text(index)[: end - file.script.steps[index].start] + b"\n"
        near = self._nearest(history, text)
        if near and near.text == text:
            return near
        if any(fed is history and _is_before(longer, text) for fed, longer in self._stuck):
            return Answer("", LATE)
        if near:
            process = await near.process.fork()
            missing = text[len(near.text) :]
        else:
            begun = await revision.begin(found)
            if isinstance(begun, Ending):
                return Answer("", _words(begun))
            process, missing = begun, text
        self._feeding = history, text
        try:
            if missing.strip() and not await process.execute(missing):
                return Answer("", _words(await process.ended()))
        except BaseException:  # nobody waits for it any more
            await end_all([process])
            raise
        finally:
            self._feeding = None
        self._kept.append(asked := _Asked(history, text, process))
        while len(self._kept) > MOST_KEPT:
            await end_all([self._kept.pop(0).process])
        return asked

    def _nearest(self, history: Fed | None, text: bytes) -> _Asked | None:
        fitting = (a for a in self._kept if a.history is history and _is_before(a.text, text))
        return max(fitting, key=lambda asked: len(asked.text), default=None)


def _is_before(one: bytes, other: bytes) -> bool:
    """Whether what was fed begins the other, up to the end of a sentence."""
    return other.startswith(one[:-1]) and other[len(one) - 1 : len(one)].isspace()


async def _said(process: CoqProcess, words: bytes) -> Answer:
    """The answer of a process that is of no other use."""
    printed = process.printed
    try:
        if await process.execute(words + b"\n"):
            return Answer(process.output(printed).decode(errors="replace"))
        return Answer("", _words(await process.ended()))
    finally:
        await end_all([process])


def _words(ending: Ending) -> str:
    error = read_error(ending.errors.decode(errors="replace"))
    return error.text if error else "coqc ended"


def before(sentences: tuple[Sentence, ...], offset: int, *, whole: bool) -> int:
    """The byte where the last sentence before a place ends, 0 where there is none.

    `whole`: one that the place is in counts.
    """
    end = 0
    for sentence in sentences:
        is_cut_off = sentence.kind is Kind.UNTERMINATED
        if is_cut_off or sentence.start > offset or (not whole and sentence.end > offset):
            break
        end = sentence.end
    return end

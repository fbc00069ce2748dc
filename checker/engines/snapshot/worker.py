"""A worker: a process, the part of a file that it is to run, and what it is fed next."""

import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from os.path import normpath
from typing import Self

from checker.document.section_variables import ABOUT_DEFAULT, QUESTION
from checker.engines.snapshot.coqc.process import CoqProcess
from checker.engines.snapshot.file.file_run import FileRun
from checker.engines.snapshot.file.history import Fed
from checker.engines.snapshot.file.job import Job
from checker.engines.snapshot.file.verdicts import Ran
from checker.engines.snapshot.steps.patches import patched
from checker.engines.snapshot.steps.questions import ABOUT_FLAGS, Question, unasked
from checker.engines.snapshot.steps.script import ENDS
from checker.report.messages import read_warnings
from checker.report.results import Message

MOST_AHEAD = 32  # feeds
AHEAD_SECONDS = 0.1  # that they may take: until then the process cannot be forked
_LOADS = re.compile(rb"\b(?:Require|Load|Declare)\b")


@dataclass(frozen=True)
class Past:
    """What a process has been through; a copy has the same."""

    cursor: int = 0  # the step to be fed next
    replaced: bool = False  # some proof before the cursor was not run in this process
    # Stand-ins that may be wrong, by step.
    assumed: Mapping[int, bytes] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()  # put in on the line where the process is, or before
    history: Fed | None = None  # the steps before the cursor, as it was fed them


@dataclass(frozen=True)
class Spare:
    """A paused copy of a process, to go on from when the process fails."""

    process: CoqProcess
    past: Past
    cpu_seconds: float  # of the process, when it was copied

    @classmethod
    def new(cls, process: CoqProcess) -> Self:
        """A process that has not been fed anything."""
        return cls(process, Past(), process.cpu_seconds)


@dataclass(eq=False)
class Worker:
    """A process, and its job: it is led past the steps before job.real and runs the others."""

    number: int  # its place among the workers, from 0
    job: Job
    process: CoqProcess
    past: Past = Past()
    held: list[Ran] = field(default_factory=list)  # steps run since, not told yet
    learnt: list[tuple[int, bytes]] = field(default_factory=list)  # their stand-ins, as coqc said
    # Of section variables, by section and name: see checker.document.section_variables.
    closures: dict[int, dict[str, frozenset[str]]] = field(default_factory=dict)
    failed: bool = False  # its process ended before its time, perhaps for what it took for granted
    evicted: bool = False  # stopped, because memory ran short
    ahead: int = 1  # feeds that the process gets at once
    at: str = ""  # the proof that was told of: its process is at it
    fed: int = 0  # the process has been fed what comes before this step
    spare: Spare | None = None
    bases: list[Spare] = field(default_factory=list)  # of a pass, as it was before open guesses
    waits: Callable[[], bool] | None = None  # it rests, without a token, while this holds
    stuck: bool = False  # nobody is left who could tell whether what it took for granted is so
    warnings: list[Message] = field(default_factory=list)  # printed, and no step's yet

    def runs(self, index: int) -> bool:
        """Whether the step is fed as the source has it because this worker is to run it."""
        return self.job.runs(index)

    @property
    def ends_section(self) -> bool:
        """Whether the step that comes next may close a section."""
        return self.may_end_section(self.past.cursor)

    def may_end_section(self, index: int) -> bool:
        """Whether this step of a pass may close a section: what it took for granted counts then."""
        return self.job.makes and self.job.file.script.may_end_section(index)

    def forget(self) -> None:
        """What was run since is of no use: it will be run again."""
        self.held.clear()
        self.learnt.clear()

    def warnings_of(self, feed: "Feed") -> tuple[Message, ...]:
        """What coqc warned of in the step that was run; coqc may be ahead of us."""
        script = self.job.file.script
        printed = self.process.new_errors().decode(errors="replace")
        found, later = [], []
        for message in (*self.warnings, *read_warnings(printed)):
            moved = unasked(script, self.questions_with(feed), message)
            if moved and moved.position and normpath(moved.position.file) == normpath(script.file):
                step = script.step_at(script.offset(moved.position))
                if step == feed.first:
                    found.append(moved)
                elif step > feed.first:
                    later.append(message)
        self.warnings = later
        return tuple(dict.fromkeys(found))

    def questions_with(self, feed: "Feed") -> tuple[Question, ...]:
        """What was put in on the line that the process is in, with this feed."""
        fresh = tuple(q for q in (feed.about_variables, feed.about_settings) if q)
        if not fresh:
            return self.past.questions
        script = self.job.file.script
        line = script.position(fresh[0].at, fresh[0].at).line
        on_line = (q for q in self.past.questions if script.position(q.at, q.at).line == line)
        return (*on_line, *fresh)

    def pace(self, seconds: float) -> None:
        """Its last feeds took so long: the next may be more, or fewer."""
        if self.job.careful or self.job.alone or seconds > AHEAD_SECONDS:
            self.ahead = 1
        elif seconds < AHEAD_SECONDS / 2:
            self.ahead = min(2 * self.ahead, MOST_AHEAD)

    def take_note(self, feed: "Feed", ran: Ran) -> None:
        """The feed was executed."""
        self.past = Past(
            cursor=feed.last,
            replaced=self.past.replaced or feed.replaces,
            assumed={**self.past.assumed, **feed.assumes} if feed.assumes else self.past.assumed,
            questions=self.questions_with(feed),
            history=self._history_with(feed, ran),
        )

    def _history_with(self, feed: "Feed", ran: Ran) -> Fed:
        file, before = self.job.file, self.past.history
        for index, text in enumerate(feed.texts, start=feed.first):
            before = Fed(before, file, index, text, ran if feed.runs else None)
        assert before, "a feed has steps"
        return before

    @property
    def is_refuted(self) -> bool:
        """Whether what it took for granted turned out wrong."""
        return self.job.file.variables.refutes(self.past.assumed)

    @property
    def is_confirmed(self) -> bool:
        """Whether nothing that it took for granted is open; after a wrong proof nothing matters."""
        return self.first_open is None

    @property
    def first_open(self) -> int | None:
        """The first step of which it takes something for granted that nobody has confirmed.

        What it has run before that step rests on nothing that is open.
        """
        return min(self._open, default=None)

    @property
    def has_open_guess(self) -> bool:
        """Whether it rests on a guess that nobody has confirmed."""
        return not self.job.file.variables.guessed.keys().isdisjoint(self._open)

    @property
    def _open(self) -> set[int]:
        return self.job.file.open_among(self.past.assumed)

    def settled(self) -> tuple[list[tuple[int, bytes]], list[Ran]]:
        """What it has learnt and run that rests on nothing open; that is not held any more."""
        end = self.first_open
        if end is None:
            end = sys.maxsize
        learnt = [(index, words) for index, words in self.learnt if index < end]
        held = [ran for ran in self.held if ran.index < end]
        self.learnt = [(index, words) for index, words in self.learnt if index >= end]
        self.held = [ran for ran in self.held if ran.index >= end]
        return learnt, held


@dataclass(frozen=True)
class Feed:
    """Text to be executed at once: steps [first, last)."""

    first: int
    last: int
    text: bytes
    texts: tuple[bytes, ...]  # of each step, without questions
    runs: bool  # one step, which this worker is to run
    about_variables: Question | None = None
    about_settings: Question | None = None
    replaces: bool = False  # something stands in for a proof
    assumes: dict[int, bytes] = field(default_factory=dict)  # stand-ins that may be wrong, by step

    @property
    def asks(self) -> bool:
        """Whether coqc is asked something."""
        return bool(self.about_variables or self.about_settings)


@dataclass(frozen=True)
class Done:
    """A feed that the process has executed, and what coqc printed meanwhile."""

    feed: Feed
    ran: Ran
    output: str  # if it was asked something


def next_feeds(worker: Worker, stops_at: Callable[[int], int]) -> list[Feed]:
    """What the process is fed at once: it need not wait for us after each.

    A step at which it `stops_at` is fed first or not at all. What coqc says of settings decides
    what it is fed next. What it says of variables may lead to a question to a copy, which must
    stand in the same section, and in no proof. Which plugins it has loaded can be seen as long as
    it lives, and it lives until it is fed what comes after.
    """
    feeds: list[Feed] = []
    seconds, size, at = 0.0, 0, worker.past.cursor
    while at < worker.job.stop and len(feeds) < worker.ahead:
        if feeds and (stops_at(at) or worker.may_end_section(at)):
            break
        feed = _feed_at(worker, at)
        seconds += _seconds(worker, feed)
        size += len(feed.text)
        if feeds and (
            seconds > AHEAD_SECONDS or size > worker.job.file.batch or _leaves_section(feeds, feed)
        ):
            break
        feeds.append(feed)
        if feed.about_settings or _LOADS.search(feed.text):
            break
        at = feed.last
    while _asks(feeds) and worker.job.file.script.steps[feeds[-1].last - 1].proof is None:
        feeds.pop()
    return feeds


def _asks(feeds: list[Feed]) -> bool:
    return any(feed.about_variables for feed in feeds)


def _leaves_section(feeds: list[Feed], feed: Feed) -> bool:
    """Whether, after a question about variables, this may end their section."""
    return _asks(feeds) and ENDS.search(feed.text) is not None


def _seconds(worker: Worker, feed: Feed) -> float:
    file = worker.job.file
    if feed.runs:
        return file.run_cost(feed.first)
    return sum(map(file.pass_cost, range(feed.first, feed.last)))


def _feed_at(worker: Worker, first: int) -> Feed:
    """One step to be run, or as many as fit of those to get past."""
    file = worker.job.file
    if first == worker.job.real and worker.job.patches:
        text = patched(file.script, file.script.steps[first], worker.job.patches)
        return Feed(first, first + 1, text, (text,), False, replaces=True)
    if worker.runs(first):
        asked_at = file.variables.asked_at(first)
        about_variables = None if asked_at is None else Question(asked_at, QUESTION)
        about_settings = _about_settings(worker, first)
        real = file.text(first, True)
        text = _asking(file, first, real, about_settings)  # the later one first
        text = _asking(file, first, text, about_variables)
        return Feed(first, first + 1, text, (real,), True, about_variables, about_settings)
    texts: list[bytes] = []
    parts: list[bytes] = []
    assumes: dict[int, bytes] = {}
    replaces = False
    about_settings = None
    last = first
    while last < worker.job.stop and sum(map(len, parts)) < file.batch and not worker.runs(last):
        is_slow = file.script.steps[last].proof is not None and file.must_run(last)
        if parts and (is_slow or worker.may_end_section(last)):
            break
        about_settings = _about_settings(worker, last)
        texts.append(file.text(last, False))
        parts.append(_asking(file, last, texts[-1], about_settings))
        replaces |= not file.must_run(last)
        if words := file.variables.assumption(last):
            assumes[last] = words
        last += 1
        if is_slow or about_settings:
            break
    text = b"".join(parts)
    return Feed(first, last, text, tuple(texts), False, None, about_settings, replaces, assumes)


def _about_settings(worker: Worker, index: int) -> Question | None:
    """What coqc is to be asked after this step, before the next one is left out."""
    file = worker.job.file
    words = ABOUT_FLAGS if file.asks_flags(index) else b""
    if index + 1 < worker.job.stop and file.asks_default(index + 1) and not worker.runs(index + 1):
        words += ABOUT_DEFAULT
    return Question(file.script.question_at(index), words) if words else None


def _asking(file: FileRun, index: int, text: bytes, question: Question | None) -> bytes:
    """The text of a step with the question put in."""
    if question is None:
        return text
    at = question.at - file.script.steps[index].start
    return text[:at] + question.words + text[at:]

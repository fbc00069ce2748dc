"""What a report tells beside the run itself: dependencies, schedules, advice, earlier runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from checker.check.engines import SNAPSHOT
from checker.check.forecast import Forecast, forecast
from checker.knowledge.history import past_runs
from checker.knowledge.records import PROOFS, ProofRecords
from checker.report.formats.overview import Overview
from checker.report.page.report import Outlook, Prediction, Report, Split, Undeclared
from checker.report.past import PastRun
from checker.report.recording import Recording
from checker.report.work import Work
from checker.run.run import Run
from checker.schedule import passes
from checker.schedule.comparison import halved, simulated, with_known_variables
from checker.schedule.passes import File, Machine
from checker.schedule.simulation import simulate
from makegen.base.errors import MachineError, SourceError, UserError
from makegen.coq.dependencies import Dependencies

SIMULATED = (2, 4, 8, 16, 64)  # workers
MANY = 64
MOST_TRIED = 8  # files of the critical path that are cut in half
MOST_SIMULATED = 100_000  # steps of files that are cut, for large projects
MOST_NAMED = 5  # of files that are worth it
GAIN = 0.01  # of the makespan, for a file to be worth it
NOT_RUN_TO_ITS_END = "the run was broken off."

Records = Mapping[str, ProofRecords]  # by file


@dataclass(frozen=True)
class Background:
    """What is known beside what a run tells."""

    before: Records = field(default_factory=dict)  # when the run began
    records: Records = field(default_factory=dict)  # now
    past: Sequence[PastRun] = ()  # the runs before it
    forecast: Forecast | None = None
    why_not: str = NOT_RUN_TO_ITS_END  # there is no forecast


class Observer:
    """Looks at what is known before a run and after it."""

    def __init__(self) -> None:
        self.background = Background()

    def begin(self, run: Run) -> None:
        """The run is about to learn more."""
        before = PROOFS.all(run.ledger)
        self.background = Background(before, before, past_runs(run.ledger))

    async def end(self, run: Run) -> None:
        """The run has come to its end: it is the last of those that are remembered."""
        past = self.background.past
        found = await look_around(run, self.background.before)
        self.background = replace(found, past=past)


async def look_around(
    run: Run, before: Records, dependencies: Dependencies | None = None
) -> Background:
    """The background of a run that is over; `dependencies`: where they are known."""
    found, why_not = None, ""
    try:
        assert SNAPSHOT.passes, "it makes passes"
        found = await forecast(run, SNAPSHOT.passes, dependencies)
    except (UserError, SourceError, MachineError, OSError) as error:
        why_not = str(error)
    return Background(before, PROOFS.all(run.ledger), past_runs(run.ledger), found, why_not)


def report_of(
    overview: Overview, recording: Recording | None, background: Background, command: str
) -> Report:
    """All that the page shows; `recording`: None where nothing was run."""
    known = background.forecast
    records = background.records
    runs = list(background.past)
    if recording and overview.is_complete:
        runs.append(_as_past(overview, command))
    return Report(
        overview=overview,
        recording=recording,
        before={file: kept.seconds for file, kept in background.before.items()},
        recorded={file: kept.seconds for file, kept in records.items()},
        memory={file: kept.memory for file, kept in records.items()},
        history=runs,
        outlook=_outlook(known, records, overview.workers) if known else None,
        why_no_outlook=background.why_not,
        prediction=_prediction(known, recording) if known else None,
        command=command,
    )


def _as_past(overview: Overview, command: str) -> PastRun:
    """As the ledger remembers it."""
    counts = overview.counts()
    return PastRun(
        date=overview.date,
        command=command,
        seconds=overview.seconds,
        workers=overview.workers,
        files=counts["files"],
        proofs=counts["proofs"],
        ran=overview.ran,
        known=counts["known"],
        wrong=counts["wrong"] + counts["timed out"],
        exit_code=overview.exit_code,
    )


def _prediction(known: Forecast, recording: Recording | None) -> Prediction | None:
    """Of what the run has done; of a check from scratch, where nothing was run.

    None of an engine that runs whole files: in which order it may do that is not known here.
    """
    if recording and any(piece.work is Work.FILE for piece in recording.work):
        return None
    work = _done(known.files, recording) if recording else known.files
    if not work:
        return None
    bound = passes.lower_bound(work, known.machine)
    return Prediction(simulate(work, known.machine), bound, is_from_scratch=recording is None)


def _done(files: Sequence[File], recording: Recording) -> list[File]:
    """Of the files as much as workers have done: the proofs that they ran, and the text."""
    pieces = [piece for piece in recording.work if piece.worker is not None]
    begun = {piece.file for piece in pieces if piece.work is not Work.HEAD}
    proofs = {(piece.file, piece.name) for piece in pieces if piece.work is Work.PROOF}
    return [
        replace(
            file,
            needs=tuple(needed for needed in file.needs if needed in begun),
            steps=tuple(s for s in file.steps if not s.proof or (file.name, s.proof) in proofs),
        )
        for file in files
        if file.name in begun
    ]


def _outlook(known: Forecast, records: Records, workers: int) -> Outlook:
    """The simulations."""
    files, now = known.files, replace(known.machine, workers=workers)
    many = replace(now, workers=MANY)
    placed = passes.places(files, many)
    critical = passes.critical_path(files, placed)
    makespans = [simulated(files, now, count) for count in sorted({*SIMULATED, workers})]
    undeclared = _undeclared(known, records)
    with_words = with_known_variables(files, {(u.file, u.proof) for u in undeclared})
    timed = {(file, name) for file, kept in records.items() for name in kept.seconds}
    proofs = [(file.name, step.proof) for file in files for step in file.steps if step.proof]
    outlook = Outlook(
        files=files,
        places=placed,
        critical=critical,
        workers=workers,
        many=MANY,
        makespans=makespans,
        undeclared=undeclared,
        declared=simulate(with_words, now).makespan if undeclared else 0.0,
        declared_with_many=simulate(with_words, many).makespan if undeclared else 0.0,
        guessed=sum(proof not in timed for proof in proofs),
    )
    return replace(outlook, splits=_splits(outlook, now))


def _splits(outlook: Outlook, now: Machine) -> list[Split]:
    """What cutting the longest files of the critical path in half would give, where it helps."""
    files, many = outlook.files, replace(now, workers=MANY)
    seconds = {file.name: file.seconds for file in files}
    steps = sum(len(file.steps) for file in files)
    tried = min(MOST_TRIED, max(1, MOST_SIMULATED // max(1, steps)))
    found = []
    for name in sorted(outlook.critical, key=lambda name: -seconds[name])[:tried]:
        cut = halved(files, name)
        split = Split(name, *(simulate(cut, machine).makespan for machine in (now, many)))
        shares = (
            split.makespan / (outlook.makespan or 1.0),
            split.with_many / (outlook.makespan_with_many or 1.0),
        )
        if min(shares) < 1 - GAIN:
            found.append((min(shares), split))
    return [split for _, split in sorted(found, key=lambda one: one[0])[:MOST_NAMED]]


def _undeclared(known: Forecast, records: Records) -> list[Undeclared]:
    """The proofs whose section variables a check has to find out, or to confirm."""
    seconds = {(f.name, step.proof): step.seconds for f in known.files for step in f.steps}
    found = []
    for file, document in known.documents.items():
        kept = records.get(file) or ProofRecords()
        lines = document.lines()
        found += [
            Undeclared(
                file,
                proof.full_name,
                lines.position(proof.statement.start)[0],
                seconds.get((file, proof.full_name), 0.0),
                _clause(kept.variables.get(proof.full_name)),
            )
            for proof in document.proofs
            if proof.is_delegable and proof.needs_variables and proof.default_using is None
        ]
    return sorted(found, key=lambda one: -one.seconds)


def _clause(words: str | None) -> str | None:
    """`Proof using n`, of the words of a stand-in: `Proof using n. Admitted.`."""
    return None if words is None else words.partition(".")[0].strip()

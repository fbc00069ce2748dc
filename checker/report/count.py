"""What a run has found so far: from it come the summary line and the exit code."""

from collections import Counter
from dataclasses import dataclass, field

from checker.document.unproved import Unproved
from checker.report.events import (
    AdmittedProof,
    CheckedAgain,
    Chosen,
    Ended,
    Event,
    FileDone,
    GivenUp,
    LoadedTogether,
    ProofDone,
    Started,
    number,
)
from checker.report.results import Verdict
from makegen.base.errors import ExitCode


@dataclass
class Count:
    """What a run has found so far; from it come the summary line and the exit code."""

    workers: int = 1
    verdicts: dict[str, Counter[Verdict]] = field(default_factory=dict)  # by file: on its proofs
    known: Counter[str] = field(default_factory=Counter)  # by file: of these, from the ledger
    told: Counter[str] = field(default_factory=Counter)  # by file: proofs with their own verdict
    apart: Counter[str] = field(default_factory=Counter)  # by file: proofs run beside it
    files: dict[str, Verdict] = field(default_factory=dict)  # the worst verdict in each file
    sizes: dict[str, int] = field(default_factory=dict)  # by file: how many proofs there are in it
    unproved: dict[str, Unproved] = field(default_factory=dict)  # by file
    chosen: Chosen | None = None
    given_up: GivenUp | None = None
    refused: int = 0  # proofs that end in `Admitted`, where none may
    together: Verdict | None = None  # on all files, once they were compiled whole and loaded
    seconds: float = 0.0

    def tell(self, event: Event) -> None:
        """Take the event into account."""
        match event:
            case ProofDone(result, _, known):
                self._add(result.file, result.verdict, 1, known=known)
                self.told[result.file] += 1
                self.apart[result.file] += result.apart
                self._mark(result.file, result.verdict)
            case FileDone(result, proofs, _, known, unproved=unproved):
                self._mark(result.file, result.verdict)
                if proofs is not None:
                    self.sizes[result.file] = proofs
                if unproved is not None:
                    self.unproved[result.file] = unproved
                if result.verdict.is_ok:  # so are those without a verdict of their own
                    others = max(0, (proofs or 0) - self.told[result.file])
                    self._add(result.file, Verdict.CHECKED, others, known=known)
            case CheckedAgain(file):
                for counts in (self.verdicts, self.known, self.told, self.apart):
                    counts.pop(file, None)
            case _:
                self._tell_of_run(event)

    def _tell_of_run(self, event: Event) -> None:
        match event:
            case Started(workers=workers):
                self.workers = workers
            case Chosen():
                self.chosen = event
            case AdmittedProof():
                self.refused += 1
            case LoadedTogether(verdict=verdict):
                self.together = verdict
            case GivenUp():
                self.given_up = event
            case Ended(seconds):
                self.seconds = seconds
            case _:
                pass

    def _add(self, file: str, verdict: Verdict, proofs: int, *, known: bool) -> None:
        self.verdicts.setdefault(file, Counter())[verdict] += proofs
        self.known[file] += known * proofs

    def _mark(self, file: str, verdict: Verdict) -> None:
        worst = self.files.setdefault(file, verdict)
        if _SEVERITY.index(verdict) > _SEVERITY.index(worst):
            self.files[file] = verdict

    @property
    def proofs(self) -> Counter[Verdict]:
        """How many proofs have which verdict."""
        return sum(self.verdicts.values(), Counter())

    @property
    def exit_code(self) -> ExitCode:
        """0 all checked, 1 something is wrong, 3 the machine failed and nothing is wrong."""
        found = {*self.proofs, *self.files.values(), self.together or Verdict.CHECKED}
        if self.refused or found & {Verdict.WRONG, Verdict.TIMEOUT}:
            return ExitCode.WRONG
        if found - {Verdict.CHECKED}:
            return ExitCode.MACHINE
        return ExitCode.OK

    @property
    def summary(self) -> str:
        """The last line of a run.

        >>> Count(sizes={"A.v": 3}, files={"A.v": Verdict.CHECKED}).summary
        '3 proofs in 1 file checked in 0.0 s with 1 worker'
        """
        tried = Verdict.CHECKED, Verdict.WRONG, Verdict.TIMEOUT, Verdict.LOST, Verdict.SKIPPED
        proofs, known = self.proofs, self.known.total()
        bad_proofs = [f"{proofs[v]} {v.value}" for v in tried[1:] if proofs[v]]
        bad_files = sum(not verdict.is_ok for verdict in self.files.values())
        size = sum(self.sizes.get(file, self.told[file]) for file in self.files)
        total = number(size, "proof")
        where = f"{total} in {number(len(self.files), 'file')}{self._remarks}"
        if self.given_up:
            where = f"stopped at the first (-x){self.kept}"
        elif known:
            where += f", {proofs.total() - known} checked now, {known} known"
        how = f"in {self.seconds:.1f} s with {number(self.workers, 'worker')}"
        if self.apart.total() and self.together is None:
            how += f" ({self.apart.total()} apart)"
        if self.exit_code is ExitCode.OK:
            return f"{where}: all good {how}" if known else f"{where} checked {how}"
        is_bad = self.together and not self.together.is_ok
        together = ["cannot be loaded together"] if is_bad else []
        files = [f"{number(bad_files, 'file')} not good"] * bool(bad_files)
        refused = [f"{number(self.refused, 'admitted proof')} refused"] * bool(self.refused)
        complaints = [*bad_proofs, *files, *refused, *together]
        return f"{where}: {', '.join(complaints)} {how}"

    @property
    def kept(self) -> str:
        """Of a run that was given up: what the next one will know.

        >>> Count(given_up=GivenUp(120, 191)).kept
        ', 120 of 191 proofs kept'
        """
        if self.given_up is None:
            return ""
        kept, proofs = self.given_up.kept, self.given_up.proofs
        if proofs is None:
            return f", {number(kept, 'proof')} kept, and perhaps more"
        return f", {kept} of {number(proofs, 'proof')} kept"

    @property
    def _remarks(self) -> str:
        """What was left out, and what is taken without proof, if anything is."""
        words = []
        if self.chosen:
            words.append(f"{self.chosen.asked} of {number(self.chosen.proofs, 'proof')} asked for")
        if admitted := sum(file.admitted for file in self.unproved.values()):
            words.append(f"{admitted} admitted")
        if axioms := sum(file.axioms for file in self.unproved.values()):
            words.append(number(axioms, "axiom"))
        return f" ({', '.join(words)})" if words else ""


_SEVERITY = (Verdict.CHECKED, Verdict.SKIPPED, Verdict.LOST, Verdict.TIMEOUT, Verdict.WRONG)

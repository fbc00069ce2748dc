"""What one process is to do with a file, and what remains to be done after a failure."""

from dataclasses import dataclass, replace

from checker.engines.snapshot.file.file_run import FileRun
from checker.engines.snapshot.steps.patches import Patch


@dataclass(frozen=True, eq=False)
class Job:
    """Steps [real, stop) of a file, to be run by one process that starts at the beginning.

    Attempts differ in what the process gets in the place of the steps before `real`, and in whether
    others run beside it. They follow each other by the methods below.
    """

    file: FileRun
    real: int
    stop: int
    passes: bool = False  # led over the file: copies may take proofs over from it
    makes: bool = False  # a pass: at the end of the file, coqc writes what others load
    plain: bool = False  # everything before `real` is run too, as coqc does
    alone: bool = False  # nothing else runs meanwhile
    careful: bool = False  # failures are likely: a spare process is kept to go on from
    patches: tuple[Patch, ...] = ()  # what is given up in step `real`, whose tactics are wrong

    @property
    def is_pass(self) -> bool:
        """Whether copies may take proofs over from it now."""
        return self.passes and not (self.plain or self.alone or self.patches)

    def stands_in(self, index: int) -> bool:
        """Whether something else than the source is fed for this step."""
        return not self.plain and index < self.real and not self.file.must_run(index)

    def runs(self, index: int) -> bool:
        """Whether the step is fed as the source has it because it is to be run."""
        if self.patches and index == self.real:
            return True  # also if it was known to be wrong
        if index in self.file.errors.given_up:
            return False
        if self.is_pass and self.file.is_elsewhere(index):
            return False
        return self.plain or (index >= self.real and self.file.is_wanted(index))

    def as_coqc(self) -> "Job":
        """The same with nothing replaced: what stood in for proofs may have been the fault."""
        return replace(self, plain=True, patches=())

    def to_the_end(self) -> "Job":
        """All that is left of the file, by the same job."""
        return replace(self, stop=len(self.file.script.steps))

    def by_itself(self, index: int) -> "Job":
        """What remains from this step on, with nothing beside it that takes time or memory."""
        return replace(self, real=max(self.real, index), alone=True)

    def around(self, index: int, patches: tuple[Patch, ...]) -> "Job":
        """What remains in a wrong proof and after it, without the blocks that are wrong."""
        careful = not self.alone
        return replace(self, real=index, patches=patches, plain=False, careful=careful)

    def after_patches(self) -> "Job":
        """The wrong proof has come to its end."""
        return replace(self, patches=())

    def without_sentence(self, index: int) -> "Job":
        """What remains once a wrong sentence of this step is left out."""
        return replace(self, real=max(self.real, index), plain=False, careful=True)

    def past(self, index: int) -> "Job":
        """What remains after a proof that is given up."""
        real = max(self.real, index + 1)
        return replace(self, real=real, patches=(), plain=False, alone=False, careful=True)

    def in_copy(self) -> "Job":
        """The same by a copy of a process, which writes nothing."""
        return replace(self, makes=False)


def making_pass(file: FileRun) -> Job:
    """A pass over the file that makes what others load."""
    return Job(file, 0, len(file.script.steps), passes=True, makes=True)

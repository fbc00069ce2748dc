"""What waits for a worker is ranked by the longest path that begins with it."""

from checker.engines.snapshot.file.file_run import FileRun
from checker.engines.snapshot.file.job import Job, making_pass
from checker.engines.snapshot.queue import rank, rank_of_copy
from checker.engines.snapshot.worker import Worker
from tests.checker.engines.snapshot.made import file_run

SECTION = """Section S.
Variable x : nat.
Lemma recorded : x = x. Proof. reflexivity. Qed.
End S.
Lemma sure : True. Proof. exact I. Qed.
"""


def copy(file: FileRun, name: str) -> Worker:
    """One that waits to run this proof."""
    (index,) = (n for n, s in enumerate(file.script.steps) if is_proof(file, s.proof, name))
    return Worker(-1, Job(file, index, index + 1), process=None)  # type: ignore[arg-type]


def is_proof(file: FileRun, number: int | None, name: str) -> bool:
    return number is not None and file.script.proofs[number].name.endswith(name)


def test_what_other_files_wait_for_goes_before_what_nobody_waits_for() -> None:
    awaited, leaf = file_run(SECTION), file_run(SECTION)
    for file in (awaited, leaf):
        file.variables.recorded[0] = b"Proof using x. Admitted."
    awaited.path_after = 100.0
    assert rank(making_pass(awaited)) < rank(making_pass(leaf))
    # Its pass cannot end before this one has confirmed the record; it can before the other one.
    assert rank_of_copy(copy(awaited, "recorded")) < rank(making_pass(leaf))
    assert rank(making_pass(leaf)) < rank_of_copy(copy(awaited, "sure"))


def test_a_job_that_runs_a_file_as_coqc_does_comes_after_copies() -> None:
    file = file_run(SECTION)
    part = Job(file, 1, len(file.script.steps))
    assert rank(part) < rank_of_copy(copy(file, "sure")) < rank(part.as_coqc())
    assert rank(part.as_coqc()) < rank(part.by_itself(1))

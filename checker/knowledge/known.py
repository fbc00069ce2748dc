"""What is known of a source before a run."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from checker.document.document import Document, Proof
from checker.knowledge.keys import Uses
from checker.report.results import ProofResult, Verdict


@dataclass(frozen=True)
class Known:
    """What earlier runs found out about a source; proofs by the byte offset of their statement."""

    document: Document
    opened: Path | None = None  # where a coqc that runs the file lists the files that it reads
    good: frozenset[int] = frozenset()  # proofs that are known to be good
    wrong: tuple[ProofResult, ...] = ()  # proofs that are known to be wrong, in coqc's words
    text_is_good: bool = False  # what is between these proofs need not be judged again
    is_asked: bool = True  # else a pass is made for those who load it
    passed_over: frozenset[int] = frozenset()  # proofs for which nobody asked
    stands: bool = False  # its stand-in is fresh: no pass is needed for those who load it
    is_sure: bool = True  # else that rests on section variables that proofs may use no more
    may_put_off: bool = True  # else all of its proofs are run in place: somebody would see it
    uses: Uses = field(default_factory=dict)  # section variables; of proofs not `good`, as before

    @cached_property
    def decided(self) -> frozenset[int]:
        """The proofs that are not to be run."""
        return self.good | {result.offset for result in self.wrong if result.offset is not None}

    @property
    def verdict(self) -> Verdict:
        """On what is asked for of the file, as far as it is known."""
        is_wrong = any(result.offset not in self.passed_over for result in self.wrong)
        return Verdict.WRONG if is_wrong else Verdict.CHECKED

    def is_wanted(self, proof: Proof) -> bool:
        """Whether a verdict on the proof is still missing.

        Where nobody asked, on those alone that have to be run for what they use to be known.
        """
        has_key, at = proof.is_delegable and not proof.depth, proof.statement.start
        if not self.is_asked and not (has_key and proof.needs_variables):
            return False
        if not has_key:
            return not self.text_is_good
        return at not in self.decided and (at not in self.passed_over or proof.needs_variables)

    @property
    def is_all_decided(self) -> bool:
        """Whether there is nothing left to run."""
        return self.text_is_good and not any(map(self.is_wanted, self.document.proofs))

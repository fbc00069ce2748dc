"""What hosts have told of a file, and when that is all: no end is good that does not say so."""

import pickle
from pathlib import Path

import pytest

from checker.cluster.findings import LOST, Findings
from checker.cluster.hosts import Host, Ordered
from checker.cluster.messages import Ending, Facts, Told
from checker.document.reader import read_document
from checker.knowledge.known import Known
from checker.knowledge.store import Ledger
from checker.report.events import Event, FileDone, ProofDone
from checker.report.results import FileResult, ProofResult, Verdict
from tests.helpers import Coq, run_of, write_project

pytestmark = pytest.mark.once

TEXT = b"Lemma a : True. Proof. exact I. Qed.\nLemma b : True. Proof. exact I. Qed.\n"
A, B = (TEXT.index(name) for name in (b"Lemma a", b"Lemma b"))


class Trial:
    """Two hosts, and what the rest of a check hears."""

    def __init__(self, coq: Coq, root: Path, ledger: Ledger) -> None:
        write_project(root, {"F.v": TEXT.decode()})
        self.heard: list[Event] = []
        self.findings = Findings(run_of(coq, root / "_Project", ledger, self.heard.append))
        facts = Facts("", "", 1, "host", frozenset())
        self.hosts = {name: Host(name, facts, set()) for name in ("one", "two")}
        self.known = Known(read_document(TEXT), opened=root / "opened")

    def order(self, name: str, number: int, *, is_part: bool = False) -> None:
        self.hosts[name].orders[number] = Ordered("F.v", 1.0, 0.0)
        self.findings.begin(number, "F.v", self.known, is_part=is_part)

    def tell(
        self, name: str, number: int, *events: Event, given: frozenset[int] = frozenset()
    ) -> None:
        ended = {number: Ending(None, given)} if isinstance(events[-1], FileDone) else {}
        news = Told(0, (), events, ended, 0.0, 0.0)
        self.hosts[name].count = None
        self.findings.tell(self.hosts[name], pickle.dumps(news), lambda _: True)

    @property
    def verdicts(self) -> list[Verdict]:
        """Of ends of the file."""
        return [event.result.verdict for event in self.heard if isinstance(event, FileDone)]


@pytest.fixture
def trial(coq: Coq, tmp_path: Path) -> Trial:
    return Trial(coq, tmp_path, Ledger(None))


def proof(at: int, verdict: Verdict = Verdict.CHECKED) -> ProofDone:
    return ProofDone(ProofResult("F.v", "p", verdict, offset=at))


def end(verdict: Verdict = Verdict.CHECKED) -> FileDone:
    return FileDone(FileResult("F.v", verdict))


def test_a_file_is_at_its_end_when_each_proof_was_told(trial: Trial) -> None:
    trial.order("one", 1)
    trial.tell("one", 1, proof(A), proof(B), end())
    assert trial.findings.are_complete("F.v")
    trial.findings.end("F.v")
    assert trial.verdicts == [Verdict.CHECKED]


def test_proofs_that_got_lost_between_hosts_are_missed(trial: Trial) -> None:
    trial.order("one", 1)
    trial.tell("one", 1, proof(A), end(), given=frozenset({B}))
    assert not trial.findings.are_complete("F.v")
    trial.findings.end("F.v")
    assert trial.verdicts == [Verdict.LOST]
    messages = [e.result.messages for e in trial.heard if isinstance(e, FileDone)]
    assert messages[0][0].text == LOST


def test_the_end_of_proofs_that_were_left_is_not_that_of_the_file(trial: Trial) -> None:
    trial.order("one", 1)
    trial.order("two", 2, is_part=True)
    trial.tell("one", 1, proof(A), end(Verdict.WRONG), given=frozenset({B}))
    trial.findings.forget("F.v")  # the file is taken up again
    trial.tell("two", 2, proof(B), end())
    assert not trial.findings.are_complete("F.v")


def test_the_worst_of_all_ends_counts(trial: Trial) -> None:
    trial.order("one", 1)
    trial.order("two", 2, is_part=True)
    trial.tell("two", 2, proof(B), end())
    trial.tell("one", 1, proof(A), end(Verdict.WRONG), given=frozenset({B}))
    assert trial.findings.are_complete("F.v")
    trial.findings.end("F.v")
    assert trial.verdicts == [Verdict.WRONG]


def test_what_a_host_could_not_run_is_not_told_while_another_may(trial: Trial) -> None:
    trial.order("one", 1)
    trial.tell("one", 1, proof(A), proof(B, Verdict.LOST), end(Verdict.LOST))
    assert not trial.findings.are_complete("F.v")
    assert trial.hosts["one"].lost == {"F.v"}
    trial.findings.forget("F.v")
    trial.order("two", 2)
    trial.tell("two", 2, proof(B), end())
    assert trial.findings.are_complete("F.v")
    trial.findings.end("F.v")
    told = [e.result.verdict for e in trial.heard if isinstance(e, ProofDone)]
    assert set(told) == {Verdict.CHECKED}
    assert trial.verdicts == [Verdict.CHECKED]

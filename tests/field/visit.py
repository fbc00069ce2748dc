"""One library, as its users would check it, beside what coqc says of it."""

import enum
import json
import re
import shlex
import shutil
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from pathlib import Path

from checker.document.document import Document
from checker.document.reader import read_document
from checker.document.sourcefile import read_source
from tests.field.libraries import package, their_make, write_project
from tests.field.measure import Outcome, run
from tests.helpers import Coq

# An end of a proof in what coqc -time says of a sentence, or a proof in one sentence.
_END = re.compile(
    r"\[(?:Time~|Timeout~\d+~)*(?:(?:Qed|Defined|Save|Admitted|Abort)\b"
    r"|Proof~(?!with\b|using\b|Mode\b))"
)
# One in a text, comments and all: where their number is not ours, coqc is asked.
_WRITTEN_END = rb"\b(?:Qed|Defined|Save|Admitted|Abort)\b[^.()]*\.(?=\s|$)"
_ERROR = re.compile(r'"[^"]+", line \d+, characters \d+-\d+(?=:\nError)')
_CHANGE = "idtac."  # an edit of a proof that leaves it right
_MISTAKE = "fail."


@dataclass
class Visit:
    """What was found; seconds and bytes. A step that was not reached has no entry in `steps`."""

    coq: str
    library: str
    files: int = 0
    proofs: int = 0  # that we count
    ends: int = 0  # that coqc executed
    jobs: int = 2
    delegated_share: float = 0.0  # of the CPU time of proofs
    in_place: dict[str, float] = field(default_factory=dict)  # why the others are not: its share
    steps: dict[str, dict[str, float]] = field(default_factory=dict)
    defects: list[str] = field(default_factory=list)  # what a user of coqc would call one
    unusable: str = ""  # why coqc itself does not compile this library here


def _figures(outcome: Outcome) -> dict[str, float]:
    wall, cpu = round(outcome.wall, 2), round(outcome.cpu, 2)
    return {"wall": wall, "cpu": cpu, "memory": outcome.memory}


class Depth(enum.Enum):
    """Which steps a visit has."""

    TIMES = "times"  # make and a first check
    VERDICTS = "verdicts"  # the number of proofs, again, edits
    ALL = "all"  # quick and vio2vo


class Ended(Exception):
    """The visit cannot go on; the visit says why."""


@dataclass
class _Host:
    """Where a visit takes place: two copies of the library, theirs and ours."""

    coq: Coq
    visit: Visit
    theirs: Path
    ours: Path
    environ: dict[str, str]

    def step(self, name: str, words: list[str], root: Path, wanted: int = 0) -> Outcome:
        """Runs a command; anything but the wanted exit code is a defect and ends the visit."""
        outcome = run(words, root, self.environ)
        self.visit.steps[name] = _figures(outcome)
        if outcome.code != wanted:
            self.complain(f"{name}: exit {outcome.code}: {outcome.said[-1500:]}")
            raise Ended
        if "Traceback (most recent call last)" in outcome.said:
            self.complain(f"{name}: traceback: {outcome.said[-1500:]}")
        return outcome

    def complain(self, what: str) -> None:
        """A defect."""
        self.visit.defects.append(what)


def visit(coq: Coq, name: str, root: Path, jobs: int, depth: Depth) -> Visit:
    """Runs the steps in root."""
    found = Visit(coq.name, name, jobs=jobs)
    library = package(coq, name)
    if not library.sources():
        found.unusable = "its package has no sources"
        return found
    theirs, ours = root / "theirs", root / "ours"
    write_project(library, theirs)
    write_project(library, ours)
    environ = {**coq.environ, **library.environ}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)  # a user's commands are not compiled at each start
    host = _Host(coq, found, theirs, ours, environ)
    try:
        _make(host)
        report = _first_check(host)
        if depth is not Depth.TIMES:
            _compare(host, report)
            _again(host)
            _edits(host, report)
        if depth is Depth.ALL:
            shutil.rmtree(ours)
            write_project(library, ours)
            _interfaces(host)
    except Ended:
        pass
    return found


def _make(host: _Host) -> None:
    """What the verdicts and times are held against."""
    command = their_make(host.theirs, host.coq, host.visit.jobs, host.environ)
    outcome = run(shlex.split(command), host.theirs, host.environ)
    host.visit.files = len(list(host.theirs.rglob("*.v")))
    if outcome.code:
        host.visit.unusable = outcome.said[-1500:]
        raise Ended
    host.visit.steps["make"] = _figures(outcome)


def _first_check(host: _Host) -> dict[str, object]:
    """proof-makefile and the first check; what it says in JSON."""
    host.step("generate", ["proof-makefile", "-f", "_Project", "-o", "Makefile"], host.ours)
    _check(host, "check")
    found: dict[str, object] = json.loads((host.ours / "check.json").read_text())
    return found


def _check(host: _Host, name: str, wanted: int = 0) -> Outcome:
    words = ["make", "checkproofs", f"J={host.visit.jobs}", "JSON=check.json"]
    return host.step(name, words, host.ours, wanted)


def _proofs(report: dict[str, object]) -> dict[str, list[dict[str, object]]]:
    files: list[dict[str, object]] = report["files"]  # type: ignore[assignment]
    return {str(file["file"]): file["proofs"] for file in files}  # type: ignore[misc]


def _compare(host: _Host, report: dict[str, object]) -> None:
    """The number of proofs, against coqc's word; which share of their time can be delegated."""
    by_file = _proofs(report)
    host.visit.proofs = sum(len(proofs) for proofs in by_file.values())
    shares: defaultdict[str, float] = defaultdict(float)
    for name, proofs in by_file.items():
        document = read_document(read_source(str(host.ours / name)))
        _count_ends(host, name, document, len(proofs))
        lines = document.lines()
        why = {lines.position(p.statement.start)[0]: p.why_in_place for p in document.proofs}
        for proof in proofs:
            reason = why.get(int(str(proof["line"])), "not found by the reader")
            shares[reason or ""] += float(str(proof["seconds"]))
    whole = sum(shares.values()) or 1.0
    host.visit.delegated_share = round(shares.pop("", 0.0) / whole, 3)
    host.visit.in_place = {why: round(part / whole, 4) for why, part in sorted(shares.items())}


def _count_ends(host: _Host, name: str, document: Document, counted: int) -> None:
    """Has coqc execute a file that leaves something to doubt, and counts the ends of proofs."""
    text = re.findall(_WRITTEN_END, document.text)
    if len(text) == counted:
        host.visit.ends += counted
        return
    executed = _executed_ends(host, name)
    host.visit.ends += executed
    if executed != counted:
        host.complain(f"{name}: coqc ends {executed} proofs, we count {counted}")


def _executed_ends(host: _Host, name: str) -> int:
    return len(_END.findall(_coqc(host, name, "-time").said))


def _again(host: _Host) -> None:
    """Nothing has changed: nothing is to be run."""
    _check(host, "again")
    counts = json.loads((host.ours / "check.json").read_text())["counts"]
    if counts["known"] != counts["proofs"]:
        host.complain(f"again: {counts['proofs'] - counts['known']} proofs were run again")


def _edits(host: _Host, report: dict[str, object]) -> None:
    """A change that leaves a proof right, then a mistake in its place; each against coqc's word."""
    target = _to_edit(host, report)
    if target is None:
        return
    name, start = target
    path = host.ours / name
    text = path.read_bytes()
    before, after = text[:start], text[start:]
    path.write_bytes(before + f" {_CHANGE}".encode() + after)
    if (theirs := _coqc(host, name)).code == 0:
        _check(host, "edit")
    else:
        host.visit.steps["edit refused by coqc"] = {"wall": theirs.wall}
    path.write_bytes(before + f" {_MISTAKE}".encode() + after)
    theirs = _coqc(host, name)
    ours = _check(host, "mistake", wanted=2)  # make's code for a command that fails
    place = _ERROR.search(theirs.said)
    if place is None or place[0].replace('"./', '"') not in ours.said.replace('"./', '"'):
        host.complain(f"mistake in {name}: coqc {theirs.said[-500:]} ours {ours.said[-800:]}")
    path.write_bytes(text)
    _check(host, "taken back")


def _to_edit(host: _Host, report: dict[str, object]) -> tuple[str, int] | None:
    """A proof in the middle of the largest file: the file, bytes up to its first tactic."""
    by_file = _proofs(report)
    for name in sorted(by_file, key=lambda name: -len(by_file[name])):
        document = read_document(read_source(str(host.ours / name)))
        found = [p for p in document.proofs if p.is_delegable and p.start and p.body]
        if found:
            proof = found[len(found) // 2]
            assert proof.start
            return name, proof.start.end
    return None


def _coqc(host: _Host, name: str, *words: str) -> Outcome:
    """What coqc says of a file of ours as it is now, over their compiled files, which stay."""
    theirs = host.theirs / name
    kept = theirs.read_bytes()
    shutil.copyfile(host.ours / name, theirs)
    out = host.theirs / "out" / Path(name).with_suffix(".vo").name
    out.parent.mkdir(exist_ok=True)
    lines = (host.theirs / "_Project").read_text().splitlines()
    flags = [
        word for line in lines if line[0] == "-" for word in line.removeprefix("-arg ").split()
    ]
    outcome = run(["coqc", *words, *flags, name, "-o", str(out)], host.theirs, host.environ)
    theirs.write_bytes(kept)
    return outcome


def _interfaces(host: _Host) -> None:
    """`make quick` and `make vio2vo`, from scratch."""
    jobs = f"J={host.visit.jobs}"
    host.step("generate", ["proof-makefile", "-f", "_Project", "-o", "Makefile"], host.ours)
    host.step("quick", ["make", "quick", jobs], host.ours)
    host.step("vio2vo", ["make", "vio2vo", jobs], host.ours)
    missing = [v for v in host.ours.rglob("*.v") if not _has_content(v.with_suffix(".vo"))]
    if missing:
        host.complain(f"vio2vo: {len(missing)} files have no .vo, such as {missing[0].name}")


def _has_content(file: Path) -> bool:
    return file.exists() and file.stat().st_size > 0


def as_json(found: Visit) -> str:
    """For a file."""
    return json.dumps(asdict(found), indent=1)

"""proof-checker check --cluster: the verdicts of a local check, found on other hosts."""

import re
import signal
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster import Cluster, cluster
from tests.helpers import Coq, write_project

pytestmark = pytest.mark.ends

BASE = """Section S.
Variable n : nat.
Lemma plus_zero : n + 0 = n. Proof. induction n; simpl; auto. Qed.
End S.
Definition two := 2.
Lemma slow : exists m, m = 1000. Proof. now exists 1000. Qed.
"""
LEFT = """From Top Require Import Base.
Lemma left : two = 1 + 1. Proof. reflexivity. Qed.
Lemma again n : n + 0 = n. Proof. apply plus_zero. Qed.
"""
RIGHT = """From Top Require Import Base.
Lemma right : two = 3 - 1. Proof. reflexivity. Qed.
"""
WRONG = """From Top Require Import Left Right.
Lemma good : two = 2. Proof. rewrite left. reflexivity. Qed.
Lemma bad : two = 3. Proof. rewrite left. reflexivity. Qed.
Lemma worse : two = 4.
Proof.
  discriminate.
Qed.
"""
SOURCES = {"Base.v": BASE, "Left.v": LEFT, "Right.v": RIGHT, "Last.v": WRONG}
LONG = (
    "Lemma long : True. Proof. do 40 (assert (True) by (do 2000 idtac; exact I)). exact I. Qed.\n"
)
_NOT_OF_VERDICTS = re.compile(r" in [\d.]+ s with .*| \(\d+ apart\)")


@pytest.fixture(scope="module")
def hosts(coq: Coq, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two hosts of one core each, and TLS."""
    with cluster(coq, tmp_path_factory.mktemp("hosts") / "cluster", tls=True) as found:
        found.add("one")
        found.add("two")
        yield found


def check(hosts: Cluster | None, coq: Coq, root: Path, *words: str) -> tuple[int, list[str]]:
    """The exit code, and all lines about verdicts, sorted; with the notes about hosts left out."""
    where = ("--cluster", hosts.address) if hosts else ()
    done = coq.run(
        "proof-checker", "check", "-f", "_Project", "-j", "2", *words, *where,
        cwd=root,
        environ=hosts.environ if hosts else {},
    )  # fmt: skip
    said = [_NOT_OF_VERDICTS.sub("", line) for line in (done.stdout + done.stderr).splitlines()]
    return done.returncode, sorted(line for line in said if " took part: " not in line)


def test_verdicts_and_words_are_those_of_a_local_check(
    hosts: Cluster, coq: Coq, tmp_path: Path
) -> None:
    here, there = (write_project(tmp_path / name, SOURCES) for name in ("here", "there"))
    local = check(None, coq, here)
    assert local[0] == 1
    assert check(hosts, coq, there) == local


def test_what_hosts_have_found_is_known_here(hosts: Cluster, coq: Coq, tmp_path: Path) -> None:
    root = write_project(tmp_path, {**SOURCES, "Last.v": RIGHT})
    assert check(hosts, coq, root)[0] == 0
    _, said = check(None, coq, root)
    assert any("nothing has changed" in line or "nothing to run" in line or "known" in line
               for line in said), said  # fmt: skip


def test_trust_local_runs_again_what_other_machines_have_found(
    hosts: Cluster, coq: Coq, tmp_path: Path
) -> None:
    root = write_project(tmp_path, {"Base.v": BASE, "Left.v": LEFT})
    check(hosts, coq, root)
    assert _found_elsewhere(root)
    known = check(None, coq, root)
    again = check(None, coq, root, "--trust", "local")
    assert again[0] == 0
    assert again != known
    assert check(None, coq, root, "--trust", "local") == known


def _found_elsewhere(root: Path) -> int:
    with sqlite3.connect(root / ".proof-makefile" / "proofs.db") as ledger:
        return int(ledger.execute("SELECT count(*) FROM elsewhere").fetchone()[0])


def test_damaged_files_on_a_host_are_sent_again(hosts: Cluster, coq: Coq, tmp_path: Path) -> None:
    here, there = (write_project(tmp_path / name, SOURCES) for name in ("here", "there"))
    check(hosts, coq, there)
    for name in ("one", "two"):
        for file in (hosts.cache(name) / "files").iterdir():
            file.write_bytes(b"damaged" + file.read_bytes())
    assert check(hosts, coq, there, "--recheck") == check(None, coq, here)


def test_a_host_that_dies_costs_its_part_a_second_run(coq: Coq, tmp_path: Path) -> None:
    sources = {f"F{n}.v": LONG + LONG.replace("long", "longer") for n in range(4)}
    here, there = (write_project(tmp_path / name, sources) for name in ("here", "there"))
    with cluster(coq, tmp_path / "cluster") as hosts:
        hosts.add("one")
        hosts.add("two")
        words = ("proof-checker", "check", "-f", "_Project", "--cluster", hosts.address)
        checking = coq.start(*words, cwd=there)
        while not hosts.running() and checking.poll() is None:
            time.sleep(0.02)
        hosts.kill("one")
        said, _ = checking.communicate()
        assert checking.returncode == 0, said
        assert "8 proofs in 4 files checked" in said
    assert check(None, coq, here)[0] == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_nothing_runs_on_any_host_after_an_interrupt(
    hosts: Cluster, coq: Coq, tmp_path: Path, number: signal.Signals
) -> None:
    endless = "Lemma endless : True. Proof. do 1000000000 idtac. exact I. Qed.\n"
    root = write_project(tmp_path, {"A.v": LONG + endless})
    words = ("proof-checker", "check", "-f", "_Project", "--cluster", hosts.address)
    checking = coq.start(*words, cwd=root, environ=hosts.environ)
    while not hosts.running() and checking.poll() is None:
        time.sleep(0.02)
    checking.send_signal(number)
    checking.communicate()
    assert checking.returncode == 128 + number
    latest = time.monotonic() + 30
    while hosts.running() and time.monotonic() < latest:
        time.sleep(0.05)
    assert not hosts.running()


def test_hosts_that_are_begun_here_need_no_scheduler(coq: Coq, tmp_path: Path) -> None:
    root = write_project(tmp_path, SOURCES)
    done = coq.run(
        "proof-checker", "check", "-f", "_Project", "--cluster", "local:2", cwd=root,
        environ={"PROOF_CHECKER_CACHE": str(tmp_path / "cache")},
    )  # fmt: skip
    assert done.returncode == 1
    assert "1 host took part" in done.stdout + done.stderr


@pytest.mark.once
@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("tcp://10.1.2.3:8786", "without TLS, whoever reaches the scheduler"),
        ("somewhere", "give tcp://HOST:PORT, tls://HOST:PORT or local:N"),
        ("tcp://host:port", "give tcp://HOST:PORT, tls://HOST:PORT or local:N"),
        ("tcp://127.0.0.1:1", "no dask scheduler answers"),
    ],
)
def test_what_cannot_be_a_cluster_is_refused(
    coq: Coq, tmp_path: Path, address: str, why: str
) -> None:
    root = write_project(tmp_path, {"Base.v": BASE})
    done = coq.run("proof-checker", "check", "-f", "_Project", "--cluster", address, cwd=root)
    assert done.returncode in (2, 3)
    assert why in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.once
def test_files_outside_the_project_s_folder_are_refused(
    hosts: Cluster, coq: Coq, tmp_path: Path
) -> None:
    write_project(tmp_path / "other", {"Base.v": BASE})
    root = write_project(tmp_path / "here", {"Left.v": RIGHT}, "-Q . Top -Q ../other Top")
    done = coq.run(
        "proof-checker", "check", "-f", "_Project", "--cluster", hosts.address, cwd=root,
        environ=hosts.environ,
    )  # fmt: skip
    assert done.returncode == 2
    assert "../other: lies outside the project's folder" in done.stderr


def test_proofs_that_wait_on_one_host_are_run_by_another(coq: Coq, tmp_path: Path) -> None:
    slow = "Lemma slow{} : True. Proof. do 12000000 idtac. exact I. Qed.\n"
    proofs = "".join(slow.format(number) for number in range(10))
    root = write_project(tmp_path / "project", {"A.v": proofs})
    here = check(None, coq, root)  # how long each takes is known from now on
    with cluster(coq, tmp_path / "cluster") as hosts:
        hosts.add("one", cores=2)
        hosts.add("two", cores=2)
        assert check(hosts, coq, root, "--recheck") == here
        assert "give_away" in hosts.log("one") + hosts.log("two")


def test_a_host_that_gets_nowhere_does_not_hold_up_the_others(coq: Coq, tmp_path: Path) -> None:
    root = write_project(tmp_path / "project", {"A.v": LONG, "B.v": LONG})
    with cluster(coq, tmp_path / "cluster") as hosts:
        hosts.add("one")
        hosts.add("two")
        words = ("proof-checker", "check", "-f", "_Project", "--cluster", hosts.address)
        checking = coq.start(*words, cwd=root)
        stopped: set[int] = set()
        while checking.poll() is None:  # its processes stand still, and it says that it is alive
            stopped |= hosts.stop_processes("one")
            time.sleep(0.02)
        assert stopped
        assert "2 proofs in 2 files checked" in checking.communicate()[0]


def test_a_proof_that_uses_more_of_its_section_now_is_seen_by_those_that_load_it(
    hosts: Cluster, coq: Coq, tmp_path: Path
) -> None:
    base = """Section S.
Variable a b : nat. Hypothesis ab : a = b.
Lemma same : 0 = 0. Proof. reflexivity. Qed.
End S.
"""
    user = "From Top Require Import Base.\nLemma use : 0 = 0. Proof. exact same. Qed.\n"
    words = {}
    for name, where in (("here", None), ("there", hosts)):
        root = write_project(tmp_path / name, {"Base.v": base, "User.v": user})
        assert check(where, coq, root)[0] == 0
        (root / "Base.v").write_text(base.replace("reflexivity", "pose ab. reflexivity"))
        words[name] = check(where, coq, root)
    assert words["here"][0] == 1
    assert words["there"] == words["here"]


def test_a_host_works_on_after_a_check_was_interrupted(coq: Coq, tmp_path: Path) -> None:
    endless = "Lemma endless : True. Proof. do 1000000000 idtac. exact I. Qed.\n"
    first = write_project(tmp_path / "first", {"A.v": endless})
    second = write_project(tmp_path / "second", {"Base.v": BASE})
    with cluster(coq, tmp_path / "cluster") as hosts:
        hosts.add("one")
        words = ("proof-checker", "check", "-f", "_Project", "--cluster", hosts.address)
        checking = coq.start(*words, cwd=first)
        while not hosts.running() and checking.poll() is None:
            time.sleep(0.02)
        checking.send_signal(signal.SIGINT)
        checking.communicate()
        assert check(hosts, coq, second)[0] == 0


def test_trust_local_does_not_rest_on_what_other_machines_have_compiled(
    hosts: Cluster, coq: Coq, tmp_path: Path
) -> None:
    root = write_project(tmp_path, {"Base.v": BASE, "Left.v": LEFT})
    check(hosts, coq, root)
    stand_in = root / ".proof-makefile" / "stand-ins" / "Base.vo"
    before = stand_in.stat().st_mtime_ns
    (root / "Left.v").write_text(LEFT.replace("Lemma left", "Lemma  left"))
    assert check(None, coq, root, "--trust", "local")[0] == 0
    assert stand_in.stat().st_mtime_ns != before


@pytest.mark.once
def test_hosts_find_libraries_where_they_are_here_or_take_no_part(coq: Coq, tmp_path: Path) -> None:
    library = write_project(tmp_path / "libraries" / "Lib", {"L.v": "Definition one := 1.\n"})
    coq.run(*coq.toolchain.coqc, "-Q", ".", "Lib", "L.v", cwd=library)
    user = "From Lib Require Import L.\nLemma a : one = 1. Proof. reflexivity. Qed.\n"
    root = write_project(tmp_path / "project", {"A.v": user})
    with cluster(coq, tmp_path / "cluster") as hosts:
        hosts.add("one")
        words = ("proof-checker", "check", "-f", "_Project", "--cluster", hosts.address)
        environ = {"COQPATH": str(library.parent), "ROCQPATH": str(library.parent)}
        done = coq.run(*words, cwd=root, environ=environ)
        assert done.returncode == 0, done.stderr
        assert "1 proof in 1 file checked" in done.stdout


@pytest.mark.once
def test_a_host_s_cache_is_its_own(coq: Coq, tmp_path: Path) -> None:
    root = write_project(tmp_path / "project", {"Base.v": BASE})
    (tmp_path / "cluster.cache").mkdir()
    with cluster(coq, tmp_path / "cluster") as hosts:
        hosts.cache("one").mkdir(mode=0o777)
        hosts.cache("one").chmod(0o777)
        hosts.add("one")
        hosts.add("two")
        done = coq.run(
            "proof-checker", "check", "-f", "_Project", "--cluster", hosts.address, cwd=root
        )
        assert done.returncode == 0
        assert "takes no part: " in done.stdout + done.stderr
        assert "others may write there" in done.stdout + done.stderr

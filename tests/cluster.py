"""A dask scheduler and workers as hosts of a cluster, on this machine, each with its own cache.

With `apart`, each host is a network namespace (ip netns, a veth to a bridge) and a mount namespace
in which the project's folder is empty; that takes root.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from distributed import Security

from tests.helpers import Coq

WAIT_SECONDS = 60.0
_TLS = "DASK_DISTRIBUTED__COMM__TLS__"
BRIDGE, NETWORK = "pmbridge", "10.87.65"


def certificates(folder: Path) -> dict[str, str]:
    """Variables for dask with which everybody has the same certificate, made for this test."""
    made: Any = Security.temporary()  # type: ignore[no-untyped-call]
    files = {"ca.pem": made.tls_ca_file, "cert.pem": made.tls_client_cert}
    files["key.pem"] = made.tls_client_key
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    roles = {
        f"{_TLS}{role}__{what}": str(folder / name)
        for role in ("SCHEDULER", "WORKER", "CLIENT")
        for what, name in (("CERT", "cert.pem"), ("KEY", "key.pem"))
    }
    return {**roles, f"{_TLS}CA_FILE": str(folder / "ca.pem")}


@dataclass(eq=False)
class Cluster:
    """A scheduler, and hosts by name."""

    coq: Coq
    folder: Path
    environ: Mapping[str, str]  # with which a client can talk to it
    address: str = ""
    hidden: Path | None = None  # a folder that hosts do not see; then they are namespaces
    hosts: dict[str, "subprocess.Popen[str]"] = field(default_factory=dict)
    scheduler: "subprocess.Popen[str] | None" = None

    def begin(self) -> None:
        """Start the scheduler."""
        kind = "tls" if self.environ else "tcp"
        host = f"{NETWORK}.1" if self.hidden else "127.0.0.1"
        place = self.folder / "scheduler.json"
        self.scheduler = self._start(
            "scheduler", "--host", f"{kind}://{host}", "--port", "0", "--scheduler-file", place
        )
        _wait_for(lambda: place.exists() and bool(place.read_text().strip()))
        self.address = str(json.loads(place.read_text())["address"])

    def add(self, name: str, cores: int = 1, **environ: str) -> None:
        """Start a host."""
        log = self.folder / f"{name}.log"
        words = ("worker", self.address, "--nthreads", cores, "--name", name, "--no-nanny")
        more = ("--local-directory", self.folder / f"{name}.dask")
        cache = {"PROOF_CHECKER_CACHE": str(self.cache(name)), **environ}
        prefix: tuple[str, ...] = ()
        if self.hidden:
            network = _join_network(name)
            hide = f'mount -t tmpfs none {self.hidden} && exec "$@"'
            prefix = ("ip", "netns", "exec", network, "unshare", "-m", "sh", "-c", hide, "sh")
        self.hosts[name] = self._start(*words, *more, prefix=prefix, log=log, **cache)
        _wait_for(lambda: "Starting established connection" in log.read_text())

    def cache(self, name: str) -> Path:
        """Where a host keeps files."""
        return self.folder / f"{name}.cache"

    def kill(self, name: str) -> None:
        """A host is gone from one moment to the next."""
        _kill(self.hosts.pop(name))

    def running(self) -> list[psutil.Process]:
        """The processes of coqc on all hosts."""
        found = []
        for host in self.hosts.values():
            with contextlib.suppress(psutil.Error):
                for process in psutil.Process(host.pid).children(recursive=True):
                    if process.status() != psutil.STATUS_ZOMBIE:
                        found.append(process)
        return found

    def log(self, name: str) -> str:
        """What a host's dask worker has written."""
        return (self.folder / f"{name}.log").read_text()

    def stop_processes(self, name: str) -> set[int]:
        """The processes of a host's coqc stand still from now on; which these are."""
        found = set()
        with contextlib.suppress(psutil.Error):
            for process in psutil.Process(self.hosts[name].pid).children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    process.suspend()
                    found.add(process.pid)
        return found

    def end(self) -> None:
        """Everything is gone."""
        for process in (*self.hosts.values(), *filter(None, [self.scheduler])):
            _kill(process)

    def _start(
        self, *words: object, prefix: tuple[str, ...] = (), log: Path | None = None, **environ: str
    ) -> "subprocess.Popen[str]":
        with (log or self.folder / "scheduler.log").open("w") as stream:
            return subprocess.Popen(
                [*prefix, "dask", *map(str, words), "--no-dashboard"],
                cwd=self.folder,
                env={**self.coq.environ, **self.environ, **environ},
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                text=True,
                process_group=0,
            )


@contextlib.contextmanager
def cluster(
    coq: Coq, folder: Path, *, tls: bool = False, hidden: Path | None = None
) -> Iterator[Cluster]:
    """A scheduler to which hosts can be added; nothing of it is left at the end."""
    folder.mkdir()
    found = Cluster(coq, folder, certificates(folder / "tls") if tls else {}, hidden=hidden)
    with _network() if hidden else contextlib.nullcontext():
        try:
            found.begin()
            yield found
        finally:
            found.end()


def _kill(process: "subprocess.Popen[str]") -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _wait_for(happens: Callable[[], bool]) -> None:
    latest = time.monotonic() + WAIT_SECONDS
    while not happens():
        assert time.monotonic() < latest, "it does not come"
        time.sleep(0.05)


# ---- namespaces ----


def can_have_namespaces() -> bool:
    """Whether hosts can be apart: that takes root, and ip."""
    if os.geteuid() or not shutil.which("ip"):
        return False
    made = _ip("netns", "add", "pmtry", check=False)
    _ip("netns", "delete", "pmtry", check=False)
    return made


@contextlib.contextmanager
def _network() -> Iterator[None]:
    """A bridge to which hosts are joined."""
    _remove_network()
    try:
        _ip("link", "add", BRIDGE, "type", "bridge")
        _ip("addr", "add", f"{NETWORK}.1/24", "dev", BRIDGE)
        _ip("link", "set", BRIDGE, "up")
        yield
    finally:
        _remove_network()


def _remove_network() -> None:
    done = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=False)
    for line in done.stdout.splitlines():
        if line.startswith("pm-"):
            _ip("netns", "delete", line.split()[0], check=False)
    for name in ("one", "two", "three"):  # a namespace lives on while a process is in it
        _ip("link", "delete", f"pmv{name}", check=False)
    _ip("link", "delete", BRIDGE, check=False)


def _join_network(name: str) -> str:
    """A namespace with a veth to the bridge; its name. Where it is there, as it is."""
    network, outside = f"pm-{name}", f"pmv{name}"[:15]
    found = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=False)
    names = [line.split()[0] for line in found.stdout.splitlines()]
    if network in names:
        return network
    number = 2 + sum(other.startswith("pm-") for other in names)
    _ip("netns", "add", network)
    _ip("link", "add", outside, "type", "veth", "peer", "name", "eth0", "netns", network)
    _ip("link", "set", outside, "master", BRIDGE, "up")
    for words in (
        ("addr", "add", f"{NETWORK}.{number}/24", "dev", "eth0"),
        ("link", "set", "eth0", "up"),
        ("link", "set", "lo", "up"),
    ):
        _ip("-n", network, *words)
    return network


def cut_off(name: str, *, is_off: bool) -> None:
    """Nothing comes through to a host, or from it, until that is undone."""
    _ip("link", "set", f"pmv{name}"[:15], "down" if is_off else "up")


def _ip(*words: str, check: bool = True) -> bool:
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0 or not check, f"ip {' '.join(words)}: {done.stderr}"
    return done.returncode == 0

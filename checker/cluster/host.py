"""What runs in a dask worker: one host's part of a check.

A session is a check as this host has it: a folder of its own in the place of the project's, a
driver of the snapshot engine with as many workers as the host has cores, and orders. It ends when
the client says so, or has not been heard of for a while.
"""

import asyncio
import contextlib
import functools
import hashlib
import os
import pickle
import shutil
import socket
import time
from collections.abc import Collection, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from checker.cluster.messages import Facts, Given, Made, Missing, Order, Setup, Told
from checker.cluster.session import Session
from checker.cluster.store import Store, cache_folder
from checker.engines.snapshot.coqc.probe import opening_of
from makegen.base.errors import MachineError, UserError
from makegen.base.temporary import temporary_folder
from makegen.coq.toolchain import Toolchain, find_toolchain

TOPIC = "proof-checker"  # one for all checks: dask keeps some messages of each topic
LEASE_SECONDS = 60.0  # without a word of the client
TELL_EVERY = 0.05  # seconds, when there is something to tell
ALIVE_EVERY = 1.0  # seconds, also when there is not

_hosted: dict[str, "_Hosted"] = {}


@functools.cache
def release() -> str:
    """This package, by its number and the contents of its modules."""
    found = hashlib.sha256()
    for package in ("checker", "makegen"):
        for path in sorted((Path(__file__).parents[2] / package).rglob("*.py")):
            found.update(path.read_bytes())
    return f"{version('proof-makefile')} {found.hexdigest()[:16]}"


def coq_of(toolchain: Toolchain) -> str:
    """The Coq by its name and the contents of its programs."""
    found = hashlib.sha256()
    for program in dict.fromkeys((toolchain.coqc[0], toolchain.coqdep[0])):
        path = shutil.which(program) or program
        with contextlib.suppress(OSError), Path(path).open("rb") as stream:
            found.update(hashlib.file_digest(stream, "sha256").digest())
    return f"{toolchain.name} ({toolchain.build}, {toolchain.vo_magic}) {found.hexdigest()[:16]}"


async def describe(dask_worker: Any = None) -> Facts:
    """What this host is."""
    cores = dask_worker.state.nthreads if dask_worker else os.cpu_count() or 1
    coq, kept, why_not = "", frozenset[str](), None
    try:
        toolchain = find_toolchain()
        coq = coq_of(toolchain)
        await opening_of(toolchain)
        kept = _filled_store().digests()
    except (UserError, MachineError, OSError) as error:
        why_not = str(error)
    return Facts(release(), coq, cores, socket.gethostname(), kept, why_not)


async def begin(setup: Setup, contents: Sequence[bytes], dask_worker: Any) -> Missing | None:
    """Begin a session, or say which files are still missing for that."""
    for folder in setup.folders:
        if not Path(folder).is_dir():
            raise FileNotFoundError(f"it has no {folder}, which the project may load from")
    store = _filled_store(contents)
    if setup.session not in _hosted:
        hosted = _Hosted(setup, store, dask_worker)
        if missing := hosted.lay_project():
            await hosted.close()
            return Missing(missing)
        _hosted[setup.session] = hosted
        await hosted.begin()
    return None


async def keep(contents: Sequence[bytes]) -> None:
    """Have files in the cache."""
    _filled_store(contents)


def _filled_store(contents: Sequence[bytes] = ()) -> Store:
    """The cache, which has these files."""
    store = Store(cache_folder() / "files")
    for content in contents:
        store.put(content)
    return store


async def make(session: str, order: Order, contents: Sequence[bytes]) -> Made | Missing | None:
    """Take an order; what became of what others load. None: there is no such session any more."""
    hosted = _hosted.get(session)
    try:
        return await hosted.make(order, contents) if hosted else None
    except Exception as error:  # as it is, it may not be what can be sent
        raise RuntimeError(f"{type(error).__name__}: {error}") from None


async def give_away(session: str, most: float, at_work: Collection[str]) -> Given | None:
    """Proofs of a file that wait, about so many CPU seconds of them: they are not run here then.

    `at_work`: files that the other host has, too.
    """
    hosted = _hosted.get(session)
    return hosted.session.give_away(most, at_work) if hosted and hosted.session else None


async def renew(session: str, idle: int) -> bool:
    """The client is there, and so many workers of others are idle; whether the session goes on."""
    if (hosted := _hosted.get(session)) is None or not hosted.is_alive:
        return False
    hosted.heard = time.monotonic()
    if hosted.session:
        hosted.session.reckon_with(idle)
    return True


async def end(session: str) -> None:
    """Nothing of a session is left."""
    if hosted := _hosted.pop(session, None):
        await hosted.close()


class _Hosted:
    """A session, with what it holds on this host."""

    def __init__(self, setup: Setup, store: Store, dask_worker: Any) -> None:
        self._setup = setup
        self._store = store
        self._dask_worker = dask_worker
        self._stack = contextlib.AsyncExitStack()
        self._root = self._stack.enter_context(temporary_folder(str(cache_folder())))
        self._laid: dict[Path, str] = {}
        self._told = 0
        self._tasks: list[asyncio.Task[None]] = []
        self.heard = time.monotonic()
        self.session: Session | None = None

    @property
    def is_alive(self) -> bool:
        """Whether orders are carried out, and the client hears of it."""
        is_broken = any(task.done() for task in self._tasks)
        return bool(self.session and self.session.is_alive) and not is_broken

    def lay_project(self) -> frozenset[str]:
        """Have its files there; those that are missing."""
        stand_ins = Session.stand_ins_below(self._root)
        files = {self._root / place: digest for place, digest in self._setup.files.items()}
        files |= {stand_ins / place: digest for place, digest in self._setup.looked_for.items()}
        return self._lay(files)

    def _lay(self, files: dict[Path, str]) -> frozenset[str]:
        missing = set()
        for path, digest in files.items():
            if not path.resolve().is_relative_to(self._root.resolve()):
                raise PermissionError(f"{path}: does not lie in the project's folder")
            if self._laid.get(path) != digest:
                if self._store.lay(digest, path):
                    self._laid[path] = digest
                else:
                    missing.add(digest)
        return frozenset(missing)

    async def begin(self) -> None:
        """Have the driver wait for orders."""
        cores = self._dask_worker.state.nthreads
        begun = Session.open(self._setup, self._root, cores)
        self.session = await self._stack.enter_async_context(begun)
        self._tasks = [asyncio.create_task(self._tell()), asyncio.create_task(self._watch())]

    async def make(self, order: Order, contents: Sequence[bytes]) -> Made | Missing | None:
        """Take an order, unless stand-ins are missing that it loads."""
        assert self.session, "it has begun"
        for content in contents:
            self._store.put(content)
        files = {self.session.stand_in(file): digest for file, digest in order.loads.items()}
        files[self._root / order.file] = order.source
        if missing := self._lay(files):
            return Missing(missing)
        made = await self.session.make(order)
        if made and made.is_new:
            self._laid[self.session.stand_in(order.file)] = self._store.put(made.content)
        return made

    async def _tell(self) -> None:
        """Send what there is to tell, and now and then that this host is alive."""
        assert self.session, "it has begun"
        told = 0.0
        while True:
            await asyncio.sleep(TELL_EVERY)
            now = time.monotonic()
            if self.session.has_news or now - told >= ALIVE_EVERY:
                news: Told = self.session.news(self._told)
                session, address = self._setup.session, self._dask_worker.address
                self._dask_worker.log_event(TOPIC, (session, address, pickle.dumps(news)))
                self._told, told = self._told + 1, now

    async def _watch(self) -> None:
        """End where the client is gone."""
        while time.monotonic() < self.heard + LEASE_SECONDS:
            await asyncio.sleep(1)
        task = asyncio.create_task(end(self._setup.session))
        await asyncio.shield(task)

    async def close(self) -> None:
        """Nothing of it is left."""
        current = asyncio.current_task()
        for task in self._tasks:
            if task is not current:
                task.cancel()
        await self._stack.aclose()
        self._store.shrink()

"""All that lies outside a document and that a verdict on its proofs depends on.

That is Coq, its arguments and its load path, the logical name of the file, the files that it loads
and those that `Require` could find in their place. Which files a source loads, a run of coqc tells
(`of_read`); the ledger keeps it for as long as the source says the same of what to load.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from checker.knowledge.inputs import Contents
from checker.knowledge.keys import Fingerprints, Loading, Requires, digest_of
from checker.knowledge.lookup import Lookup, variables
from checker.knowledge.reasons import Basis, loads_of, short
from checker.knowledge.records import LOADED, LoadedFiles
from checker.knowledge.source import Source
from checker.knowledge.store import Ledger
from makegen.coq.workspace import Workspace
from makegen.project.loadpath import logical_name


class Surroundings:
    """The surroundings of the sources of a workspace; one digest for each source."""

    def __init__(self, workspace: Workspace, ledger: Ledger) -> None:
        self._project = workspace.project
        self._ledger = ledger
        self._fixed = list(_fixed_parts(workspace))
        self._variables = variables(workspace.environ)
        self._lookup = Lookup(workspace.project)
        self.contents = Contents(ledger, workspace.project.root, workspace.environ)

    def of_recorded(self, file: str, loading: str) -> str | None:
        """With the files that coqc read last; `loading`: the digest of what says which (Loading).

        None where nobody knows which files these are, where one of them is gone or older than its
        source, or where `Require` could find others by now.
        """
        recorded = LOADED.recall(self._ledger, self.loading_key(loading))
        if recorded is None:
            return None
        names = [self.contents.found_now(name) for name in recorded.names]
        candidates = self._lookup.found_by(recorded.requires, names)
        if candidates != recorded.candidates or any(map(self.contents.is_outdated, names)):
            return None
        digests = self.contents.digests(names) if names else None
        return None if digests is None else self._digest(file, candidates, digests)

    def of_read(
        self, file: str, requires: Requires | None, names: Sequence[str], since: int
    ) -> str | None:
        """With the files that coqc has read; None where one was changed since it began (ns)."""
        if not names or any(self.contents.changed_since(name, since) for name in names):
            return None
        digests = self.contents.digests(names)
        if digests is None:
            return None
        return self._digest(file, self._lookup.found_by(requires, names), digests)

    def remember_read(self, loading: Loading, names: Sequence[str]) -> None:
        """Keep which files coqc has read so far; at once, for a run that is interrupted.

        A proof that was checked by now does not depend on files that are read later, so its verdict
        holds for the list as it is now; keys of a shorter and a longer list differ.
        """
        self.contents.save()
        candidates = self._lookup.found_by(loading.requires, names)
        loaded = LoadedFiles(tuple(names), loading.requires, candidates)
        LOADED.remember(self._ledger, [(self.loading_key(loading.digest), loaded)])

    def recorded(self, loading: str) -> LoadedFiles | None:
        """The files that coqc read last for a text of which this is the digest of its loading."""
        return LOADED.recall(self._ledger, self.loading_key(loading))

    def candidates_now(self, recorded: LoadedFiles) -> str:
        """What could be found now in the place of these files."""
        return self._lookup.found_by(recorded.requires, recorded.names)

    def loading_key(self, loading: str) -> str:
        """Under which it is kept which files a text loads."""
        return digest_of([*self._fixed, *self._variables, loading])

    def basis(self, source: Source, keys: Fingerprints) -> Basis:
        """What the verdicts on a source hold for, by these keys."""
        recorded = self.recorded(source.loading.digest)
        names, candidates = (recorded.names, recorded.candidates) if recorded else ((), "")
        if recorded and source.surroundings is None:
            candidates = self.candidates_now(recorded)
        return Basis(
            settings=self.loading_key(""),
            requires=source.loading.digest,
            candidates=candidates,
            loads=loads_of(names, [self.contents.digest(name) for name in names]),
            text=keys.text or "",
            names=[proof.full_name for proof in source.proofs.values()],
            proofs=short(keys.own),
            keys=short(keys.proofs),
        )

    def _digest(self, file: str, candidates: str, digests: Iterable[str]) -> str:
        """Of all of it; a document can see its own logical name."""
        own = logical_name(self._project.root, self._project.load_paths, file) or Path(file).stem
        return digest_of([*self._fixed, own, candidates, *digests])


def _fixed_parts(workspace: Workspace) -> Iterator[str]:
    """What is the same for all files of a run: Coq, its arguments, the load path."""
    project = workspace.project
    yield workspace.toolchain.name
    for path in project.load_paths:
        folder = Path(project.root, path.folder)
        below = folder.is_relative_to(project.root)
        yield f"{path.kind.value} {folder.relative_to(project.root) if below else ''}"
        yield path.logical
    yield from (*project.arguments, "extra", *workspace.extra_arguments)

"""A host's cache of files."""

from pathlib import Path

from checker.cluster.store import Store, digest_of


def test_a_file_is_found_by_its_content(tmp_path: Path) -> None:
    store = Store(tmp_path / "files")
    digest = store.put(b"a file")
    assert store.digests() == {digest}
    assert store.lay(digest, tmp_path / "there" / "F.vo")
    assert (tmp_path / "there" / "F.vo").read_bytes() == b"a file"


def test_whoever_writes_over_what_was_laid_does_not_change_the_cache(tmp_path: Path) -> None:
    store = Store(tmp_path / "files")
    digest = store.put(b"a file")
    store.lay(digest, tmp_path / "F.vo")
    (tmp_path / "F.vo").write_bytes(b"another")
    assert store.lay(digest, tmp_path / "F.vo")
    assert (tmp_path / "F.vo").read_bytes() == b"a file"


def test_a_damaged_file_is_as_good_as_none(tmp_path: Path) -> None:
    store = Store(tmp_path / "files")
    digest = store.put(b"a file")
    (tmp_path / "files" / digest).write_bytes(b"damaged")
    assert not store.lay(digest, tmp_path / "F.vo")
    assert not (tmp_path / "F.vo").exists()
    assert store.digests() == frozenset()


def test_what_was_used_longest_ago_goes_first(tmp_path: Path) -> None:
    store = Store(tmp_path / "files", most=10)
    old, new = store.put(b"12345678"), store.put(b"87654321")
    (tmp_path / "files" / old).touch()
    (tmp_path / "files" / new).touch()
    store.lay(old, tmp_path / "F.vo")
    store.shrink()
    assert store.digests() == {old}


def test_the_digest_is_that_of_the_content() -> None:
    assert digest_of(b"") == digest_of(b"")
    assert digest_of(b"a") != digest_of(b"b")

"""Answers about a binary are kept until the binary changes; nothing else is believed."""

import os
from pathlib import Path

import pytest

from makegen.coq import toolcache
from tests.helpers import write_files


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder of our own."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder


@pytest.fixture
def binary(tmp_path: Path) -> str:
    return str(write_files(tmp_path, {"coqc": "a binary"}) / "coqc")


def test_an_answer_comes_back(binary: str) -> None:
    toolcache.remember(binary, "topic", {"answer": 42, "list": [1, 2]})
    assert toolcache.recall(binary, "topic") == {"answer": 42, "list": [1, 2]}


def test_topics_and_binaries_are_apart(binary: str, tmp_path: Path) -> None:
    other = str(write_files(tmp_path, {"rocq": "a binary"}) / "rocq")
    toolcache.remember(binary, "topic", {"answer": 1})
    toolcache.remember(binary, "other", {"answer": 2})
    toolcache.remember(other, "topic", {"answer": 3})
    assert toolcache.recall(binary, "topic") == {"answer": 1}
    assert toolcache.recall(binary, "other") == {"answer": 2}
    assert toolcache.recall(other, "topic") == {"answer": 3}


def test_nothing_is_known_of_a_changed_binary(binary: str) -> None:
    toolcache.remember(binary, "topic", {"answer": 1})
    os.utime(binary, ns=(1, 1))
    assert toolcache.recall(binary, "topic") is None


def test_nothing_is_known_of_a_binary_that_is_gone(binary: str) -> None:
    toolcache.remember(binary, "topic", {"answer": 1})
    Path(binary).unlink()
    assert toolcache.recall(binary, "topic") is None
    toolcache.remember(binary, "topic", {"answer": 1})  # no error either


@pytest.mark.parametrize(
    "broken", [b"", b"{", b"[]", b"null", b'{"binary": 1, "answer": {}}', b"\x00\xff", b"[" * 99999]
)
def test_a_broken_file_counts_as_absent(binary: str, cache: Path, broken: bytes) -> None:
    toolcache.remember(binary, "topic", {"answer": 1})
    (file,) = cache.rglob("*.json")
    file.write_bytes(broken)
    assert toolcache.recall(binary, "topic") is None
    toolcache.remember(binary, "topic", {"answer": 2})
    assert toolcache.recall(binary, "topic") == {"answer": 2}


def test_an_answer_that_cannot_be_written_leaves_the_old_one(binary: str, cache: Path) -> None:
    toolcache.remember(binary, "topic", {"answer": 1})
    with pytest.raises(TypeError):
        toolcache.remember(binary, "topic", {"answer": object()})
    assert toolcache.recall(binary, "topic") == {"answer": 1}
    assert len([file for file in cache.rglob("*") if file.is_file()]) == 1


def test_only_the_user_may_enter_the_cache_folder(binary: str, cache: Path) -> None:
    toolcache.remember(binary, "topic", {"answer": 1})
    (ours,) = cache.iterdir()
    assert [folder.stat().st_mode & 0o777 for folder in (ours, *ours.iterdir())] == [0o700] * 2


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file away")
def test_what_another_user_has_put_there_is_not_believed(binary: str, cache: Path) -> None:
    toolcache.remember(binary, "topic", {"answer": 1})
    (file,) = cache.rglob("*.json")
    os.chown(file, 65533, 65533)
    assert toolcache.recall(binary, "topic") is None

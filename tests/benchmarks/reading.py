"""How fast sentences and documents are read: python -m tests.benchmarks.reading FOLDER...

Reads every .v file below the folders, three times over, and prints the best CPU time of each.
"""

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from checker.document.reader import read_document
from checker.document.sentences import split


def best(work: Callable[[bytes], object], texts: Sequence[bytes]) -> float:
    """The least CPU seconds that one pass over the texts took."""
    times = []
    for _ in range(3):
        start = time.process_time()
        for text in texts:
            work(text)
        times.append(time.process_time() - start)
    return min(times)


def main() -> None:
    """Print one line for sentences, one for documents."""
    files = [file for folder in sys.argv[1:] for file in sorted(Path(folder).rglob("*.v"))]
    texts = [file.read_bytes() for file in files]
    size = sum(map(len, texts)) / 1e6
    count = sum(len(split(text)) for text in texts)
    print(f"{len(texts)} files, {size:.1f} MB, {count} sentences")
    works: list[tuple[str, Callable[[bytes], object]]] = [
        ("sentences", split),
        ("documents", read_document),
    ]
    for name, work in works:
        seconds = best(work, texts)
        print(f"{name}: {seconds:.2f} s, {size / seconds:.1f} MB/s")


if __name__ == "__main__":
    main()

"""The fuzzers of tests.faults for as long as there is time: files, ledgers, sockets.

    python -m tests.benchmarks.faults [--coq 8.16] [--minutes 10] [--seed 1] [NAME...]

Each fuzzer (all, or those named) tries some examples, one after the other, again and again with
other seeds. What is not met by a right answer or one clear message is shown, smallest first, with
the seed that found it. Exits with 1 where there is such.
"""

import argparse
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

from tests.faults.fuzzing import FUZZERS, Place
from tests.helpers import every_coq

TIMES = 2  # so many times what the suite tries, in each turn


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--coq", default="8.16")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(FUZZERS)}")
    options = parser.parse_args()
    coq = next(coq for coq in every_coq() if coq.name == options.coq)
    ends = time.monotonic() + 60 * options.minutes
    tried: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        while time.monotonic() < ends:
            for name in options.names or FUZZERS:
                fuzzer, count = FUZZERS[name], FUZZERS[name].few * TIMES
                try:
                    fuzzer.run(Place(coq, Path(folder)), count, options.seed)
                except Exception:
                    failed[name] += 1
                    print(f"FAILED: {name}, seed {options.seed}\n{traceback.format_exc()}")
                tried[name] += count
                rows = (f"{name} {count}, {failed[name]} failed" for name, count in tried.items())
                print("; ".join(rows), flush=True)
                if time.monotonic() > ends:
                    break
            options.seed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

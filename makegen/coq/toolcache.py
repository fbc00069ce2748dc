"""What was found out about a coqc, kept in the user's cache folder until that coqc changes.

One small JSON file per binary and topic. Writers replace it whole, so that readers see an old or a
new answer, never half of one; a file that cannot be read counts as absent, and a folder that cannot
be written costs the next command a probe, no more.
"""

import contextlib
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from makegen.base.cache import cache_folder, make_cache_folder, read_own
from makegen.base.errors import MachineError
from makegen.base.files import write_outputs

FORMAT = 1
FOLDER = "coqc"

Answer = Mapping[str, object]  # what json can write


def recall(binary: str, topic: str) -> Answer | None:
    """The answer kept on this topic, unless the binary's size or time is another one now."""
    try:
        kept = json.loads(read_own(_file(binary, topic)))
        identity = _identity(binary)
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(kept, dict) or kept.get("binary") != identity:
        return None
    answer = kept.get("answer")
    return answer if isinstance(answer, dict) else None


def remember(binary: str, topic: str, answer: Answer) -> None:
    """Keeps the answer for the binary as it is now."""
    file = _file(binary, topic)
    with contextlib.suppress(OSError, MachineError):
        text = json.dumps({"binary": _identity(binary), "answer": answer})
        make_cache_folder(FOLDER)
        write_outputs({file: text})


def _file(binary: str, topic: str) -> Path:
    digest = hashlib.sha256(binary.encode(errors="surrogateescape")).hexdigest()[:16]
    return cache_folder() / FOLDER / f"{digest}-{topic}.json"


def _identity(binary: str) -> list[object]:
    """What tells this binary from any other, as json reads it back."""
    status = Path(binary).stat()
    return [FORMAT, binary, status.st_size, status.st_mtime_ns]

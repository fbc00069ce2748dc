"""The end of a file, some of whose proofs other hosts have run."""

from collections.abc import Sequence
from dataclasses import replace

from checker.report.events import FileDone
from checker.report.results import Verdict

_WORST_FIRST = (Verdict.WRONG, Verdict.TIMEOUT, Verdict.LOST, Verdict.SKIPPED, Verdict.CHECKED)


def merged(ends: Sequence[FileDone]) -> FileDone:
    """One end of all; its words are those of the worst, and what others say besides."""
    worst = min(ends, key=lambda end: _WORST_FIRST.index(end.result.verdict))
    others = [end.result for end in ends if end is not worst]
    messages = [message for result in (worst.result, *others) for message in result.messages]
    warnings = [message for result in (worst.result, *others) for message in result.warnings]
    result = replace(
        worst.result,
        seconds=sum(end.result.seconds for end in ends),
        messages=tuple(dict.fromkeys(messages)),
        warnings=tuple(dict.fromkeys(warnings)),
    )
    uses = {at: words for end in ends for at, words in end.uses.items()}
    return replace(worst, result=result, uses=uses)
